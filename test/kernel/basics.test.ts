import fc from 'fast-check'
import alea from 'seedrandom/lib/alea.js'
import { describe, expect, test } from 'vitest'
import { Clock } from '../../src/sim/kernel/Clock.ts'
import { fixed, latencies, sample, table, uniform } from '../../src/sim/kernel/Distribution.ts'
import { ACTION, Event, EventQueue } from '../../src/sim/kernel/EventQueue.ts'
import { fork } from '../../src/sim/kernel/fork.ts'
import { Random } from '../../src/sim/kernel/Random.ts'

describe('EventQueue', () => {
  test('gives events by time, and those of one time in the order of their sequence', () => {
    fc.assert(
      fc.property(
        fc.array(fc.option(fc.integer({ min: 0, max: 20 }), { freq: 3 }), { maxLength: 300 }),
        (script) => {
          const queue = new EventQueue()
          const model: Event[] = []
          const order = (a: Event, b: Event): number => a.time - b.time || a.sequence - b.sequence
          script.forEach((time, i) => {
            // An event may have had its place in the order long before it comes into the queue.
            const sequence = (i * 7) % 301
            if (time === null) expect(queue.pop()).toBe(model.sort(order).shift())
            else {
              const event = new Event(time, sequence, ACTION, null, null, null)
              queue.push(event)
              model.push(event)
            }
          })
          for (const event of model.sort(order)) expect(queue.pop()).toBe(event)
          expect(queue.pop()).toBeUndefined()
        },
      ),
    )
  })
})

describe('Random', () => {
  test("is seedrandom's alea, draw by draw", () => {
    fc.assert(
      fc.property(fc.string(), (seed) => {
        const theirs = alea(seed, { state: true })
        const ours = Random.seeded(seed)
        for (let i = 0; i < 200; i += 1) expect(ours.next()).toBe(theirs())
      }),
    )
  })

  test('a copy goes on with the same draws, apart from the original', () => {
    const random = Random.seeded('a')
    random.next()
    const copy = fork(random)
    const draws = [copy.next(), copy.next(), copy.next()]
    expect([random.next(), random.next(), random.next()]).toEqual(draws)
  })

  test('draws whole numbers with both ends', () => {
    const random = Random.seeded('ends')
    const seen = new Set(Array.from({ length: 200 }, () => random.int(3, 6)))
    expect([...seen].sort()).toEqual([3, 4, 5, 6])
  })
})

describe('Distribution', () => {
  test('gives whole numbers between its ends', () => {
    const random = Random.seeded('latency')
    for (const distribution of [...Object.values(latencies), table(5, 10, 100), uniform(3, 9), table(7)]) {
      for (let i = 0; i < 300; i += 1) {
        const value = sample(distribution, random)
        expect(Number.isInteger(value)).toBe(true)
        if (distribution.kind === 'table') {
          expect(value).toBeGreaterThanOrEqual(distribution.values[0]!)
          expect(value).toBeLessThanOrEqual(distribution.values.at(-1)!)
        }
        if (distribution.kind === 'uniform') {
          expect(value).toBeGreaterThanOrEqual(distribution.from)
          expect(value).toBeLessThanOrEqual(distribution.to)
        }
      }
    }
  })

  test('draws once, or not at all where there is no chance', () => {
    for (const [distribution, draws] of [
      [fixed(4), 0],
      [uniform(1, 2), 1],
      [table(1, 2, 3), 1],
    ] as const) {
      const random = Random.seeded('draws')
      const other = Random.seeded('draws')
      sample(distribution, random)
      for (let i = 0; i < draws; i += 1) other.next()
      expect(random.next()).toBe(other.next())
    }
  })
})

describe('Clock', () => {
  const ppm = fc.integer({ min: -400_000, max: 400_000 })

  test('trueTimeOf is the first moment at which the clock shows the reading', () => {
    fc.assert(
      fc.property(ppm, fc.nat(10 ** 12), fc.nat(10 ** 12), (drift, at, ahead) => {
        const clock = new Clock()
        clock.setDrift(drift, at)
        const reading = clock.monotonic(at) + ahead
        const due = clock.trueTimeOf(reading, at)
        expect(clock.monotonic(due)).toBeGreaterThanOrEqual(reading)
        if (due > at) expect(clock.monotonic(due - 1)).toBeLessThan(reading)
      }),
    )
  })

  test('never goes back, and does not jump when its rate changes', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(ppm, fc.nat(10 ** 9)), { maxLength: 20 }), (changes) => {
        const clock = new Clock()
        let now = 0
        let shown = 0
        for (const [drift, later] of changes) {
          now += later
          expect(clock.monotonic(now)).toBeGreaterThanOrEqual(shown)
          shown = clock.monotonic(now)
          clock.setDrift(drift, now)
          expect(clock.monotonic(now)).toBe(shown)
        }
      }),
    )
  })

  test('runs fast by parts per million, exactly', () => {
    const clock = new Clock()
    clock.setDrift(100, 0)
    expect(clock.monotonic(10 ** 12)).toBe(10 ** 12 + 10 ** 8)
  })

  test('the wall clock jumps alone', () => {
    const clock = new Clock()
    const wall = clock.wall(5)
    clock.jump(-1_000)
    expect(clock.wall(5)).toBe(wall - 1_000)
    expect(clock.monotonic(5)).toBe(5)
  })
})
