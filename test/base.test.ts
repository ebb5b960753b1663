/** Queue and AppendOnlyLog against plain arrays. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { AppendOnlyLog } from '../src/base/AppendOnlyLog.ts'
import { Queue } from '../src/base/Queue.ts'
import { fork } from '../src/sim/kernel/fork.ts'

describe('Queue', () => {
  const step = fc.oneof(
    { weight: 6, arbitrary: fc.record({ do: fc.constant('push' as const), item: fc.nat(9) }) },
    { weight: 5, arbitrary: fc.record({ do: fc.constant('shift' as const) }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constantFrom('clear' as const, 'fork' as const) }) },
  )

  test('is an array of which only the ends are touched, and so is its copy', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
        let queue = new Queue<number>()
        let model: number[] = []
        for (const one of steps) {
          if (one.do === 'push') {
            queue.push(one.item)
            model.push(one.item)
          } else if (one.do === 'shift') {
            expect(queue.shift()).toBe(model.shift())
          } else if (one.do === 'clear') {
            queue.clear()
            model = []
          } else {
            const before = queue
            queue = fork(queue)
            before.push(-1)
          }
          expect(queue.length).toBe(model.length)
          expect(queue.first).toBe(model[0])
          expect(queue.toArray()).toEqual(model)
        }
      }),
    )
  })

  test('a copy in which an item knows the queue knows the copy', () => {
    const item: { home: Queue<unknown> | null } = { home: null }
    const queue = new Queue<typeof item>()
    item.home = queue as Queue<unknown>
    queue.push(item)
    const copy = fork(queue)
    expect(copy).not.toBe(queue)
    expect(copy.first?.home).toBe(copy)
  })
})

describe('AppendOnlyLog', () => {
  const log = fc.nat(3)
  const step = fc.oneof(
    { weight: 6, arbitrary: fc.record({ do: fc.constant('push' as const), log, item: fc.nat(2) }) },
    {
      weight: 2,
      arbitrary: fc.record({
        do: fc.constant('truncate' as const),
        log,
        keep: fc.double({ min: 0, max: 1, noNaN: true }),
      }),
    },
    { weight: 2, arbitrary: fc.record({ do: fc.constant('copy' as const), log, into: fc.nat(3) }) },
  )

  test('copies are as good as arrays of their own, whichever of them writes', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
        const beginning = new AppendOnlyLog<number>()
        const logs = [0, 1, 2, 3].map(() => beginning.copy())
        const models: number[][] = [[], [], [], []]
        for (const one of steps) {
          const { log } = one
          if (one.do === 'push') {
            logs[log]!.push(one.item)
            models[log]!.push(one.item)
          } else if (one.do === 'truncate') {
            const length = Math.floor(one.keep * models[log]!.length)
            logs[log]!.truncate(length)
            models[log]!.length = length
          } else {
            logs[one.into] = logs[log]!.copy()
            models[one.into] = [...models[log]!]
          }
          expect(logs.map((one) => one.toArray())).toEqual(models)
        }
      }),
    )
  })
})
