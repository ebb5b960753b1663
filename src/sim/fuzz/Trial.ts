/** One scenario, played and judged. */

import type { Micros } from '../../nodes/Host.ts'
import { Coverage } from '../coverage/Coverage.ts'
import { mergeHits } from '../coverage/hits.ts'
import { playedFaults } from '../coverage/topics/faultsPlayed.ts'
import { type PlayOptions, startScenario } from '../runScenario.ts'
import type { Outcome, Verdict } from '../scenario/run.ts'
import type { Scenario } from '../scenario/Scenario.ts'
import { defectOf, type Failure, failureOf } from './Failure.ts'

export interface Trial {
  readonly scenario: Scenario
  readonly verdict: Verdict
  /** Null where it held. */
  readonly failure: Failure | null
  /** The codes of all invariants that were broken, in the order in which they broke. */
  readonly broken: readonly string[]
  readonly events: number
  readonly time: Micros
  readonly hash: string
  /** How often each invariant was put to the test, by code. */
  readonly exercised: ReadonlyMap<string, number>
  /** How often each property of coverage was seen, by its name; empty where nothing listened for them. */
  readonly hits: ReadonlyMap<string, number>
}

export interface TrialOptions extends Pick<PlayOptions, 'cast' | 'clientCast' | 'check' | 'endsFor'> {
  /** Listen for what a long hunt must have seen; on by default. */
  readonly coverage?: boolean
  /** A run that takes more events ends as unknown; MOST_EVENTS unless said. */
  readonly maxEvents?: number
}

/** A run that needs more goes round in circles: an election without an end, say. */
export const MOST_EVENTS = 300_000

/**
 * Plays a scenario without a transcript, to its end or its first failure. What goes wrong while it is played is a failure.
 *
 * @throws ConfigError where there can be no such ensemble; RangeError as `startScenario` does.
 */
export function tryScenario(scenario: Scenario, options: TrialOptions = {}): Trial {
  const { run, ensemble } = startScenario(scenario, { maxEvents: MOST_EVENTS, ...options, quiet: true })
  const coverage = (options.coverage ?? true) ? new Coverage(ensemble.world, ensemble.sids) : null
  let outcome: Outcome | null = null
  let failure: Failure | null
  try {
    outcome = run.run()
    failure = failureOf(outcome)
  } catch (error) {
    failure = defectOf(error, ensemble.world.events)
  }
  const { world, checker } = ensemble
  return Object.freeze({
    scenario,
    verdict: outcome?.verdict ?? 'unknown',
    failure,
    broken: Object.freeze(checker.violations.map(({ code }) => code)),
    events: world.events,
    time: world.now,
    hash: world.trace.hash,
    exercised: checker.exercised,
    hits: coverage === null ? new Map() : mergeHits(coverage.hits, playedFaults(run.played)),
  })
}
