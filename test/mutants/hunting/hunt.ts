/** Blind fuzzing with default settings, until a defect shows. */
import { drawScenario } from '../../../src/sim/fuzz/drawScenario.ts'
import { defaultProfile } from '../../../src/sim/fuzz/Profile.ts'
import { type Trial, tryScenario } from '../../../src/sim/fuzz/Trial.ts'
import type { Quarry } from './quarries.ts'

/** A hunt that has cost so much gives up. */
export interface Bounds {
  readonly events: number
  /** Of one core. */
  readonly seconds: number
}

export interface Hunt {
  readonly firstSeed: number
  readonly found: boolean
  /** Code of what the failure was called by: where several invariants broke at once, the first of them. */
  readonly code: string | null
  readonly seeds: number
  readonly events: number
  /** Of one core, with all that a new process takes to get warm. */
  readonly seconds: number
  /** Failures on the way that were not what was hunted for. */
  readonly others: number
}

/** Hunts begin so far apart that no two try the same seed. */
const SEEDS_APART = 1_000_000

/** Tries seed after seed; `which` hunt it is decides where it begins. */
export function hunt(quarry: Quarry, which: number, bounds: Bounds): Hunt {
  const began = secondsOfCpu()
  const firstSeed = which * SEEDS_APART
  let events = 0
  let others = 0
  for (let seeds = 1; ; seeds += 1) {
    const trial = track(quarry, firstSeed + seeds - 1)
    events += trial.events
    const seconds = secondsOfCpu() - began
    const found = shows(quarry, trial)
    if (found || events >= bounds.events || seconds >= bounds.seconds) {
      const code = found ? (trial.failure?.code ?? null) : null
      return { firstSeed, found, code, seeds, events, seconds, others }
    }
    if (trial.failure !== null) others += 1
  }
}

/** The run of one seed with the defect in it. */
export function track({ draw, trial }: Quarry, seed: number): Trial {
  return tryScenario(drawScenario(seed, defaultProfile, draw), trial)
}

/** Whether it is a failure, and of what is hunted for. */
export function shows({ code }: Quarry, { failure, broken }: Trial): boolean {
  return failure !== null && (code === null || failure.code === code || broken.includes(code))
}

/** The seed that showed it. */
export function seedOf({ firstSeed, seeds }: Hunt): number {
  return firstSeed + seeds - 1
}

/** Of this process so far. */
export function secondsOfCpu(): number {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1e6
}
