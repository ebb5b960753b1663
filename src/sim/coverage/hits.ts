/** What many runs have seen, and what none of them has. */
import { invariants } from '../../invariants/index.ts'
import { properties } from './properties.ts'
import type { Feature, Property } from './property.ts'

/** How often each was seen, by its name; what is not named, or with a 0, was not. */
export type Hits = ReadonlyMap<string, number>

/** The hits of both: in whatever order runs are merged, the sums are the same. */
export function mergeHits(a: Hits, b: Hits): Map<string, number> {
  const sum = new Map(a)
  for (const [name, count] of b) sum.set(name, (sum.get(name) ?? 0) + count)
  return sum
}

/** What runs can show. They have whatever is not said to be missing. */
export type Features = { readonly [F in Feature]?: boolean }

/** Of these properties, those that runs with these features can show. */
export function expectedOf(has: Features = {}, of: readonly Property[] = properties): Property[] {
  return of.filter(({ needs }) => needs.every((feature) => has[feature] !== false))
}

/** Properties that were never seen, of those that runs with these features can show. */
export function misses(hits: Hits, has: Features = {}, of: readonly Property[] = properties): Property[] {
  return expectedOf(has, of).filter(({ name }) => (hits.get(name) ?? 0) === 0)
}

/** An invariant that says nothing about runs, since none of them put it to the test. */
export interface NeverExercised {
  readonly code: string
  readonly name: string
  readonly says: string
}

/** @param exercised how often invariants were put to the test, by code, in all runs */
export function neverExercised(exercised: Hits): readonly NeverExercised[] {
  return invariants
    .filter(({ code }) => (exercised.get(code) ?? 0) === 0)
    .map(({ code, name, says }) => Object.freeze({ code, name, says }))
}
