/** What the hunts for one quarry came to. */
import type { Hunt } from './hunt.ts'

export interface Result {
  /** Of the quarry. */
  readonly key: string
  readonly hunts: readonly Hunt[]
  /** The failure of the median hunt, shrunk; null where nothing was found, or not asked for. */
  readonly small: Small | null
}

export interface Small {
  readonly seed: number
  readonly events: number
  readonly steps: number
  readonly eventsBefore: number
  readonly stepsBefore: number
  /** Runs that it took. */
  readonly trials: number
  /** Nothing that the shrinker tries makes it smaller; else its bound was reached. */
  readonly isSmallest: boolean
  /** Of one core. */
  readonly seconds: number
  /** The whole scenario, as a file says it. */
  readonly text: string
}

/** The upper of the two in the middle, by what they cost. */
export function medianHunt(hunts: readonly Hunt[]): Hunt {
  return [...hunts].sort((a, b) => a.seconds - b.seconds)[hunts.length >> 1] as Hunt
}

export interface Range {
  readonly median: number
  readonly worst: number
}

/** Of what was found; hunts that gave up count with what they had spent by then. */
export function rangeOf(hunts: readonly Hunt[], of: (hunt: Hunt) => number): Range {
  const values = hunts.map(of).sort((a, b) => a - b)
  return { median: values[values.length >> 1] as number, worst: values.at(-1) as number }
}
