/** Plays seeds in this very process, for debuggers, profilers and tests. Nobody can give up a seed that hangs. */
import { setImmediate as breathe } from 'node:timers/promises'
import type { Batch } from './Hunt.ts'
import type { Hunters, Orders, ShrinkWatch } from './Hunters.ts'
import { playSeed, type SeedResult } from './SeedResult.ts'
import { type Shrinking, ShrinkingRun, type Small } from './shrinking.ts'
import type { TryOut } from './tryOut.ts'

export class InProcess implements Hunters {
  readonly count = 1
  private readonly orders: Orders
  private readonly tryOut: TryOut

  constructor(orders: Orders, tryOut: TryOut) {
    this.orders = orders
    this.tryOut = tryOut
  }

  async hunt({ from, to }: Batch): Promise<readonly SeedResult[]> {
    const { quarry, recheck } = this.orders
    const results: SeedResult[] = []
    for (let seed = from; seed < to; seed += 1) {
      results.push(playSeed(seed, quarry, recheck, this.tryOut))
      // Signals and the progress bar want a turn.
      await breathe()
    }
    return results
  }

  async shrink(shrinking: Shrinking, watch: ShrinkWatch): Promise<Small> {
    const run = new ShrinkingRun(shrinking, this.tryOut)
    while (!watch.stopped && run.advance()) {
      watch.progress(run.trials, run.steps)
      await breathe()
    }
    return run.result()
  }

  async close(): Promise<void> {}
}
