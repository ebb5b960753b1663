import { describe, expect, it } from 'vitest'
import { type ClientOperation, checkHistory } from '../../src/invariants/model/checkHistory.ts'
import { HistoryRecorder } from '../../src/invariants/model/HistoryRecorder.ts'
import { OPEN_ACL_UNSAFE } from '../../src/nodes/acl.ts'
import { closedLoop } from '../../src/nodes/client/ClosedLoop.ts'
import type { Operation, Result, Stat } from '../../src/nodes/packets.ts'
import { makeZxid } from '../../src/nodes/zxid.ts'
import { Ensemble } from '../../src/sim/ensemble.ts'
import { visitor } from '../mutants/Visitor.ts'

const z = (counter: number) => makeZxid(1, counter)

function stat(czxid: number, mzxid: number, version: number, more: Partial<Stat> = {}): Stat {
  return {
    czxid,
    mzxid,
    pzxid: czxid,
    ctime: 0,
    mtime: 0,
    version,
    cversion: 0,
    aversion: 0,
    ephemeralOwner: '0x0',
    dataLength: 1,
    numChildren: 0,
    ...more,
  }
}

/** Asked for at `from`, answered at `to` (null: never). */
function op(
  session: string,
  [from, to]: readonly [number, number | null],
  operation: Operation,
  zxid: number,
  err: number | null = 0,
  result: Result | null = null,
): ClientOperation {
  return { session, op: operation, invoked: from, returned: to, err, zxid, result }
}

const create = (path: string, flags = 0): Operation => ({
  type: 'create',
  path,
  data: 'a',
  acl: OPEN_ACL_UNSAFE,
  flags,
})
const setData = (data: string, version = -1): Operation => ({ type: 'setData', path: '/a', data, version })
const read: Operation = { type: 'getData', path: '/a', watch: false }
const shows = (data: string, s: Stat): Result => ({ type: 'getData', data, stat: s })

const made = op('ann', [0, 1], create('/a'), z(1))

describe('a history', () => {
  it('of one thing after the other holds', () => {
    const verdict = checkHistory([
      made,
      op('ann', [2, 3], setData('b', 0), z(2), 0, { type: 'setData', stat: stat(z(1), z(2), 1) }),
      op('bob', [4, 5], setData('c', 0), z(3), -103),
      op('bob', [6, 7], read, z(3), 0, shows('b', stat(z(1), z(2), 1))),
    ])
    expect(verdict).toEqual({ verdict: 'held', what: null, operations: [], judged: 4 })
  })

  it('is broken by a refusal without a reason', () => {
    const verdict = checkHistory([made, op('bob', [4, 5], setData('c', 0), z(3), -103)])
    expect(verdict.what).toMatch('setData /a of bob, answered at 1:3: it was refused (-103)')
    expect(verdict.verdict).toBe('broken')
  })

  it('is broken by a write that comes too early in the order', () => {
    const late = op('bob', [10, 11], create('/b'), z(1))
    const verdict = checkHistory([op('ann', [0, 1], create('/a'), z(2)), late])
    expect(verdict.verdict).toBe('broken')
    expect(verdict.operations[1]).toBe(late)
  })

  it('is broken by an answer of a session that goes back', () => {
    const verdict = checkHistory([made, op('ann', [2, 3], read, z(0), -101)])
    expect(verdict.what).toMatch('asked for before it')
  })

  it('may show a reader what is old, but not what it never was', () => {
    const second = op('ann', [2, 3], setData('b'), z(2))
    const old = shows('a', stat(z(1), z(1), 0))
    expect(checkHistory([made, second, op('bob', [4, 5], read, z(2), 0, old)]).verdict).toBe('held')
    const odd = shows('x', stat(z(1), z(1), 0))
    expect(checkHistory([made, second, op('bob', [4, 5], read, z(2), 0, odd)]).verdict).toBe('broken')
    // Bob has seen the new already.
    const seen = op('bob', [4, 5], read, z(2), 0, shows('b', stat(z(1), z(2), 1)))
    expect(checkHistory([made, second, seen, op('bob', [6, 7], read, z(2), 0, old)]).verdict).toBe('broken')
  })

  it('lets what has no answer happen, or not', () => {
    const lost = op('ann', [2, null], setData('b'), -1, null)
    const happened = op('bob', [4, 5], read, z(2), 0, shows('b', stat(z(1), z(2), 1)))
    const did = op('bob', [4, 5], read, z(2), 0, shows('a', stat(z(1), z(1), 0)))
    expect(checkHistory([made, lost, happened]).verdict).toBe('held')
    expect(checkHistory([made, lost, did]).verdict).toBe('held')
    const neither = op('bob', [4, 5], read, z(2), 0, shows('c', stat(z(1), z(2), 1)))
    expect(checkHistory([made, lost, neither]).verdict).toBe('unknown')
    expect(checkHistory([made, neither]).verdict).toBe('broken')
  })

  it('lets a local session end without a transaction', () => {
    const closed = op('ann', [2, 3], { type: 'closeSession' }, z(1))
    expect(checkHistory([made, closed]).verdict).toBe('held')
    const early = op('ann', [2, 3], { type: 'closeSession' }, z(0))
    expect(checkHistory([made, early]).verdict).toBe('broken')
  })

  it('lets the ephemerals of a session go that is heard of no more', () => {
    const here = op('ann', [0, 1], create('/a', 1), z(1))
    const gone = op('bob', [4, 5], read, z(2), -101)
    const there = op('bob', [2, 3], read, z(1), 0, shows('a', stat(z(1), z(1), 0, { ephemeralOwner: 'ann' })))
    expect(checkHistory([here, there, gone]).verdict).toBe('held')
    const lives = op('ann', [6, 7], { type: 'sync', path: '/' }, z(3))
    expect(checkHistory([here, there, gone, lives]).verdict).toBe('broken')
  })

  it('may be asked whether syncs are barriers', () => {
    const sync = op('bob', [4, 5], { type: 'sync', path: '/' }, z(0))
    expect(checkHistory([made, sync]).verdict).toBe('held')
    expect(checkHistory([made, sync], { syncIsBarrier: true }).verdict).toBe('broken')
  })
})

