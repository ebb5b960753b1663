/** What can be asked of a hunt. */
import { defaultProfile } from '../../fuzz/Profile.ts'
import { defaultShrinkBound, type ShrinkBound } from '../../fuzz/shrink/Shrinker.ts'
import type { Surroundings } from '../Surroundings.ts'
import type { FirstSeed } from './firstSeed.ts'
import type { HuntPlan } from './HuntReport.ts'

export interface FuzzFlags {
  readonly runs?: number
  /** Milliseconds. */
  readonly for?: number
  readonly seed?: FirstSeed
  readonly jobs?: number
  readonly profile?: string
  readonly asOf?: string
  readonly with?: readonly string[]
  readonly recheck?: number
  readonly untilFailure?: true
  /** Milliseconds. */
  readonly seedTimeout?: number
  readonly out?: string
  readonly shrink?: boolean
  readonly shrinkRuns?: number
  readonly test?: true
  readonly expectCoverage?: boolean
  readonly print?: true
  readonly verbose?: true
  readonly json?: true
  readonly junit?: string
}

/** Without `--runs` or `--for`. */
export const USUAL_RUNS = 1_000
/** One seed in so many is played twice. */
export const USUAL_RECHECK = 50
/** Where finds are written. */
export const USUAL_FOLDER = 'zksim-found'
/** Milliseconds of wall time for one seed: far beyond what the most events of a run take. */
export const USUAL_SEED_TIMEOUT = 60_000
/** From so many seeds on, what was never seen fails a hunt. */
export const LONG = 20_000

const LAST_SEED = 999_999_999_999_999

/** What makes no sense together; null where all does. */
export function contradiction(flags: FuzzFlags): string | null {
  if (flags.runs !== undefined && flags.for !== undefined) {
    return '--runs and --for both say when it ends; leave one out'
  }
  if (flags.print && (flags.for !== undefined || (flags.runs ?? 1) > 1)) {
    return '--print draws one scenario and plays none; leave --runs and --for out'
  }
  if (flags.print && (flags.json || flags.junit !== undefined)) {
    return '--print prints a scenario; leave --json and --junit out'
  }
  if (flags.verbose && flags.json) return '--verbose is for people; leave it or --json out'
  if ((flags.seed?.seed ?? 0) + (flags.runs ?? USUAL_RUNS) - 1 > LAST_SEED) {
    return `the last seed that there is, is ${LAST_SEED}; begin with a smaller one`
  }
  return null
}

export function planOf(flags: FuzzFlags, surroundings: Surroundings): HuntPlan {
  return {
    quarry: {
      profile: flags.profile ?? defaultProfile.name,
      release: flags.asOf ?? null,
      bugs: flags.with ?? [],
    },
    first: flags.seed ?? { seed: surroundings.anySeed(), commit: null, drawn: true },
    runs: flags.for === undefined ? (flags.runs ?? USUAL_RUNS) : null,
    wallTime: flags.for ?? null,
    recheck: flags.recheck ?? USUAL_RECHECK,
  }
}

export function shrinkBoundOf({ shrinkRuns }: FuzzFlags): ShrinkBound {
  return shrinkRuns === undefined ? defaultShrinkBound : { ...defaultShrinkBound, trials: shrinkRuns }
}
