import type { Asked } from './environment.ts'

const USUAL = 100

/** The seeds of one test, in order. */
export class Seeds {
  readonly list: readonly number[]
  /** How many times as many as the test asked for. */
  readonly times: number

  /**
   * @param wanted a number of seeds, or those that are meant
   * @throws RangeError where it is neither
   */
  constructor(wanted: number | readonly number[] = USUAL, { seed, runs, first }: Asked) {
    const mine = typeof wanted === 'number' ? countedFrom(first, wanted) : wanted
    if (mine.length === 0 || !mine.every(isSeed)) {
      throw new RangeError(
        `seeds: ${JSON.stringify(wanted)} are neither a number of seeds nor a list of them`,
      )
    }
    // Seeds that a test names are no sample that could be larger.
    const more = runs === null || typeof wanted !== 'number' ? null : runs
    const count = more === null ? mine.length : more.times ? more.count * mine.length : more.count
    this.times = seed === null ? count / mine.length : 1
    this.list = Object.freeze(seed !== null ? [seed] : more === null ? [...mine] : countedFrom(first, count))
  }

  /** `1 to 100` */
  print(): string {
    const [first, ...rest] = this.list
    const last = rest.at(-1)
    if (last === undefined) return `${first}`
    return last - (first as number) === rest.length ? `${first} to ${last}` : this.list.join(', ')
  }
}

function isSeed(value: unknown): boolean {
  return Number.isSafeInteger(value) && (value as number) >= 0
}

/** None where that is no number of seeds. */
function countedFrom(first: number, count: number): readonly number[] {
  return isSeed(count) ? Array.from({ length: count }, (_, i) => first + i) : []
}
