import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { type Context, createContext, runInContext } from 'node:vm'
import fc from 'fast-check'
import { beforeAll, describe, expect, test, vi } from 'vitest'
import { firstDivergence, printDivergence } from '../src/sim/kernel/firstDivergence.ts'
import { fork } from '../src/sim/kernel/fork.ts'
import type { World } from '../src/sim/kernel/World.ts'
import { bundleLibrary } from './determinism/bundle.ts'
import { countingCast, PLANTS, PlantLog } from './determinism/plants.ts'
import {
  EVENTS,
  run,
  runInterleaved,
  SEEDS,
  type Summary,
  summaryOf,
  troubledEnsemble,
} from './determinism/turmoil.ts'

// On a machine that does ten other things.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 })

/** Each seed alone, first of all. */
const alone = new Map<number, Summary>()
/** By seed and event, with what was in the packets, records and facts. */
const along = new Map<number, string[]>()

function stateOf({
  trace,
}: {
  readonly trace: { readonly hash: string; readonly contents: string }
}): string {
  return `${trace.hash} ${trace.contents}`
}

beforeAll(() => {
  for (const seed of SEEDS) {
    const ensemble = troubledEnsemble(seed)
    const { world } = ensemble
    const states = [stateOf(world)]
    while (world.events < EVENTS) {
      world.step()
      states.push(stateOf(world))
    }
    along.set(seed, states)
    alone.set(seed, summaryOf(ensemble))
  }
})

const expected = (seeds: readonly number[]) => seeds.map((seed) => alone.get(seed))

test('the runs are eventful enough to prove something', () => {
  const counts = new Map<string, number>()
  const census = { hear: ({ type }: { type: string }) => void counts.set(type, (counts.get(type) ?? 0) + 1) }
  for (const seed of SEEDS) {
    const ensemble = troubledEnsemble(seed)
    ensemble.world.listeners.push(census)
    ensemble.world.runEvents(EVENTS)
    expect(ensemble.world.trace.hash).toBe(alone.get(seed)!.hash)
  }
  const least = {
    committed: 400,
    recovered: 25,
    established: 6,
    clientExpired: 3,
    syncDecided: 20,
    snapshotTaken: 20,
    watchEvent: 100,
    sessionUpgraded: 2,
  }
  for (const [type, count] of Object.entries(least)) {
    expect(counts.get(type) ?? 0, type).toBeGreaterThanOrEqual(count)
  }
  expect(new Set([...alone.values()].map(({ hash }) => hash)).size).toBe(SEEDS.length)
})

describe('the same run', () => {
  test('twice', () => {
    expect(SEEDS.map(run)).toEqual(expected(SEEDS))
  })

  test('after others, in reversed order of seeds', () => {
    const reversed = [...SEEDS].reverse()
    expect(reversed.map(run)).toEqual(expected(reversed))
  })

  test('between the events of others', () => {
    expect(runInterleaved(SEEDS)).toEqual(expected(SEEDS))
  })

  test.each(SEEDS)('forked with every shared object proved frozen, seed %i', (seed) => {
    const ensemble = troubledEnsemble(seed)
    ensemble.world.runEvents(EVENTS / 2)
    const copy = fork(ensemble, { strict: true })
    copy.world.runEvents(EVENTS / 2)
    expect(summaryOf(copy)).toEqual(alone.get(seed))
  })

  test('forked anywhere: copy and original go on alike, and neither feels the other', () => {
    const places = {
      seed: fc.constantFrom(...SEEDS),
      event: fc.nat(EVENTS - 1_000),
      more: fc.integer({ min: 1, max: 1_000 }),
    }
    fc.assert(
      fc.property(fc.record(places), ({ seed, event, more }) => {
        const states = along.get(seed)!
        const original = troubledEnsemble(seed)
        original.world.runEvents(event)
        const copy = original.fork()
        const other = original.fork()
        copy.world.runEvents(more)
        for (const machine of other.world.machines) if (machine.state !== 'down') machine.powerCut()
        other.world.runEvents(more)
        expect(stateOf(original.world)).toBe(states[event])
        original.world.runEvents(more)
        expect([stateOf(copy.world), stateOf(original.world)]).toEqual([
          states[event + more],
          states[event + more],
        ])
        expect(summaryOf(copy)).toEqual(summaryOf(original))
      }),
      { numRuns: 12 },
    )
  })
})

