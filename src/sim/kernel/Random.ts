/**
 * Streams of random numbers: alea, seeded by seedrandom.
 *
 * seedrandom keeps alea's four numbers in a closure, which no fork could copy. So seedrandom does the seeding, and this
 * file steps the recurrence on numbers of its own (a test holds the two against each other, draw by draw). A world has
 * hundreds of streams, so they lie side by side in one array, which is copied at once.
 */
import alea from 'seedrandom/lib/alea.js'
import { type Copy, type Forkable, fork } from '../../base/forkable.ts'

/** Names to places, counted up. Copies of a world share it: which place a name has can be seen nowhere. */
class Places implements Forkable {
  private readonly known = new Map<string, number>()

  of(name: string): number {
    let place = this.known.get(name)
    if (place === undefined) this.known.set(name, (place = this.known.size))
    return place
  }

  [fork](_copy: Copy): this {
    return this
  }
}

/** Alea's four numbers: s0, s1, s2, c. */
const SIZE = 4
/** Places that a world has from the beginning: enough for a small ensemble. */
const FIRST = 64

/** The streams of one world. */
export class Streams implements Forkable {
  /** By place; NaN where nobody has drawn yet. */
  numbers: Float64Array
  private readonly seed: string
  private readonly places: Places
  private readonly cursor: Random

  constructor(
    seed: string,
    places = new Places(),
    numbers = new Float64Array(FIRST * SIZE).fill(Number.NaN),
  ) {
    this.seed = seed
    this.places = places
    this.numbers = numbers
    this.cursor = new Random(this, 0)
  }

  /** Where the stream of this name is, for `at`; seeded by the seed and the name. */
  place(name: string): number {
    const place = this.places.of(name) * SIZE
    if (place >= this.numbers.length) this.grow(place)
    if (Number.isNaN(this.numbers[place]!)) {
      const { s0, s1, s2, c } = alea(`${this.seed}${name}`, { state: true }).state()
      const { numbers } = this
      numbers[place] = s0
      numbers[place + 1] = s1
      numbers[place + 2] = s2
      numbers[place + 3] = c
    }
    return place
  }

  /** The stream at a place, to be drawn from at once: the next call turns it to another. */
  at(place: number): Random {
    this.cursor.place = place
    return this.cursor
  }

  stream(name: string): Random {
    return new Random(this, this.place(name))
  }

  [fork](_copy: Copy): this {
    const copy = new Streams(this.seed, this.places, this.numbers.slice())
    copy.cursor.place = this.cursor.place
    return copy as this
  }

  private grow(place: number): void {
    const grown = new Float64Array(2 * place).fill(Number.NaN)
    grown.set(this.numbers)
    this.numbers = grown
  }
}

/** One stream: what is drawn from it shifts no other. */
export class Random implements Forkable {
  place: number
  private readonly streams: Streams

  constructor(streams: Streams, place: number) {
    this.streams = streams
    this.place = place
  }

  static seeded(seed: string): Random {
    return new Streams('').stream(seed)
  }

  /** Uniform in [0, 1), a multiple of 2^-32. */
  next(): number {
    const { place } = this
    const { numbers } = this.streams
    const t = 2091639 * numbers[place]! + numbers[place + 3]! * 2.3283064365386963e-10
    const c = t | 0
    numbers[place] = numbers[place + 1]!
    numbers[place + 1] = numbers[place + 2]!
    numbers[place + 3] = c
    return (numbers[place + 2] = t - c)
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

  [fork](copy: Copy): this {
    return new Random(copy(this.streams), this.place) as this
  }
}
