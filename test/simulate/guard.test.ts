import { describe, expect, test, vi } from 'vitest'
import { type SimulateOptions, simulate as simulateAloud } from '../../src/index.ts'

const simulate = (program: () => unknown, options: SimulateOptions = {}) =>
  simulateAloud({ print: null, ...options }, async ({ connect }) => {
    await connect()
    return program()
  })

const forbidden: readonly (readonly [used: string, use: () => unknown, instead: string])[] = [
  ['Date.now', () => Date.now(), 'now()'],
  ['new Date()', () => new Date(), 'now()'],
  ['Date()', () => Date(), 'now()'],
  ['performance.now', () => performance.now(), 'now()'],
  ['process.hrtime', () => process.hrtime(), 'now()'],
  ['process.hrtime.bigint', () => process.hrtime.bigint(), 'now()'],
  ['process.uptime', () => process.uptime(), 'now()'],
  ['Math.random', () => Math.random(), 'random()'],
  ['crypto.getRandomValues', () => crypto.getRandomValues(new Uint8Array(1)), 'random()'],
  ['crypto.randomUUID', () => crypto.randomUUID(), 'random()'],
  ['setTimeout', () => setTimeout(() => {}, 1), 'sleep()'],
  ['setInterval', () => setInterval(() => {}, 1), 'sleep()'],
  ['setImmediate', () => setImmediate(() => {}), 'sleep()'],
  ['AbortSignal.timeout', () => AbortSignal.timeout(1), 'sleep()'],
  ['fetch', () => fetch('http://localhost'), 'nothing from outside'],
]

describe('a program that uses', () => {
  test.each(forbidden)(
    '%s fails, and is told what and where, and what to use',
    async (used, use, instead) => {
      const run = await simulate(use)
      expect(run).toMatchObject({ verdict: 'failed', error: { name: 'ForbiddenInSimulation', used } })
      expect(run.reason).toContain(`${used} gives another run each time`)
      expect(run.reason).toContain(`uses ${instead}`)
      expect(run.reason).toMatch(/guard\.test\.ts:\d+:\d+/)
    },
  )

  test.each(forbidden)('%s fails even if it goes on as if nothing had been', async (used, use) => {
    const run = await simulate(() => {
      try {
        use()
      } catch {
        return 'went on'
      }
    })
    expect(run).toMatchObject({ verdict: 'failed', error: { used } })
  })

  test('it in a predicate or in a program beside it fails as well', async () => {
    const inPredicate = await simulateAloud({ print: null }, ({ until }) => until(() => Date.now() > 0))
    expect(inPredicate).toMatchObject({ verdict: 'failed', error: { used: 'Date.now' } })
    const beside = await simulateAloud({ print: null }, async ({ spawn }) => {
      await spawn('ann', async () => Math.random()).done.catch(() => {})
    })
    expect(beside).toMatchObject({ verdict: 'failed', error: { used: 'Math.random' } })
  })
})

describe('what is left alone', () => {
  test('dates that are given, ticks, microtasks, consoles', async () => {
    const log = vi.spyOn(console, 'log').mockImplementation(() => void Date.now())
    const run = await simulate(async () => {
      console.log('written')
      await new Promise<void>((resolve) => queueMicrotask(resolve))
      await new Promise<void>((resolve) => process.nextTick(resolve))
      const date = new Date(86_400_000)
      return [date.toISOString(), date instanceof Date, Date.UTC(1970, 0, 2), Math.max(1, 2)]
    })
    expect(run.orThrow().value).toEqual(['1970-01-02T00:00:00.000Z', true, 86_400_000, 2])
    expect(log).toHaveBeenCalledWith('written')
    log.mockRestore()
  })

  test('everything, where the guard is off', async () => {
    expect((await simulate(() => Date.now(), { guard: false })).verdict).toBe('held')
  })
})

describe('the guard', () => {
  const paths = forbidden.map(([used]) => used).filter((used) => !used.endsWith(')'))
  const found = () =>
    [...paths, 'Date', 'console.log', 'process.nextTick'].map((path) => {
      const keys = path.split('.')
      const key = keys.pop() as string
      const holder = keys.reduce(
        (at, step) => at[step] as Record<string, unknown>,
        globalThis as Record<string, unknown>,
      )
      return [path, holder[key], Object.getOwnPropertyDescriptor(holder, key)]
    })

  test.each<[string, () => unknown]>([
    ['a run that held', () => {}],
    ['a program that threw', () => Promise.reject(new Error('thrown'))],
    ['a program that used something', () => Math.random()],
    ['a program that never ends', () => new Promise(() => {})],
  ])('is gone after %s', async (_what, program) => {
    const before = found()
    const during: unknown[] = []
    await simulate(() => {
      during.push(...found())
      return program()
    })
    expect(found()).toEqual(before)
    expect(during).not.toEqual(before)
  })

  test('is gone after a defect of the simulation, which is thrown', async () => {
    const before = found()
    const broken = simulateAloud({ print: null }, async ({ ensemble, sleep }) => {
      ensemble.world.listeners.push({
        hear() {
          throw new Error('a listener is broken')
        },
      })
      await sleep(10_000)
    })
    await expect(broken).rejects.toThrow('a listener is broken')
    expect(found()).toEqual(before)
    expect((await simulate(() => 'again')).value).toBe('again')
  })

  test('does not meet timers of others, which go on after the run', async () => {
    let errors = 0
    const timer = setInterval(() => {
      try {
        Date.now()
        setTimeout(() => {}, 0)
      } catch {
        errors += 1
      }
    }, 0)
    for (let i = 0; i < 5; i += 1) await simulate(() => 'done')
    clearInterval(timer)
    expect(errors).toBe(0)
  })
})
