import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ClosedLoop, closedLoop } from '../../src/nodes/client/ClosedLoop.ts'
import { LOAD_OPERATIONS, type LoadOperation, type Mix } from '../../src/nodes/client/LoadOperation.ts'
import { LoadPlan, type Seen } from '../../src/nodes/client/LoadPlan.ts'
import { type LoadKind, mixes } from '../../src/nodes/client/mixes.ts'
import type { Host } from '../../src/nodes/Host.ts'
import { keeperErrors } from '../../src/nodes/keeperErrors.ts'
import type { Operation } from '../../src/nodes/packets.ts'
import { Ensemble } from '../../src/sim/ensemble.ts'
import { fork } from '../../src/sim/kernel/fork.ts'
import { Answers } from './Answers.ts'

const kinds = Object.keys(mixes) as LoadKind[]

function planOf(mix: Mix): LoadPlan {
  return new LoadPlan({ prefix: '/k', keys: 4, mix, outstanding: 1 })
}

/** A host that draws what it is told, again and again. */
function hostOf(draws: readonly number[]): Host {
  let i = -1
  const random = (): number => draws[(i = (i + 1) % draws.length)] as number
  return { random } as Partial<Host> as Host
}

const nothing: Seen = { versionOf: () => 0, created: null }

function operations(mix: Mix, draws: readonly number[], count: number): Operation[] {
  const plan = planOf(mix)
  const host = hostOf(draws)
  return Array.from({ length: count }, (_, i) => plan.next(host, `v${i}`, nothing))
}

function isFrozenThroughout(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return true
  return Object.isFrozen(value) && Object.values(value).every(isFrozenThroughout)
}

const draws = fc.array(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), {
  minLength: 1,
  maxLength: 20,
})
const mix = fc
  .dictionary(fc.constantFrom(...LOAD_OPERATIONS), fc.integer({ min: 0, max: 5 }), { minKeys: 1 })
  .filter((weights) => Object.values(weights).some((weight) => weight > 0))

describe('what is drawn', () => {
  test('a key first, then what to do with it, by weight in the order of the list', () => {
    const two: Mix = { getData: 1, setData: 3 }
    expect(operations(two, [0.5, 0.74, 0.99, 0.76], 2)).toEqual([
      { type: 'setData', path: '/k2', data: 'v0', version: -1 },
      { type: 'getData', path: '/k3', watch: false },
    ])
  })

  test('what was there before the others still means the same', () => {
    expect(LOAD_OPERATIONS.slice(0, 9)).toEqual([
      'setData',
      'getData',
      'exists',
      'getChildren',
      'sync',
      'create',
      'createEphemeral',
      'createSequential',
      'delete',
    ])
  })

  test('the same draws give the same operations, frozen all the way down, whatever has no weight', () => {
    fc.assert(
      fc.property(mix, draws, (weights, drawn) => {
        const ops = operations(weights, drawn, 30)
        const none = Object.fromEntries(LOAD_OPERATIONS.map((name) => [name, 0]))
        expect(operations({ ...none, ...weights }, drawn, 30)).toEqual(ops)
        expect(ops.every(isFrozenThroughout)).toBe(true)
      }),
    )
  })

  test('keys are asked for, or what lies below them', () => {
    fc.assert(
      fc.property(mix, draws, (weights, drawn) => {
        const paths = operations(weights, drawn, 30).flatMap((op) => ('path' in op ? [op.path] : []))
        for (const path of paths) expect(path).toMatch(/^\/k[0-3](\/n)?$/)
      }),
    )
  })

  test('a load of nothing is refused, and one of no keys', () => {
    expect(() => planOf({ setData: 0 })).toThrow(RangeError)
    expect(() => closedLoop({ prefix: '/k', keys: 0, mix: { setData: 1 }, outstanding: 1 })).toThrow(
      RangeError,
    )
  })
})

interface Run {
  readonly ensemble: Ensemble
  readonly answers: Answers
}

function run(weights: Mix, { clients = 1, seed = 1, outstanding = 1, limit = 100, keys = 3 } = {}): Run {
  const settings = Object.freeze({ extendedTypesEnabled: true })
  const ensemble = new Ensemble({ seed, peers: 3, settings }, { onNodeError: 'throw' })
  const answers = new Answers()
  ensemble.world.listeners.push(answers)
  const program = closedLoop({ prefix: '/k', keys, mix: weights, outstanding, limit })
  for (let i = 0; i < clients; i += 1) ensemble.addClient(`client${i}`, ensemble.sids, program)
  return { ensemble, answers }
}

function isFinished({ clients }: Ensemble): boolean {
  return [...clients.values()].every(({ node }) => {
    const program = node !== null && 'program' in node ? node.program : null
    return program instanceof ClosedLoop && program.finished
  })
}

/** Until all have done what they were to do. */
function runToEnd(ensemble: Ensemble): void {
  while (!isFinished(ensemble)) {
    ensemble.world.runEvents(500)
    expect(ensemble.world.events).toBeLessThan(500_000)
  }
}

function finish(one: Run): Run {
  runToEnd(one.ensemble)
  one.ensemble.checker.finish()
  expect(one.ensemble.checker.violations).toEqual([])
  return one
}

const { OK, BADVERSION, NODEEXISTS } = keeperErrors