function play(seed: number, clients: number, limit: number, events: number, busy = true): HistoryRecorder {
  const ensemble = new Ensemble({ seed, peers: 3 }, { check: false })
  const recorder = new HistoryRecorder(ensemble.world)
  ensemble.world.listeners.push(recorder)
  const mix = { setData: 4, getData: 4, createSequential: 1, createEphemeral: 1, delete: 1, getChildren: 1 }
  const program = busy
    ? visitor({ outstanding: 3, limit })
    : closedLoop({ prefix: '/k', keys: 20, mix, outstanding: 1, limit })
  for (let i = 0; i < clients; i += 1) ensemble.addClient(`client${i}`, ensemble.sids, program)
  ensemble.world.runEvents(events)
  return recorder
}

describe('what a simulated ensemble answers', () => {
  it('holds, with its transactions and without', () => {
    for (let seed = 1; seed <= 10; seed += 1) {
      const recorder = play(seed, 4, 150, 60_000)
      const history = recorder.history()
      expect(history.length).toBeGreaterThan(250)
      expect(checkHistory(history, { txns: recorder.txns })).toMatchObject({ verdict: 'held', what: null })
      expect(checkHistory(history).what).toBeNull()
    }
  })

  it('is broken when one answer is another', () => {
    const recorder = play(1, 4, 150, 60_000)
    const history = [...recorder.history()]
    const at = history.findIndex(({ op: { type }, err }) => type === 'setData' && err === 0)
    history[at] = { ...(history[at] as ClientOperation), err: -103, result: null }
    expect(checkHistory(history, { txns: recorder.txns }).verdict).toBe('broken')
  })

  it('is judged in a moment, ten thousand operations of it', () => {
    const history = play(1, 20, 600, 1_000_000, false).history()
    expect(history.length).toBeGreaterThan(10_000)
    const from = performance.now()
    expect(checkHistory(history)).toMatchObject({ verdict: 'held' })
    expect(performance.now() - from).toBeLessThan(5_000)
  })
})
