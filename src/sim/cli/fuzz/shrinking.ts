/** Making what a seed found small, wherever it is played: told and answered in plain values. */

import type { Failure } from '../../fuzz/Failure.ts'
import { type ShrinkBound, Shrinker } from '../../fuzz/shrink/Shrinker.ts'
import { printTest } from '../../fuzz/tell/printTest.ts'
import { tellStory } from '../../fuzz/tell/tellStory.ts'
import { printScenario } from '../../scenario/print.ts'
import type { Scenario } from '../../scenario/Scenario.ts'
import { version } from '../version.ts'
import { type Quarry, scenarioOf } from './Quarry.ts'
import type { TryOut } from './tryOut.ts'

export interface Shrinking {
  readonly seed: number
  readonly quarry: Quarry
  readonly fingerprint: string
  readonly bound: ShrinkBound
  /** Where it will be written, as it is pasted. */
  readonly file: string
}

/** What it came to. */
export interface Small {
  /** The scenario with its story, as it is written. */
  readonly text: string
  /** The same as a test for vitest. */
  readonly test: string
  readonly steps: BeforeAndAfter
  readonly events: BeforeAndAfter
  /** How many runs it took. */
  readonly trials: number
  /** Of the seeds 1 to 20, those with which it fails in the same way; null where nobody looked. */
  readonly failsWith: readonly number[] | null
  /** Null: it was interrupted. */
  readonly ended: 'smallest' | 'bound' | null
}

export interface BeforeAndAfter {
  readonly before: number
  readonly after: number
}

/** One trial at a time. */
export class ShrinkingRun {
  private readonly shrinker: Shrinker
  private readonly shrinking: Shrinking

  /** @throws RangeError where the seed does not fail so. */
  constructor(shrinking: Shrinking, tryOut: TryOut) {
    const { seed, quarry, fingerprint, bound } = shrinking
    this.shrinking = shrinking
    this.shrinker = new Shrinker(scenarioOf(seed, quarry), fingerprint, { bound, tryOut })
  }

  advance(): boolean {
    return this.shrinker.advance()
  }

  get trials(): number {
    return this.shrinker.result.trials
  }

  get steps(): number {
    return this.shrinker.result.reduced.stepsAfter
  }

  result(): Small {
    const { trial, trials, reduced, failsWith, ended } = this.shrinker.result
    const told = this.story()
    return {
      text: printScenario(told),
      // What it fails with is what the shrinker keeps.
      test: printTest(told, trial.failure as Failure),
      steps: { before: reduced.stepsBefore, after: reduced.stepsAfter },
      events: { before: reduced.eventsBefore, after: reduced.eventsAfter },
      trials,
      failsWith,
      ended,
    }
  }

  private story(): Scenario {
    const { scenario, reduced, failsWith } = this.shrinker.result
    const { file, seed, quarry } = this.shrinking
    const before = { steps: reduced.stepsBefore, events: reduced.eventsBefore }
    const origin = { file, version: version(), seed, profile: quarry.profile, before, failsWith }
    try {
      return tellStory(scenario, {}, origin)
    } catch (error) {
      if (!(error instanceof RangeError)) throw error
      // It fails only with what tests have planted.
      return scenario
    }
  }
}