describe('what goes by what was seen', () => {
  test('one client that writes at the version it saw always succeeds', () => {
    const { answers } = finish(run({ setDataAtVersion: 3, deleteAtVersion: 1, create2: 2 }))
    const writes = answers.of('setData')
    expect(writes.length).toBeGreaterThan(20)
    expect(writes.some(({ op }) => op.version > 0)).toBe(true)
    expect(writes.filter(({ err }) => err === BADVERSION.code)).toEqual([])
    const versions = new Set(answers.of('delete').map(({ op }) => op.version))
    expect(versions.size).toBeGreaterThan(1)
  })

  test('several get into each other’s way, and catch up by reading', () => {
    const { answers } = finish(run({ setDataAtVersion: 1, getData: 1 }, { clients: 4, keys: 1 }))
    const errs = answers.of('setData').map(({ err }) => err)
    expect(errs).toContain(OK.code)
    expect(errs).toContain(BADVERSION.code)
  })

  test('a sequential node is deleted by its name', () => {
    const { answers } = finish(run({ createSequential: 1, deleteCreated: 1 }))
    const deleted = answers.of('delete').filter(({ err }) => err === OK.code)
    expect(deleted.length).toBeGreaterThan(10)
    for (const { op } of deleted) expect(op.path).toMatch(/^\/k[0-2]\/n\d{10}$/)
  })
})

describe('several keys at once', () => {
  test('some multis succeed, some do not; those that must fail all do, and change nothing', () => {
    const { answers, ensemble } = finish(run({ multi: 1 }, { clients: 2 }))
    const failed = answers.of('multi').map(Answers.isFailedMulti)
    expect(failed).toContain(true)
    expect(failed).toContain(false)
    expect(ensemble.peer(1)?.zkDb.tree.get('/k0')?.stat.version).toBeGreaterThan(0)
    const doomed = finish(run({ failingMulti: 1 }))
    expect(doomed.answers.of('multi')).toHaveLength(100)
    expect(doomed.answers.of('multi').every(Answers.isFailedMulti)).toBe(true)
    for (const key of ['/k0', '/k1', '/k2']) {
      expect(doomed.ensemble.peer(1)?.zkDb.tree.get(key)?.stat).toMatchObject({ version: 0, cversion: 0 })
    }
  })
})

describe('sessions that end', () => {
  test('each closing is followed by another session, and by more of the load', () => {
    const { answers } = finish(run({ createEphemeral: 4, reopen: 1 }, { limit: 60 }))
    const closings = answers.of('closeSession')
    expect(closings.length).toBeGreaterThan(3)
    expect(new Set(closings.map(({ sessionId }) => sessionId)).size).toBe(closings.length)
    // What a session leaves goes with it, so that the next creates it anew.
    const created = answers.of('create').filter(({ err }) => err === OK.code)
    expect(answers.of('create').some(({ err }) => err === NODEEXISTS.code)).toBe(true)
    expect(created.length).toBeGreaterThanOrEqual(3)
  })

  test('one whose server is lost in the midst of closing begins another all the same', () => {
    const one = run({ reopen: 1, createEphemeral: 1 }, { outstanding: 3 })
    const { ensemble } = one
    const client = ensemble.client('client0')
    while (ensemble.world.step() && (!client.isConnected || client.accepting));
    ensemble.machineOf(Number(client.server)).crash()
    finish(one)
    const lost = keeperErrors.CONNECTIONLOSS.code
    const closings = one.answers.of('closeSession')
    expect(closings.map(({ err }) => err === lost).indexOf(true)).toBe(0)
    expect(closings.length).toBeGreaterThan(10)
  })
})

/** All operations that a mix of these weights can come to. */
const asked: Partial<Record<LoadOperation, Operation['type']>> = {
  setDataAtVersion: 'setData',
  deleteAtVersion: 'delete',
  deleteCreated: 'delete',
  createEphemeral: 'create',
  createSequential: 'create',
  createEphemeralSequential: 'create',
  createSequentialTTL: 'createTTL',
  failingMulti: 'multi',
  watchData: 'getData',
  watchExists: 'exists',
  watchChildren: 'getChildren2',
  reopen: 'closeSession',
}

describe.each(kinds)('a load of %s', (kind) => {
  test('asks for all of its mix, contradicts no invariant, and goes on the same from a copy', () => {
    const seed = kinds.indexOf(kind) + 1
    const one = run(mixes[kind], { clients: 4, seed, outstanding: 2, limit: 800 })
    one.ensemble.world.trace.record(1)
    one.ensemble.world.runEvents(4_000)
    const copy = fork(one.ensemble, { strict: true })
    finish(one)
    runToEnd(copy)
    expect(copy.world.trace.hash).toBe(one.ensemble.world.trace.hash)
    expect(copy.world.trace.contents).toBe(one.ensemble.world.trace.contents)
    const types = one.answers.all.map(({ op }) => op.type)
    for (const name of Object.keys(mixes[kind]) as LoadOperation[]) {
      expect(types).toContain(asked[name] ?? name)
    }
  })

  test.each([1, 2, 3])('stands crashes, seed %i', (seed) => {
    const one = run(mixes[kind], { clients: 4, seed, outstanding: 2, limit: Number.POSITIVE_INFINITY })
    const { world, sids } = one.ensemble
    for (let turn = 0; turn < 12; turn += 1) {
      world.runUntil(world.now + 700_000)
      const machine = one.ensemble.machineOf(sids[(seed + turn) % 3] as number)
      if (turn % 2 === 0) machine.crash()
      for (const sid of sids) {
        if (turn % 2 === 1 && one.ensemble.machineOf(sid).state === 'down') one.ensemble.start(sid)
      }
    }
    one.ensemble.checker.finish()
    expect(one.ensemble.checker.violations).toEqual([])
    expect(one.answers.all.filter(({ err }) => err === OK.code).length).toBeGreaterThan(100)
  })
})
