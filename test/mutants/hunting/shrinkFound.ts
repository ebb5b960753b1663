/** Failures that hunts found, made small as `zksim fuzz` makes them. */
import { shrink } from '../../../src/sim/fuzz/shrink/Shrinker.ts'
import { type TrialOptions, tryScenario } from '../../../src/sim/fuzz/Trial.ts'
import { printScenario } from '../../../src/sim/scenario/print.ts'
import type { Scenario } from '../../../src/sim/scenario/Scenario.ts'
import { type Hunt, secondsOfCpu, seedOf, track } from './hunt.ts'
import type { Quarry } from './quarries.ts'
import type { Small } from './Result.ts'

/** What a hunt found, as small as the bound of the shrinker allows. @throws Error where it found nothing. */
export function shrinkFound(quarry: Quarry, found: Hunt): Small {
  const seed = seedOf(found)
  const began = secondsOfCpu()
  const { scenario, failure } = track(quarry, seed)
  const options = aloneOptions(quarry, failure?.code)
  const tryOut = (candidate: Scenario, maxEvents?: number) =>
    tryScenario(candidate, maxEvents === undefined ? options : { ...options, maxEvents })
  const fingerprint = tryOut(scenario).failure?.fingerprint ?? ''
  const { reduced, ended, ...small } = shrink(scenario, fingerprint, { tryOut, playedWith: options })
  return {
    seed,
    events: reduced.eventsAfter,
    steps: reduced.stepsAfter,
    stepsBefore: reduced.stepsBefore,
    eventsBefore: reduced.eventsBefore,
    trials: small.trials,
    isSmallest: ended === 'smallest',
    seconds: secondsOfCpu() - began,
    text: printScenario(small.scenario),
  }
}

/** Where another invariant broke at the same event and gave the failure its name, the run is to be about this one. */
function aloneOptions({ code, trial }: Quarry, found: string | undefined): TrialOptions {
  return code === null || code === found ? trial : { ...trial, endsFor: Object.freeze([code]) }
}
