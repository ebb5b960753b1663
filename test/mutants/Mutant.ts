import type { Cast } from '../../src/nodes/cast.ts'

/** A peer with a planted defect: what proves that an invariant can be broken. */
export interface Mutant {
  readonly name: string
  /** The codes of the invariants that it breaks, given the right run. */
  readonly breaks: readonly string[]
  /** What is wrong with it, in a sentence. */
  readonly story: string
  /** A cast with the defect in it. Builds on the parts it is given, so that mutants can be combined. */
  recast(cast: Cast): Cast
}

export function mutant(
  name: string,
  breaks: readonly string[],
  story: string,
  recast: (cast: Cast) => Partial<Cast>,
): Mutant {
  return Object.freeze({
    name,
    breaks: Object.freeze(breaks),
    story,
    recast: (cast: Cast) => Object.freeze({ ...cast, ...recast(cast) }),
  })
}
