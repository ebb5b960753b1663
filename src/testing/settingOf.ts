import type { Profile } from '../sim/fuzz/Profile.ts'
import { Random } from '../sim/kernel/Random.ts'
import type { EnsembleSpec } from '../sim/scenario/EnsembleSpec.ts'
import { MOST_PEERS } from '../sim/scenario/limits.ts'
import { tryParse } from '../sim/scenario/parse.ts'
import { printProblem } from '../sim/scenario/ScenarioError.ts'
import type { SimulateOptions } from '../sim/simulate/simulate.ts'
import type { Setting } from './attempt.ts'
import { drawDeclarations, specFrom, withGiven } from './drawSpec.ts'
import { profileOf } from './profileOf.ts'

export interface SettingOptions extends Omit<SimulateOptions, 'seed' | 'print'> {
  /**
   * Draws from this profile (`swarm`, `quick` …) what the ensemble is: its size, and how its knobs stand. What the options
   * say themselves stays as they say.
   */
  readonly ensemble?: Profile | string
  /**
   * What goes wrong while the program runs: a profile to draw it from, or steps of the scenario language that are played
   * one after the other (`['after 2 s', 'crash the leader']`). Nothing, unless said. In the end all is healed.
   */
  readonly faults?: Profile | string | readonly string[]
}

const NOTHING: readonly string[] = Object.freeze([])
/** What one seed stands for. @throws RangeError where there is no profile of that name, or a step cannot be read. */
export function settingOf(seed: number, { ensemble, faults = NOTHING, ...options }: SettingOptions): Setting {
  const trouble = Array.isArray(faults) ? checked(faults) : profileOf(faults as Profile | string)
  const drawn = ensemble === undefined ? {} : drawnBy(seed, profileOf(ensemble))
  const sparing = 'reckless' in trouble && !trouble.reckless
  return Object.freeze({ options: { sparing, ...options, ...withGiven(drawn, options), seed }, trouble })
}

function drawnBy(seed: number, profile: Profile): Partial<EnsembleSpec> {
  return specFrom(drawDeclarations(Random.seeded(`ensemble/${profile.name}/${seed}`), profile))
}

/** @throws RangeError where they are no steps that could be played in any ensemble. */
function checked(steps: readonly string[]): readonly string[] {
  const { problems } = tryParse('faults', `${MOST_PEERS} peers\n${steps.join('\n')}\n`)
  if (problems.length === 0) return steps
  throw new RangeError(
    problems.map((problem) => printProblem({ ...problem, line: problem.line - 1 })).join('\n'),
  )
}
