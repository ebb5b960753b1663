import { describe, expect, it } from 'vitest'
import type { Fact, FactOf, FactType } from '../../src/nodes/facts.ts'
import { createOperation, readOperation } from '../../src/nodes/operations.ts'
import type { PeerSettings } from '../../src/nodes/PeerConfig.ts'
import type { MultiWrite, Operation } from '../../src/nodes/packets.ts'
import { Ensemble } from '../../src/sim/ensemble.ts'
import { Wire } from './Wire.ts'

const SECOND = 1_000_000

class Listener {
  readonly facts: Fact[] = []

  hear(fact: Fact): void {
    this.facts.push(fact)
  }

  of<T extends FactType>(type: T): FactOf<T>[] {
    return this.facts.filter((fact): fact is FactOf<T> => fact.type === type)
  }
}

class Bench {
  readonly ensemble: Ensemble
  readonly listener = new Listener()
  private wires = 0

  /** Three voters, of which 3 leads, and an observer, 4. */
  constructor(settings: Partial<PeerSettings> = {}) {
    this.ensemble = new Ensemble({ peers: 3, observers: 1, settings }, { check: false, onNodeError: 'throw' })
    this.ensemble.world.listeners.push(this.listener)
    this.wait(5)
  }

  wait(seconds: number): void {
    const { world } = this.ensemble
    world.runUntil(world.now + seconds * SECOND)
  }

  wire(sid: number): Wire {
    this.wires += 1
    return new Wire(this.ensemble.world, `wire${this.wires}`, `${sid}`)
  }

  /** What each server knows of a session for all: as many as there are servers, or none. */
  knownTo(sessionId: string): number[] {
    return this.ensemble.sids.filter((sid) => this.ensemble.peer(sid)?.zkDb.sessions.has(sessionId) === true)
  }
}

const ephemeral = createOperation('/e', 'd', 'ephemeral')
const setRoot: Operation = { type: 'setData', path: '/', data: 'x', version: -1 }

describe('a session that moves', () => {
  it('is told so by the connection it left, which is closed without a word', () => {
    const bench = new Bench()
    const here = bench.wire(1).connect()
    expect(here.ask(ephemeral)).toEqual(['ok'])
    const { sessionId, password } = here
    const there = bench.wire(2).connect({ sessionId, password })
    expect(there.take()).toMatchObject([{ type: 'CONNECTED', sessionId }])
    // Reads go on, writes do not: those the leader judges.
    expect(here.ask(readOperation('exists', '/e'))).toEqual(['ok'])
    expect(here.ask(setRoot)).toEqual(['closed'])
    expect(there.ask(setRoot)).toEqual(['ok'])
  })

  it.each([1, 3, 4])('to where nobody knows it gets no answer but that it is over (server %d)', (sid) => {
    const bench = new Bench()
    const gone = bench.wire(2).connect()
    gone.ask({ type: 'closeSession' })
    const { sessionId, password } = gone
    const late = bench.wire(sid).connect({ sessionId, password })
    expect(late.take()).toMatchObject([{ type: 'CONNECTED', timeout: 0, sessionId: '0x0' }])
    expect(late.closed).toBe(true)
  })
})

describe('a watch and a read on two servers', () => {
  it('is told before its server shows the change, whatever the other has shown', () => {
    const bench = new Bench()
    const ann = bench.wire(1).connect()
    const bob = bench.wire(2).connect()
    ann.ask(createOperation('/a', 'old'))
    bob.ask(readOperation('getData', '/a', true))
    ann.ask({ type: 'setData', path: '/a', data: 'new', version: -1 })
    expect(bob.news()).toEqual([`NodeDataChanged /a @${bench.ensemble.peer(1)?.zkDb.lastProcessedZxid}`])
  })
})