describe('the same run elsewhere', () => {
  let code: string

  beforeAll(async () => {
    code = await bundleLibrary()
  })

  const all = 'JSON.stringify(zksim.turmoil.SEEDS.map(zksim.turmoil.run))'

  test('in another process, with other environment, time zone and order of hashing', () => {
    const input = `${code}\nprocess.stdout.write(${all})`
    const env = { PATH: process.env.PATH, TZ: 'Pacific/Chatham', LANG: 'tr_TR.UTF-8', LC_ALL: 'tr_TR.UTF-8' }
    const output = execFileSync(process.execPath, ['--hash-seed=4711', '--random-seed=4711', '-'], {
      input,
      env,
    })
    expect(JSON.parse(output.toString())).toEqual(expected(SEEDS))
  })

  test('in a context with the language alone: no Node, no browser', () => {
    const context = bareContext()
    const absent = [
      'process',
      'Buffer',
      'console',
      'setTimeout',
      'queueMicrotask',
      'structuredClone',
      'performance',
    ]
    for (const name of absent) expect(runInContext(`typeof ${name}`, context)).toBe('undefined')
    runInContext(code, context)
    // Each seed is the first of all somewhere: here the last.
    const reversed = [...SEEDS].reverse()
    const output = runInContext(
      `JSON.stringify(${JSON.stringify(reversed)}.map(zksim.turmoil.run))`,
      context,
    ) as string
    expect(JSON.parse(output)).toEqual(expected(reversed))
  })

  test('in a context where whatever differs from run to run or from engine to engine throws', () => {
    const context = bareContext()
    runInContext(FORBID, context)
    expect(() => runInContext('new Date()', context)).toThrow('Date is forbidden')
    expect(() => runInContext('Math.random()', context)).toThrow('random is forbidden')
    runInContext(code, context)
    expect(JSON.parse(runInContext(all, context) as string)).toEqual(expected(SEEDS))
  })
})

/** The engine itself brings a console, connected to a debugger, and WebAssembly. */
function bareContext(): Context {
  const context = createContext({})
  runInContext('delete globalThis.console; delete globalThis.WebAssembly', context)
  return context
}

/** Replaces what must not be used, even while the library loads. (A WeakMap cannot be iterated; immer keeps a cache in one.) */
const FORBID = `{
  const forbid = (owner, names) => {
    for (const name of names) {
      if (!(name in owner)) continue
      owner[name] = function () { throw new Error(name + ' is forbidden') }
    }
  }
  forbid(globalThis, ['Date', 'Intl', 'Promise', 'WeakRef', 'WeakSet', 'FinalizationRegistry',
    'SharedArrayBuffer', 'Atomics', 'eval', 'Function'])
  forbid(Math, ['random', 'sin', 'cos', 'tan', 'asin', 'acos', 'atan', 'atan2', 'sinh', 'cosh', 'tanh', 'asinh',
    'acosh', 'atanh', 'exp', 'expm1', 'log', 'log2', 'log10', 'log1p', 'pow', 'cbrt', 'hypot'])
  forbid(String.prototype, ['localeCompare', 'normalize', 'toLocaleLowerCase', 'toLocaleUpperCase'])
  forbid(Number.prototype, ['toLocaleString'])
  forbid(Array.prototype, ['toLocaleString'])
}`

describe('a planted nondeterminism', () => {
  test.each(PLANTS)('$name is found at the event, and on the machine, where it enters', ({ cast }) => {
    const log = new PlantLog()
    const options = { cast: cast(log) }
    const [a, b] = [1, 2].map(() => troubledEnsemble(SEEDS[0]!, options).world) as [World, World]
    const found = firstDivergence(a, b, { events: EVENTS })!
    const first = log.firstDifference(a, b)!
    expect(found).toMatchObject({
      event: first.event,
      a: { machine: first.machine },
      b: { machine: first.machine },
    })
    expect(printDivergence(found)).toContain(`event ${first.event}\n`)
  })

  test('state that a fork does not copy is found as well', () => {
    const log = new PlantLog()
    const { world } = troubledEnsemble(SEEDS[0]!, { cast: countingCast(log) })
    world.runEvents(EVENTS / 4)
    log.clear()
    const copy = world.fork()
    const found = firstDivergence(world, copy, { events: EVENTS })!
    expect(found.event).toBe(log.firstDifference(world, copy)!.event)
  })

  test('without it there is nothing to find', () => {
    const [a, b] = [1, 2].map(() => troubledEnsemble(SEEDS[0]!).world) as [World, World]
    expect(firstDivergence(a, b, { events: EVENTS })).toBeNull()
  })
})

describe('golden hashes', () => {
  const golden = JSON.parse(readFileSync(new URL('./golden/hashes.json', import.meta.url), 'utf8'))

  test('what these seeds do has not changed (npm run hashes -- "the reason", if it was to)', () => {
    const hashes = Object.fromEntries([...alone].map(([seed, { hash }]) => [seed, hash]))
    expect(hashes).toEqual(golden.hashes)
    expect(golden.because).not.toBe('')
  })
})
