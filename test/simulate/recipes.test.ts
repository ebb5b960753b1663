/** Programs of users are how recipes are tested: what is wrong with these shows within a few seeds. */
import { describe, expect, test } from 'vitest'
import { type Environment, type SimulatedProgram, simulate } from '../../src/index.ts'
import {
  fairLock,
  type LockFactory,
  lockSortedByName,
  lockThatDoesNotLookAgain,
  lockThatEntersTwice,
} from './recipes/lock.ts'
import { put, type Take, take, takeOnSight } from './recipes/queue.ts'

const SEEDS = Array.from({ length: 12 }, (_, i) => i + 1)

/** What becomes of a program under each seed: null where it held. */
async function failures(program: SimulatedProgram<unknown>): Promise<(string | null)[]> {
  const found: (string | null)[] = []
  for (const seed of SEEDS) {
    const run = await simulate({ seed, limit: 120_000, print: null }, program)
    found.push(run.verdict === 'held' ? null : `${run.verdict}: ${run.reason}`)
  }
  return found
}

/** Three workers take turns, their connections are cut, others come and go. */
const contend =
  (lock: LockFactory) =>
  async ({ connect, spawn, faults, random, sleep }: Environment) => {
    const zk = await connect()
    await zk.create('/lock')
    // Answers take their time, so that some are lost.
    faults.slowAllLinksBy([10, 60])
    let holder: string | null = null
    const order: string[] = []
    const work = (name: string, times: number) =>
      spawn(name, async (own) => {
        const mine = await own.connect({ sessionTimeout: 6_000 })
        for (let i = 0; i < times; i += 1) {
          const { acquire, release } = lock(mine, '/lock')
          const node = await acquire()
          if (holder !== null) throw new Error(`${name} and ${holder} both hold the lock`)
          holder = name
          order.push(node.slice(-10))
          await own.sleep(own.random.int(50, 300))
          holder = null
          await release()
        }
      })
    const workers = ['ann', 'bob', 'cid'].map((name) => work(name, 4))
    // One stands in the line and gives up before its turn, another dies there.
    spawn('dan', async (own) => {
      const mine = await own.connect()
      const place = await mine.create(`/lock/${mine.sessionId}-`, null, { mode: 'ephemeralSequential' })
      await own.sleep(own.random.int(100, 400))
      await mine.delete(place)
    })
    const eve = spawn('eve', async (own) => {
      const mine = await own.connect({ sessionTimeout: 4_000 })
      await mine.create(`/lock/${mine.sessionId}-`, null, { mode: 'ephemeralSequential' })
    })
    await sleep(random.int(100, 600))
    eve.kill()
    for (let i = 0; i < 6; i += 1) {
      await sleep(random.int(100, 400))
      const client = random.pick(['ann', 'bob', 'cid'])
      for (const sid of [1, 2, 3]) faults.cutConnectionsBetweenAnd(client, sid)
    }
    await Promise.all(workers.map(({ done }) => done))
    expect(order).toEqual([...order].sort())
  }

describe('a lock', () => {
  test('of the recipe is held by one at a time, whatever happens', async () => {
    expect(await failures(contend(fairLock))).toEqual(SEEDS.map(() => null))
  })

  test('whose line is sorted by whole names lets two in', async () => {
    expect(await failures(contend(lockSortedByName))).toContainEqual(
      expect.stringMatching(/both hold the lock/),
    )
  })

  test('that does not look again when somebody before it is gone lets two in', async () => {
    const found = await failures(contend(lockThatDoesNotLookAgain))
    expect(found).toContainEqual(expect.stringMatching(/both hold the lock/))
  })

  test('that enters twice waits for itself', async () => {
    const found = await failures(contend(lockThatEntersTwice))
    expect(found).toContainEqual(expect.stringMatching(/^unknown: .*had not ended/))
  })
})

test('a lock is no fence: whoever is paused while he holds it does not know that he lost it', async () => {
  const run = await simulate(async ({ connect, spawn, sleep }) => {
    const zk = await connect()
    await zk.create('/lock')
    const holders: string[] = []
    const hold = (name: string) =>
      spawn(name, async (own) => {
        const { acquire } = fairLock(await own.connect({ sessionTimeout: 4_000 }), '/lock')
        await acquire()
        holders.push(name)
        await own.sleep(1_000)
        return holders.join(' and ')
      })
    const ann = hold('ann')
    await sleep(1_000)
    ann.pause()
    const bob = hold('bob')
    await bob.done
    ann.resume()
    return ann.done
  })
  expect(run.orThrow().value).toBe('ann and bob')
})

const consume =
  (take: Take) =>
  async ({ connect, spawn }: Environment) => {
    const zk = await connect()
    await zk.create('/queue')
    const items = Array.from({ length: 20 }, (_, i) => `item ${i}`)
    for (const item of items) await put(zk, '/queue', item)
    const taken: string[] = []
    const workers = ['ann', 'bob'].map((name) =>
      spawn(name, async (own) => {
        const mine = await own.connect()
        await mine.sync('/queue')
        while (true) {
          const item = await take(mine, '/queue')
          if (item === null) return
          taken.push(item)
          await own.sleep(own.random.int(0, 20))
        }
      }),
    )
    await Promise.all(workers.map(({ done }) => done))
    expect([...taken].sort()).toEqual([...items].sort())
  }

describe('a queue', () => {
  test('of the recipe gives every item to one', async () => {
    expect(await failures(consume(take))).toEqual(SEEDS.map(() => null))
  })

  test('that takes on sight gives an item to two', async () => {
    expect(await failures(consume(takeOnSight))).toContainEqual(
      expect.stringMatching(/^failed: main threw Assertion/),
    )
  })
})

test('the lock that holds has been put to the test: answers to its entering were lost', async () => {
  const lost: string[] = []
  for (const seed of SEEDS) {
    const { transcript } = await simulate({ seed, print: null }, contend(fairLock))
    lost.push(...transcript.map(({ what }) => what).filter((what) => /^create .*CONNECTIONLOSS/.test(what)))
  }
  expect(lost).not.toEqual([])
})