describe.each([
  ['the leader', 3],
  ['a follower', 1],
  ['an observer', 4],
])('local sessions at %s', (_role, sid) => {
  const local = { localSessionsEnabled: true, localSessionsUpgradingEnabled: true }

  it('are known to nobody else, and write all the same', () => {
    const bench = new Bench(local)
    const ann = bench.wire(sid).connect()
    expect(ann.sessionId).not.toBe('0x0')
    expect(ann.ask(createOperation('/a', 'd'))).toEqual(['ok'])
    expect(ann.ask({ type: 'sync', path: '/' })).toEqual(['ok'])
    expect(bench.knownTo(ann.sessionId)).toEqual([])
  })

  it('are known to all once they own something', () => {
    const bench = new Bench(local)
    const ann = bench.wire(sid).connect()
    expect(ann.ask(ephemeral)).toEqual(['ok'])
    expect(bench.knownTo(ann.sessionId)).toEqual([1, 2, 3, 4])
    expect(bench.listener.of('sessionUpgraded')).toMatchObject([{ peer: sid, sessionId: ann.sessionId }])
    const { sessionId, password } = ann
    const moved = bench.wire(2).connect({ sessionId, password })
    expect(moved.take()).toMatchObject([{ type: 'CONNECTED', sessionId }])
    expect(moved.ask({ type: 'closeSession' })).toEqual(['ok', 'closed'])
    expect(bench.ensemble.peer(1)?.zkDb.tree.has('/e')).toBe(false)
  })

  it('are upgraded by a multi that makes them own something, and by no other', () => {
    const bench = new Bench(local)
    const ann = bench.wire(sid).connect()
    const multi = (op: Operation): Operation => ({ type: 'multi', ops: [op as MultiWrite] })
    expect(ann.ask(multi(createOperation('/p', 'd')))).toEqual(['ok'])
    expect(bench.knownTo(ann.sessionId)).toEqual([])
    expect(ann.ask(multi(ephemeral))).toEqual(['ok'])
    expect(bench.knownTo(ann.sessionId)).toEqual([1, 2, 3, 4])
  })

  it('go on asking while they are upgraded', () => {
    const bench = new Bench(local)
    const ann = bench.wire(sid).connect()
    ann.take()
    ann.request(ephemeral)
    ann.request({ type: 'ping' }, -2)
    ann.request(readOperation('exists', '/e'))
    ann.wait()
    expect(ann.take()).toMatchObject([
      { xid: 1, err: 0 },
      { xid: -2, err: 0 },
      { xid: 2, err: 0 },
    ])
  })

  it('own nothing where they may not be upgraded', () => {
    const bench = new Bench({ localSessionsEnabled: true })
    const ann = bench.wire(sid).connect()
    expect(ann.ask(ephemeral)).toEqual(['error -120'])
    expect(bench.ensemble.peer(1)?.zkDb.tree.has('/e')).toBe(false)
    expect(ann.ask(createOperation('/p', 'd'))).toEqual(['ok'])
  })

  it('expire where they are, and only there', () => {
    const bench = new Bench(local)
    const ann = bench.wire(sid).connect({ timeout: 6_000 })
    bench.wait(4)
    expect(ann.closed).toBe(false)
    bench.wait(7)
    const expired = bench.listener.of('sessionExpired')
    expect(expired).toMatchObject([{ peer: sid, sessionId: ann.sessionId, timeout: 6_000, local: true }])
    expect(expired[0]?.untouched).toBeGreaterThanOrEqual(6_000)
    expect(expired[0]?.untouched).toBeLessThanOrEqual(8_000)
    expect(ann.closed).toBe(true)
    expect(bench.listener.of('delivered').filter(({ txn }) => txn.body.type === 'closeSession')).toEqual([])
  })

  it('are closed by their clients, and by no transaction', () => {
    const bench = new Bench(local)
    const ann = bench.wire(sid).connect()
    expect(ann.ask({ type: 'closeSession' })).toEqual(['ok', 'closed'])
    const { sessionId, password } = ann
    const late = bench.wire(sid).connect({ sessionId, password })
    expect(late.take()).toMatchObject([{ type: 'CONNECTED', timeout: 0 }])
    expect(bench.listener.of('proposed')).toEqual([])
  })

  it('come back to their server, and are lost at any other', () => {
    const bench = new Bench(local)
    const { sessionId, password } = bench.wire(sid).connect()
    const back = bench.wire(sid).connect({ sessionId, password })
    expect(back.take()).toMatchObject([{ type: 'CONNECTED', sessionId }])
    const elsewhere = bench.wire(2).connect({ sessionId, password })
    expect(elsewhere.take()).toMatchObject([{ type: 'CONNECTED', timeout: 0 }])
  })
})

