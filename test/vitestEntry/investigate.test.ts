import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Environment, simulate } from '../../src/index.ts'
import { attempt } from '../../src/testing/attempt.ts'
import { investigate } from '../../src/testing/investigate.ts'
import { settingOf } from '../../src/testing/settingOf.ts'

const busy = async ({ spawn }: Environment): Promise<void> => {
  const worker = spawn('ann', async ({ connect, sleep }) => {
    const zk = await connect()
    for (let i = 0; i < 10; i += 1) {
      await zk.create('/a/', null, { mode: 'persistentSequential' }).catch(() => {})
      await sleep(1_000)
    }
  })
  await worker.done
}

describe('what goes wrong around a program', () => {
  test('is the same for a seed, and, as a list, the same run', async () => {
    const seeds = fc.asyncProperty(fc.nat(1_000_000), async (seed) => {
      const drawn = settingOf(seed, { faults: 'swarm', ensemble: 'swarm' })
      const first = await attempt(drawn, busy)
      const second = await attempt(drawn, busy)
      expect(second.played).toEqual(first.played)
      expect(second.result.hash).toBe(first.result.hash)
      const listed = await attempt({ ...drawn, trouble: first.played }, busy)
      expect(listed.played).toEqual(first.played)
      expect(listed.result.hash).toBe(first.result.hash)
    })
    await fc.assert(seeds, { numRuns: 15 })
  })

  test('is nothing where nothing is asked for', async () => {
    const { result, played } = await attempt(settingOf(3, {}), busy)
    expect(played).toEqual([])
    expect(result.hash).toBe((await simulate({ seed: 3, print: null }, busy)).hash)
  })

  test('ends with the program', async () => {
    const faults = ['after 1 s', 'crash 1', 'after 100 s', 'crash 2']
    const { result, played } = await attempt(settingOf(3, { faults }), ({ sleep }) => sleep(2_000))
    expect(result.verdict).toBe('held')
    // The last was under way.
    expect(played).toEqual(['after 1 s', 'crash 1', 'after 100 s'])
  })

  test('may be impossible, and come to nothing', async () => {
    const faults = ['until somebody took a snapshot within 1 s', 'crash a follower', 'resume the leader']
    const { result, played } = await attempt(settingOf(3, { faults }), ({ sleep }) => sleep(2_000))
    expect(result.reason).toBeNull()
    expect(played).toEqual(faults)
  })
})

describe('what fails', () => {
  const faults = [
    'after 100 ms',
    'crash 1',
    'after 1 s',
    'pause 2',
    'after 200 ms',
    'restart 1',
    'heal everybody',
  ]
  const isDown = ({ peers }: Environment) => peers()[1]?.machine === 'paused'

  test('is made small: each step that is left is needed', async () => {
    const setting = settingOf(1, { faults })
    const program = async (environment: Environment): Promise<void> => {
      await environment.sleep(1_150)
      if (isDown(environment)) throw new Error('2 is paused')
    }
    const { least, parted, runs } = await investigate(await attempt(setting, program), setting, program)
    expect({ played: least.played, parted }).toEqual({ played: ['pause 2'], parted: null })
    expect(runs).toBeLessThan(20)
  })

  test('is left as it is where there is no time, or no bound left', async () => {
    const setting = settingOf(1, { faults })
    const program = async ({ sleep }: Environment): Promise<void> => {
      await sleep(5_000)
      throw new Error('in any case')
    }
    const first = await attempt(setting, program)
    const late = await investigate(first, setting, program, { over: () => true })
    expect(late.least).toBe(first)
    const bounded = await investigate(first, setting, program, { bounds: { runs: 1, events: 1_000_000 } })
    expect(bounded.least).toBe(first)
    const free = await investigate(first, setting, program)
    // Healing stays.
    expect(free.least.played).toEqual(['heal everybody'])
  })

  test('in another way is another failure', async () => {
    const setting = settingOf(1, { faults: ['after 1 s', 'pause 2', 'crash 1'] })
    const program = async ({ sleep, peers }: Environment): Promise<void> => {
      await sleep(2_000)
      const states = peers().map(({ machine }) => machine)
      if (!states.every((state) => state === 'up')) throw new Error(states.join(' '))
    }
    const { least } = await investigate(await attempt(setting, program), setting, program)
    // Without any of these the words are others.
    expect(least.played).toEqual(['pause 2', 'crash 1'])
  })
})
