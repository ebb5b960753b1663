import { afterEach, expect, test } from 'vitest'
import type { Orders } from '../../../src/sim/cli/fuzz/Hunters.ts'
import { WorkerPool } from '../../../src/sim/cli/fuzz/WorkerPool.ts'

const orders: Orders = {
  quarry: { profile: 'quick', release: null, bugs: [] },
  recheck: 0,
  patience: 500,
}

let pool: WorkerPool | null = null
function poolOf(count: number, file: string): WorkerPool {
  pool = new WorkerPool(count, orders, new URL(`./workers/${file}`, import.meta.url))
  return pool
}
afterEach(() => pool?.close())

test('a seed that hangs, or takes its worker with it, is unknown; the others are played', async () => {
  const results = await poolOf(1, 'ill.mjs').hunt({ from: 1, to: 14 })
  expect(results.map(({ seed }) => seed)).toEqual(Array.from({ length: 13 }, (_, i) => i + 1))
  const lost = results.filter(({ failure }) => failure !== undefined)
  expect(lost.map(({ seed, verdict, failure }) => [seed, verdict, failure?.code])).toEqual([
    [5, 'unknown', 'hung'],
    [8, 'unknown', 'hung'],
    [11, 'unknown', 'lost'],
  ])
  expect(lost[0]?.failure?.what).toBe('gave no answer within 0.5 s of wall time')
  expect(lost[2]?.failure?.what).toBe('the worker was lost: out of something')
})

test('several at once do not get into each other’s way', async () => {
  const pool = poolOf(2, 'ill.mjs')
  const both = await Promise.all([pool.hunt({ from: 4, to: 7 }), pool.hunt({ from: 7, to: 10 })])
  expect(both.flat().map(({ seed, failure }) => [seed, failure?.code])).toEqual([
    [4, undefined],
    [5, 'hung'],
    [6, undefined],
    [7, undefined],
    [8, 'hung'],
    [9, undefined],
  ])
})

test('shrinking that hangs is given up', async () => {
  const bound = { trials: 1, events: 1 }
  const shrinking = { seed: 1, quarry: orders.quarry, fingerprint: 'x', bound, file: 'x' }
  const watch = { progress: () => {}, stopped: false }
  expect(await poolOf(1, 'ill.mjs').shrink(shrinking, watch)).toBe('it did not end')
})

test('workers that cannot begin are not asked again and again', async () => {
  await expect(poolOf(1, 'none.mjs').hunt({ from: 1, to: 3 })).rejects.toThrow('a worker could not begin: ')
})
