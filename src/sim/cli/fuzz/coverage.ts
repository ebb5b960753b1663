/** What a hunt has come by: the properties that some run must have, and the invariants that must be put to the test. */
import { expectedOf, type Features, misses, neverExercised } from '../../coverage/hits.ts'
import { defaultProfile, profiles } from '../../fuzz/Profile.ts'
import type { Quarry } from './Quarry.ts'
import type { Tally } from './Tally.ts'

export interface CoverageReport {
  readonly seen: number
  readonly total: number
  /** Of those seen the rarest, the rarest first. */
  readonly rarest: readonly { readonly name: string; readonly hits: number }[]
  /** Properties that were never seen. */
  readonly never: readonly { readonly name: string; readonly says: string }[]
  /** Invariants that were never put to the test. */
  readonly untested: readonly { readonly code: string; readonly name: string }[]
}

/** How many of the rarest are named. */
const RAREST = 5

export function coverageOf({ hits, exercised }: Tally, quarry: Quarry): CoverageReport {
  const has = featuresOf(quarry)
  const expected = expectedOf(has)
  const never = misses(hits, has).map(({ name, says }) => ({ name, says }))
  const seen = expected.flatMap(({ name }) => {
    const count = hits.get(name) ?? 0
    return count === 0 ? [] : [{ name, hits: count }]
  })
  return {
    seen: seen.length,
    total: expected.length,
    rarest: seen.sort((a, b) => a.hits - b.hits).slice(0, RAREST),
    never,
    untested: neverExercised(exercised).map(({ code, name }) => ({ code, name })),
  }
}

/** Whether what was never seen fails a hunt of so many seeds: not where it was short, or might not draw everything. */
export function isExpectedOf({ profile }: Quarry, seeds: number, long: number): boolean {
  return profile === defaultProfile.name && seeds >= long
}

function featuresOf({ profile }: Quarry): Features {
  const { calm, observers, reconfig, reckless } = profiles.get(profile) ?? defaultProfile
  return { faults: calm < 1, observers: observers > 0, reconfig, reckless }
}

/** What makes a long hunt fail, each in a line. */
export function describeMisses({ never, untested }: CoverageReport): string[] {
  return [
    ...never.map(({ name, says }) => `${name}: ${says}`),
    ...untested.map(({ code, name }) => `${name} (${code}) was never put to the test`),
  ]
}