describe('a server without a leader', () => {
  function alone(settings: Partial<PeerSettings>): Bench {
    const bench = new Bench(settings)
    for (const sid of [2, 3, 4]) bench.ensemble.machineOf(sid).crash()
    bench.wait(20)
    return bench
  }

  const both = { readonlymodeEnabled: true, localSessionsEnabled: true }

  function word(bench: Bench, word: string): string[] {
    const wire = bench.wire(1)
    wire.send({ type: 'COMMAND', word })
    return wire.wait().news()
  }

  it('answers nobody where it may not', () => {
    const bench = alone({})
    expect(bench.wire(1).connect({ readOnly: true }).news()).toEqual(['closed'])
    expect(word(bench, 'isro')).toEqual(['null', 'closed'])
    expect(word(bench, 'ruok')).toEqual(['imok', 'closed'])
    expect(word(bench, 'srvr')[0]).toContain('not currently serving')
  })

  it('reads for those who make do with it, and writes for nobody', () => {
    const bench = alone(both)
    expect(bench.wire(1).connect().news()).toEqual(['closed'])
    const ann = bench.wire(1).connect({ readOnly: true })
    expect(ann.take()).toMatchObject([{ type: 'CONNECTED', readOnly: true, timeout: 30_000 }])
    expect(ann.ask(readOperation('getChildren', '/', true))).toEqual(['ok'])
    for (const op of [setRoot, { type: 'sync', path: '/' }, { type: 'multi', ops: [] }] as Operation[]) {
      expect(ann.ask(op)).toEqual(['error -119'])
    }
    expect(word(bench, 'isro')).toEqual(['ro', 'closed'])
    expect(word(bench, 'srvr')[0]).toContain('READ-ONLY mode')
    expect(ann.ask({ type: 'closeSession' })).toEqual(['ok', 'closed'])
  })

  it('lets local sessions expire', () => {
    const bench = alone(both)
    const ann = bench.wire(1).connect({ readOnly: true, timeout: 4_000 })
    bench.wait(10)
    expect(bench.listener.of('sessionExpired')).toMatchObject([
      { peer: 1, sessionId: ann.sessionId, local: true },
    ])
    expect(ann.closed).toBe(true)
  })

  it('refuses to open sessions where none are local, with a reply in place of an answer', () => {
    const bench = alone({ readonlymodeEnabled: true })
    const ann = bench.wire(1).connect({ readOnly: true })
    expect(ann.news()).toEqual(['error -119'])
  })

  it('closes its connections when there is a leader again, and serves', () => {
    const bench = alone(both)
    const ann = bench.wire(1).connect({ readOnly: true })
    expect(ann.closed).toBe(false)
    bench.ensemble.start(2)
    bench.wait(10)
    expect(ann.closed).toBe(true)
    expect(word(bench, 'isro')).toEqual(['rw', 'closed'])
    expect(bench.wire(1).connect().ask(setRoot)).toEqual(['ok'])
  })

  it('does not take a global session back', () => {
    const bench = new Bench({ readonlymodeEnabled: true })
    const { sessionId, password } = bench.wire(1).connect()
    for (const sid of [2, 3, 4]) bench.ensemble.machineOf(sid).crash()
    bench.wait(20)
    expect(bench.knownTo(sessionId)).toContain(1)
    expect(bench.wire(1).connect({ sessionId, password, readOnly: true }).news()).toEqual(['closed'])
  })
})
