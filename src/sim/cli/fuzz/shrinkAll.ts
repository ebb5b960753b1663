/** Makes what was found small, as many at once as there are workers; in the order in which it was found. */
import type { ShrinkBound } from '../../fuzz/shrink/Shrinker.ts'
import type { Status } from '../Progress.ts'
import type { Hunters } from './Hunters.ts'
import type { Quarry } from './Quarry.ts'
import type { Small } from './shrinking.ts'
import type { Find } from './Tally.ts'

/** Of more finds the others are handed back as they are: what has so many shapes has most likely one cause. */
export const MOST_SHRUNK = 10

export class ShrinkAll {
  /** No more is tried. */
  stopped = false
  private readonly finds: readonly Find[]
  private readonly bound: ShrinkBound
  private readonly quarry: Quarry
  private readonly fileOf: (find: Find) => string
  /** By fingerprint: what it came to, or why it was not made smaller. */
  private readonly results = new Map<string, Small | string>()
  /** Those that somebody is at, with how far that is. */
  private readonly at = new Map<string, string>()

  /** @param fileOf where a find will be written. */
  constructor(finds: readonly Find[], bound: ShrinkBound, quarry: Quarry, fileOf: (find: Find) => string) {
    this.finds = finds.filter(isShrinkable).slice(0, MOST_SHRUNK)
    this.bound = bound
    this.quarry = quarry
    this.fileOf = fileOf
  }

  get count(): number {
    return this.finds.length
  }

  /** @param tick called when something has come further. */
  async run(hunters: Hunters, tick: () => void): Promise<void> {
    const left = [...this.finds]
    const lane = async (): Promise<void> => {
      for (let find = left.shift(); find !== undefined && !this.stopped; find = left.shift()) {
        await this.shrink(find, hunters, tick)
      }
    }
    await Promise.all(Array.from({ length: hunters.count }, lane))
  }

  /** What it came to, or why it was not made smaller. */
  resultOf(find: Find): Small | string {
    if (!isShrinkable(find)) return 'a run without an end has no shape that could be kept'
    if (!this.finds.includes(find)) return `only the first ${MOST_SHRUNK} finds are`
    return this.results.get(find.fingerprint) ?? 'interrupted'
  }

  get status(): Status {
    const done = this.results.size
    return {
      share: this.count === 0 ? 1 : done / this.count,
      done: `shrinking: ${done} of ${this.count} done`,
      details: [...this.at.values()].join(', '),
    }
  }

  private async shrink(find: Find, hunters: Hunters, tick: () => void): Promise<void> {
    const { seed, fingerprint, failure } = find
    const all = this
    const watch = {
      progress: (trials: number, steps: number): void => {
        this.at.set(fingerprint, `${failure.code}: ${steps} steps after ${trials} runs`)
        tick()
      },
      get stopped(): boolean {
        return all.stopped
      },
    }
    const { quarry, bound } = this
    const shrinking = { seed, quarry, fingerprint, bound, file: this.fileOf(find) }
    this.results.set(fingerprint, await hunters.shrink(shrinking, watch))
    this.at.delete(fingerprint)
  }
}

/** A worker that hung or was lost says nothing about the run that it was at. */
function isShrinkable({ failure: { code } }: Find): boolean {
  return code !== 'hung' && code !== 'lost'
}
