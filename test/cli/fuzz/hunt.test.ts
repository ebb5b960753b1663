import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Batch, Hunt, type HuntLimits } from '../../../src/sim/cli/fuzz/Hunt.ts'
import type { SeedResult } from '../../../src/sim/cli/fuzz/SeedResult.ts'
import { failure } from './FakeSurroundings.ts'

function resultOf(seed: number, fails = false): SeedResult {
  return {
    seed,
    verdict: fails ? 'broken' : 'held',
    failure: fails ? failure('P1', 'X', 'x') : null,
    events: 1,
    time: 1,
    hash: `${seed}`,
    exercised: new Map(),
    hits: new Map(),
    twice: false,
    divergence: null,
  }
}

const limits: HuntLimits = { first: 5, runs: 100, deadline: null, untilFailure: false, jobs: 2 }

function seedsOf({ from, to }: Batch): number[] {
  return Array.from({ length: to - from }, (_, i) => from + i)
}

/** Plays a hunt whose workers end in an order that `pick` decides. @returns the seeds in the order of being told. */
function play(limits: HuntLimits, fails: ReadonlySet<number>, pick: (among: number) => number) {
  const told: number[] = []
  const hunt = new Hunt(
    limits,
    () => 0,
    ({ seed }) => told.push(seed),
  )
  const busy: Batch[] = []
  for (;;) {
    while (busy.length < limits.jobs) {
      const batch = hunt.take()
      if (batch === null) break
      busy.push(batch)
    }
    if (busy.length === 0) return { told, end: hunt.end }
    const [done] = busy.splice(pick(busy.length), 1)
    hunt.give(seedsOf(done!).map((seed) => resultOf(seed, fails.has(seed))))
  }
}

describe('a hunt', () => {
  test('tells every seed once, in order, whoever is done first', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 200 }),
        fc.integer({ min: 1, max: 9 }),
        fc.infiniteStream(fc.nat()),
        (runs, jobs, picks) => {
          const pick = (among: number): number => (picks.next().value ?? 0) % among
          const { told, end } = play({ ...limits, runs, jobs }, new Set(), pick)
          expect(told).toEqual(Array.from({ length: runs }, (_, i) => 5 + i))
          expect(end).toBe('runs')
        },
      ),
    )
  })

  test('that ends with the first failure tells the same seeds with any number of jobs', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.integer({ min: 5, max: 104 }), { minLength: 1 }),
        fc.integer({ min: 1, max: 9 }),
        fc.infiniteStream(fc.nat()),
        (failing, jobs, picks) => {
          const pick = (among: number): number => (picks.next().value ?? 0) % among
          const { told, end } = play({ ...limits, untilFailure: true, jobs }, new Set(failing), pick)
          expect(told.at(-1)).toBe(Math.min(...failing))
          expect(told).toEqual(Array.from({ length: told.length }, (_, i) => 5 + i))
          expect(end).toBe('firstFailure')
        },
      ),
    )
  })

  test('begins no seed after its time, and tells those that were under way', () => {
    let now = 0
    const told: number[] = []
    const hunt = new Hunt(
      { ...limits, runs: null, deadline: 10 },
      () => now,
      ({ seed }) => told.push(seed),
    )
    const first = hunt.take()!
    const second = hunt.take()!
    now = 10
    expect(hunt.take()).toBeNull()
    hunt.give(seedsOf(second).map((seed) => resultOf(seed)))
    expect(told).toEqual([])
    expect(hunt.underWay).toBe(second.to - 5)
    hunt.give(seedsOf(first).map((seed) => resultOf(seed)))
    expect(told).toEqual(seedsOf({ from: 5, to: second.to }))
    expect(hunt.end).toBe('time')
  })

  test('that is interrupted is a prefix', () => {
    const told: number[] = []
    const hunt = new Hunt(
      limits,
      () => 0,
      ({ seed }) => told.push(seed),
    )
    const batch = hunt.take()!
    hunt.interrupt()
    expect(hunt.take()).toBeNull()
    hunt.give(seedsOf(batch).map((seed) => resultOf(seed)))
    expect(told).toEqual(seedsOf(batch))
    expect(hunt.end).toBe('interrupted')
  })

  test('that is not deterministic ends there', () => {
    const told: number[] = []
    const hunt = new Hunt(
      limits,
      () => 0,
      ({ seed }) => told.push(seed),
    )
    const { from } = hunt.take()!
    hunt.give([resultOf(from), { ...resultOf(from + 1), verdict: 'notDeterministic' }, resultOf(from + 2)])
    expect(told).toEqual([from, from + 1])
    expect(hunt.end).toBe('notDeterministic')
    expect(hunt.take()).toBeNull()
  })
})
