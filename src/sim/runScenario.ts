/**
 * From a scenario to a run of it: where the language and the ensemble meet.
 */
import { releases, understudies } from '../nodes/historic/releases.ts'
import { type Troupe, troupeOf, type Understudy } from '../nodes/historic/Understudy.ts'
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
 * @throws RangeError where the scenario asks for a release or a historic bug that there is not, and no cast is given.
 */
export function startScenario(scenario: Scenario, options: PlayOptions = {}): StartedScenario {
  const said = specOf(scenario)
  const unknown = options.cast === undefined ? unknownCast(said) : null
  if (unknown !== null) throw new RangeError(unknown)
  const spec = options.seed === undefined ? said : Object.freeze({ ...said, seed: options.seed })
  const troupe = options.cast === undefined ? troupeFor(spec) : { cast: options.cast }
  const ensemble = new Ensemble(spec, { ...troupe, ...options })
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

/** Why no cast plays this scenario; null where there is one. */
export function unknownCast(spec: EnsembleSpec): string | null {
  if (spec.release !== null && !releases.has(spec.release)) {
    return `there is no release ${spec.release} to behave as, only ${[...releases.keys()].join(', ')}`
  }
  const unknown = spec.bugs.find((bug) => !understudies.has(bug))
  return unknown === undefined
    ? null
    : `there is no bug ${unknown}, only ${[...understudies.keys()].join(', ')}`
}

/** The parts of the release and the bugs that a description asks for. */
export function troupeFor(spec: EnsembleSpec): Troupe {
  const named = spec.bugs.map((bug) => understudies.get(bug) as Understudy)
  return troupeOf(new Set([...(releases.get(spec.release ?? '') ?? []), ...named]))
}
