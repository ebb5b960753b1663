import { execFileSync } from 'node:child_process'
import { createContext, runInContext } from 'node:vm'
import fc from 'fast-check'
import { beforeAll, describe, expect, test, vi } from 'vitest'
import { simulate } from '../../src/index.ts'
import { bundleLibrary } from '../determinism/bundle.ts'
import { busy, run, runAll, SEEDS, type Summary, summaryOf } from './programs.ts'

let expected: Summary[]

beforeAll(async () => {
  expected = await runAll()
})

test('the runs are worth repeating', () => {
  for (const { verdict, reason, value } of expected) {
    expect({ verdict, reason }).toEqual({ verdict: 'held', reason: null })
    expect(value).toMatchObject({ counted: [expect.any(Number), expect.any(Number)] })
  }
  expect(new Set(expected.map(({ hash }) => hash)).size).toBe(SEEDS.length)
})

test('whatever the seed, a run is the same when it is run again', async () => {
  const seeds = fc.asyncProperty(fc.nat(1_000_000), async (seed) => {
    expect(await run(seed)).toEqual(await run(seed))
  })
  await fc.assert(seeds, { numRuns: 10 })
})

test('runs that are begun at once go one after the other, each as if it were alone', async () => {
  const order: string[] = []
  const begun = SEEDS.map(async (seed) => {
    const result = await simulate({ seed, print: null }, async (environment) => {
      order.push(`begin ${seed}`)
      const value = await busy(environment)
      order.push(`end ${seed}`)
      return value
    })
    return summaryOf(seed, result)
  })
  expect(await Promise.all(begun)).toEqual(expected)
  expect(order).toEqual(SEEDS.flatMap((seed) => [`begin ${seed}`, `end ${seed}`]))
})

test('what else the process does meanwhile makes no difference', async () => {
  let ticks = 0
  const timer = setInterval(() => {
    ticks += 1
    void Promise.resolve().then(() => Date.now())
  }, 1)
  const results = await runAll()
  await new Promise((resolve) => setTimeout(resolve, 5))
  clearInterval(timer)
  expect(results).toEqual(expected)
  expect(ticks).toBeGreaterThan(0)
})

test('what a program writes, and reads, is in the hash', async () => {
  const write = async (data: string) => {
    const { hash } = await simulate(async ({ connect }) => {
      const zk = await connect()
      await zk.create('/a', data)
    })
    return hash
  }
  expect(await write('one')).toBe(await write('one'))
  expect(await write('one')).not.toBe(await write('two'))
})

test('ZKSIM_SEED is taken for the seed', async () => {
  vi.stubEnv('ZKSIM_SEED', `${SEEDS[1]}`)
  try {
    const result = await simulate({ seed: 99, print: null }, busy)
    expect(summaryOf(SEEDS[1]!, result)).toEqual(expected[1])
    expect(result.replay).toContain(`seed: ${SEEDS[1]} `)
    vi.stubEnv('ZKSIM_SEED', 'seven')
    await expect(simulate(busy)).rejects.toThrow('ZKSIM_SEED=seven is no seed')
  } finally {
    vi.unstubAllEnvs()
  }
})

describe('elsewhere', () => {
  let code: string

  beforeAll(async () => {
    code = await bundleLibrary(new URL('./library.ts', import.meta.url))
  })

  test('in another process, with other environment, time zone and order of hashing', () => {
    const input = `${code}\nzksim.runAll().then((all) => process.stdout.write(JSON.stringify(all)))`
    const env = {
      PATH: process.env['PATH'],
      TZ: 'Pacific/Chatham',
      LANG: 'tr_TR.UTF-8',
      LC_ALL: 'tr_TR.UTF-8',
    }
    const output = execFileSync(process.execPath, ['--hash-seed=4711', '--random-seed=4711', '-'], {
      input,
      env,
    })
    expect(JSON.parse(output.toString())).toEqual(expected)
  })

  const runIn = async (given: object): Promise<unknown> => {
    const context = createContext({ ...given })
    runInContext('delete globalThis.console; delete globalThis.WebAssembly', context)
    runInContext(code, context)
    return JSON.parse(
      (await runInContext('zksim.runAll().then((all) => JSON.stringify(all))', context)) as string,
    )
  }

  test('where there are no ticks, but channels and timers, as in a browser', async () => {
    expect(await runIn({ MessageChannel, setTimeout })).toEqual(expected)
    expect(await runIn({ setTimeout })).toEqual(expected)
  })

  test('in a context with the language alone', async () => {
    expect(await runIn({})).toEqual(expected)
  })
})
