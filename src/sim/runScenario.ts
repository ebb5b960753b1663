/**
 * From a scenario to a run of it: where the language and the ensemble meet.
 */
import { Ensemble, type EnsembleOptions } from './ensemble.ts'
import { specOf } from './scenario/declarations.ts'
import type { EnsembleSpec } from './scenario/EnsembleSpec.ts'
import { type Outcome, type RunOptions, ScenarioRun } from './scenario/run.ts'
import type { Scenario } from './scenario/Scenario.ts'

export interface PlayOptions extends RunOptions, EnsembleOptions {
  /** In place of the seed that the scenario says. */
  readonly seed?: number
}

/** A run about to begin, and its ensemble. */
export interface StartedScenario {
  readonly run: ScenarioRun
  readonly ensemble: Ensemble
}

/**
 * Makes the ensemble that a scenario declares, and the run that will play it.
 *
 * @throws RangeError where the scenario asks for a release or a historic bug and no cast is given.
 */
export function startScenario(scenario: Scenario, options: PlayOptions = {}): StartedScenario {
  const said = specOf(scenario)
  const unknown = options.cast === undefined ? unknownCast(said) : null
  if (unknown !== null) throw new RangeError(unknown)
  const spec = options.seed === undefined ? said : Object.freeze({ ...said, seed: options.seed })
  const ensemble = new Ensemble(spec, options)
  return { run: new ScenarioRun(scenario, ensemble, options), ensemble }
}

/**
 * Plays a scenario to its end.
 *
 * @throws RangeError as `startScenario` does.
 */
export function runScenario(scenario: Scenario, options: PlayOptions = {}): Outcome {
  return startScenario(scenario, options).run.run()
}

/** Why no cast plays this scenario; null where `ideal` does. */
export function unknownCast({ release, bugs }: EnsembleSpec): string | null {
  if (release !== null) return `no cast behaves as release ${release} did`
  return bugs.length === 0 ? null : `no cast has the bug ${bugs[0]}`
}
