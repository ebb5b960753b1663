/** All that a hunt has to report, whoever it is reported to. */
import { defaultProfile } from '../../fuzz/Profile.ts'
import type { Finding } from '../verdict.ts'
import type { CoverageReport } from './coverage.ts'
import type { FirstSeed } from './firstSeed.ts'
import type { HuntEnd } from './Hunt.ts'
import type { Quarry } from './Quarry.ts'
import type { Small } from './shrinking.ts'
import type { Find, Tally } from './Tally.ts'

/** What is known before it begins. */
export interface HuntPlan {
  readonly quarry: Quarry
  readonly first: FirstSeed
  /** Null: as many as time allows. */
  readonly runs: number | null
  /** Milliseconds; null: no limit. */
  readonly wallTime: number | null
  readonly recheck: number
}

/** A find with what was made of it. */
export interface Reported {
  readonly find: Find
  /** Null where it was not made smaller, for this reason. */
  readonly small: Small | null
  readonly notShrunk: string | null
  /** Paths; null where there is none. The scenario is the small one, where there is one. */
  readonly files: {
    readonly scenario: string | null
    readonly original: string | null
    readonly test: string | null
  }
  /** What to paste to see it again. */
  readonly again: string
}

export interface HuntReport {
  readonly plan: HuntPlan
  readonly tally: Tally
  readonly end: HuntEnd
  readonly finds: readonly Reported[]
  readonly coverage: CoverageReport
  /** What was never seen or never put to the test makes the hunt fail. */
  readonly coverageCounts: boolean
  readonly finding: Finding
  readonly exitCode: number
  readonly wall: Wall
}

/** What no two hunts have in common. */
export interface Wall {
  readonly jobs: number
  /** Milliseconds. */
  readonly hunting: number
  /** Of processors, while hunting. */
  readonly cpu: number
  readonly shrinking: number
}

/** Those of the plan's options that decide what a seed is. */
export function optionsOf({ profile, release, bugs }: Quarry): string {
  const parts: string[] = []
  if (profile !== defaultProfile.name) parts.push(` --profile ${profile}`)
  if (release !== null) parts.push(` --as-of ${release}`)
  if (bugs.length > 0) parts.push(` --with ${bugs.join(' ')}`)
  return parts.join('')
}

/** What to paste to play one seed again. */
export function seedAgain(seed: number, quarry: Quarry, more = ''): string {
  return `npx zksim fuzz --seed ${seed} --runs 1${optionsOf(quarry)}${more}`
}

/** `7 to 1006`, `7`; of none, null. */
export function rangeOf({ plan, tally }: HuntReport): string | null {
  const { seed } = plan.first
  if (tally.seeds === 0) return null
  return tally.seeds === 1 ? `${seed}` : `${seed} to ${seed + tally.seeds - 1}`
}
