/** What runs in each worker of a hunt. */
import { playSeed, type SeedResult } from './SeedResult.ts'
import { ShrinkingRun, type Small } from './shrinking.ts'
import { type HuntTask, type ShrinkTask, slots } from './tasks.ts'
import { tryOut } from './tryOut.ts'

export function hunt({ from, to, orders: { quarry, recheck }, shared }: HuntTask): SeedResult[] {
  const results: SeedResult[] = []
  for (let seed = from; seed < to; seed += 1) {
    Atomics.store(shared, slots.beat, seed - from + 1)
    results.push(playSeed(seed, quarry, recheck, tryOut))
  }
  return results
}

export function shrink({ shrinking, shared }: ShrinkTask): Small {
  const run = new ShrinkingRun(shrinking, tryOut)
  do {
    Atomics.add(shared, slots.beat, 1)
    Atomics.store(shared, slots.trials, run.trials)
    Atomics.store(shared, slots.steps, run.steps)
  } while (Atomics.load(shared, slots.stop) === 0 && run.advance())
  return run.result()
}
