/** What a hunt has come by: the properties that some run must have, and the invariants that must be put to the test. */
import { invariants } from '../../../invariants/index.ts'
import type { Tally } from './Tally.ts'

export interface CoverageReport {
  readonly seen: number
  readonly total: number
  /** Of those seen the rarest, the rarest first. */
  readonly rarest: readonly { readonly name: string; readonly hits: number }[]
  /** Properties that were never seen. */
  readonly never: readonly string[]
  /** Codes of invariants that were never put to the test. */
  readonly untested: readonly string[]
}

/** How many of the rarest are named. */
const RAREST = 5

export function coverageOf({ hits, exercised }: Tally): CoverageReport {
  const seen = [...hits].filter(([, count]) => count > 0)
  const rarest = seen
    .map(([name, count]) => ({ name, hits: count }))
    .sort((a, b) => a.hits - b.hits || (a.name < b.name ? -1 : 1))
  return {
    seen: seen.length,
    total: hits.size,
    rarest: rarest.slice(0, RAREST),
    never: [...hits].filter(([, count]) => count === 0).map(([name]) => name),
    untested: invariants.map(({ code }) => code).filter((code) => (exercised.get(code) ?? 0) === 0),
  }
}

/** What makes a long hunt fail, each in a line. */
export function misses({ never, untested }: CoverageReport): string[] {
  return [
    ...never.map((name) => `never seen: ${name}`),
    ...untested.map((code) => `never put to the test: invariant ${code}`),
  ]
}
