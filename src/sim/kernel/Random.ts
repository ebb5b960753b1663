/**
 * A stream of random numbers: alea, seeded by seedrandom.
 *
 * seedrandom keeps alea's four numbers in a closure, which no fork could copy. So seedrandom does the seeding, and this
 * class steps the recurrence on four fields of its own (a test holds the two against each other, draw by draw).
 */
import alea from 'seedrandom/lib/alea.js'
import { type Copy, type Forkable, fork } from '../../base/forkable.ts'

export class Random implements Forkable {
  private s0: number
  private s1: number
  private s2: number
  private c: number

  private constructor(s0: number, s1: number, s2: number, c: number) {
    this.s0 = s0
    this.s1 = s1
    this.s2 = s2
    this.c = c
  }

  static seeded(seed: string): Random {
    const { s0, s1, s2, c } = alea(seed, { state: true }).state()
    return new Random(s0, s1, s2, c)
  }

  /** Uniform in [0, 1), a multiple of 2^-32. */
  next(): number {
    const t = 2091639 * this.s0 + this.c * 2.3283064365386963e-10
    this.s0 = this.s1
    this.s1 = this.s2
    this.c = t | 0
    return (this.s2 = t - this.c)
  }

  /** A whole number, both ends included. */
  int(min: number, max: number): number {
    return min + Math.floor(this.next() * (max - min + 1))
  }

  /** True with probability `p`. Draws even where the answer is certain, so that a changed `p` shifts nothing. */
  chance(p: number): boolean {
    return this.next() < p
  }

  /** One of the items; there must be one. */
  pick<T>(items: readonly T[]): T {
    return items[this.int(0, items.length - 1)] as T
  }

  /** Puts the items into a random order, in place. */
  shuffle<T>(items: T[]): T[] {
    for (let i = items.length - 1; i > 0; i -= 1) {
      const j = this.int(0, i)
      const item = items[i] as T
      items[i] = items[j] as T
      items[j] = item
    }
    return items
  }

  [fork](_copy: Copy): this {
    return new Random(this.s0, this.s1, this.s2, this.c) as this
  }
}
