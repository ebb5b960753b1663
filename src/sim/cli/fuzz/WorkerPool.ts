/** Workers that play seeds. One that hangs or dies costs the seed that it was at, and nothing else. */
import { Tinypool } from 'tinypool'
import { printSpan } from '../wallTime.ts'
import type { Batch } from './Hunt.ts'
import type { Hunters, Orders, ShrinkWatch } from './Hunters.ts'
import { lostSeed, type SeedResult } from './SeedResult.ts'
import type { Shrinking, Small } from './shrinking.ts'
import { type HuntTask, makeShared, type Shared, type ShrinkTask, slots } from './tasks.ts'

/** How often somebody looks whether workers come further, in milliseconds. */
const LOOK = 100
/** How long a worker may take to begin, at least. */
const STARTS = 30_000

/** What a worker answered, or how it was lost. */
type Answer<T> = { readonly value: T } | { readonly hung: boolean; readonly why: string }

export class WorkerPool implements Hunters {
  readonly count: number
  private readonly orders: Orders
  private readonly pool: Tinypool

  /** @param file exports `hunt` and `shrink`; tests have others. */
  constructor(count: number, orders: Orders, file: URL = new URL('./worker.js', import.meta.url)) {
    this.count = count
    this.orders = orders
    this.pool = new Tinypool({ filename: file.href, minThreads: count, maxThreads: count })
    // A worker that dies between two tasks is replaced with the next one.
    this.pool.on('error', () => {})
  }

  async hunt({ from, to }: Batch): Promise<readonly SeedResult[]> {
    const shared = makeShared()
    const task: HuntTask = { from, to, orders: this.orders, shared }
    const answer = await this.ask<SeedResult[]>('hunt', task, shared)
    if ('value' in answer) return answer.value
    const lost = from + Atomics.load(shared, slots.beat) - 1
    if (lost < from) throw new Error(`a worker could not begin: ${answer.hung ? 'it never did' : answer.why}`)
    const what = answer.hung
      ? `gave no answer within ${printSpan(this.orders.patience)} of wall time`
      : `the worker was lost: ${answer.why}`
    const before = lost > from ? await this.hunt({ from, to: lost }) : []
    const after = lost + 1 < to ? await this.hunt({ from: lost + 1, to }) : []
    return [...before, lostSeed(lost, answer.hung ? 'hung' : 'lost', what), ...after]
  }

  async shrink(shrinking: Shrinking, watch: ShrinkWatch): Promise<Small | string> {
    const shared = makeShared()
    const task: ShrinkTask = { shrinking, shared }
    const answer = await this.ask<Small>('shrink', task, shared, () => {
      if (watch.stopped) Atomics.store(shared, slots.stop, 1)
      watch.progress(Atomics.load(shared, slots.trials), Atomics.load(shared, slots.steps))
    })
    return 'value' in answer ? answer.value : answer.hung ? 'it did not end' : answer.why
  }

  async close(): Promise<void> {
    await this.pool.destroy()
  }

  /** Gives a task to a worker, and the worker up when it comes no further. */
  private async ask<T>(name: string, task: object, shared: Shared, look = () => {}): Promise<Answer<T>> {
    const givenUp = new AbortController()
    let beat = 0
    let since = performance.now()
    const timer = setInterval(() => {
      look()
      const now = Atomics.load(shared, slots.beat)
      if (now !== beat) since = performance.now()
      beat = now
      const limit = beat > 0 ? this.orders.patience : Math.max(STARTS, this.orders.patience)
      if (performance.now() - since > limit) givenUp.abort()
    }, LOOK)
    try {
      return { value: await this.pool.run(task, { name, signal: givenUp.signal }) }
    } catch (error) {
      return { hung: givenUp.signal.aborted, why: error instanceof Error ? error.message : String(error) }
    } finally {
      clearInterval(timer)
    }
  }
}
