/**
 * Ten thousand sessions and a hundred thousand watches. How long anything takes is for `npm run bench`; here it is counted
 * what is looked at, which is the same on every machine: who is due, and who watches, but never all.
 */
import { beforeAll, describe, expect, test } from 'vitest'
import type { Client } from '../../src/nodes/client/Client.ts'
import type { Fact } from '../../src/nodes/facts.ts'
import { ideal } from '../../src/nodes/ideal.ts'
import { createOperation, readOperation } from '../../src/nodes/operations.ts'
import type { Operation } from '../../src/nodes/packets.ts'
import { QuorumPeer } from '../../src/nodes/quorum/QuorumPeer.ts'
import { SessionTracker } from '../../src/nodes/server/SessionTracker.ts'
import { WatchManager } from '../../src/nodes/watch/WatchManager.ts'
import { Ensemble } from '../../src/sim/ensemble.ts'

const SESSIONS = 10_000
const EACH = 10
const NODES = 1_000
const DUE = 300
/** Milliseconds. */
const LONG = 400_000
const SHORT = 4_000
const settings = Object.freeze({ maxSessionTimeout: LONG, maxClientCnxns: 0 })

const looks = { atSessions: 0, atWatchers: 0 }

/** Counts how often anybody asks when one of its sessions expires, or was touched. */
class CountingTracker extends SessionTracker {
  override trackSession(sessionId: string, timeout: number): boolean {
    const isNew = super.trackSession(sessionId, timeout)
    const session = this.sessionsById.get(sessionId)
    if (!isNew || session === undefined) return isNew
    for (const field of ['expiresAt', 'touchedAt', 'isClosing', 'timeout'] as const) {
      let value: unknown = session[field]
      Object.defineProperty(session, field, {
        get: () => {
          looks.atSessions += 1
          return value
        },
        set: (next: unknown) => (value = next),
      })
    }
    return isNew
  }
}

/** Counts the watches that are asked whether they hear of a change. */
class CountingManager extends WatchManager {
  protected override hears(modes: number, type: Parameters<WatchManager['hears']>[1]): boolean {
    looks.atWatchers += 1
    return super.hears(modes, type)
  }
}

const cast = Object.freeze({ ...ideal, SessionTracker: CountingTracker, WatchManager: CountingManager })
const ensemble = new Ensemble({ seed: 1, peers: 3, settings }, { cast, onNodeError: 'throw', check: false })
const { world } = ensemble

/** What clients were told, by path. */
class Told {
  events = new Map<string, number>()
  completed = 0
  failed = 0

  hear(fact: Fact): void {
    if (fact.type === 'completed') {
      this.completed += 1
      if (fact.err !== 0) this.failed += 1
    } else if (fact.type === 'watchEvent' && fact.event.path !== null) {
      this.events.set(fact.event.path, (this.events.get(fact.event.path) ?? 0) + 1)
    }
  }

  get count(): number {
    return [...this.events.values()].reduce((sum, one) => sum + one, 0)
  }
}

const told = new Told()
world.listeners.push(told)

function join(name: string, first: number, timeout: number): string {
  const { sids } = ensemble
  ensemble.addClient(name, [...sids.slice(first), ...sids.slice(0, first)], null, timeout)
  return name
}

function connected(name: string): Client {
  const client = ensemble.client(name)
  while (!client.isConnected && world.step());
  return client
}

function ask(client: Client, ops: readonly Operation[]): void {
  for (const op of ops) client.submit(op)
  while (client.outstanding > 0 && world.step());
  // Whatever it brings about elsewhere.
  world.runUntil(world.now + 100_000)
}

function setData(path: string): Operation {
  return Object.freeze({ type: 'setData', path, data: 'v', version: -1 })
}

function sessions(): number {
  return ensemble.peer(ensemble.leader() ?? 0)?.zkDb.sessions.size ?? 0
}

function watches(): number {
  const counts = ensemble.sids.map((sid) => ensemble.peer(sid)?.cnxnFactory.server?.watches.count ?? 0)
  return counts.reduce((sum, count) => sum + count, 0)
}

const nodes = Array.from({ length: NODES }, (_, i) => `/node-${i}`)
const members = Array.from({ length: SESSIONS }, (_, i) => `member-${i}`)

function nodeOf(member: number, k: number): string {
  return nodes[(member * EACH + k) % NODES] as string
}

/** What is looked at meanwhile. */
function counted(deed: () => void): Readonly<typeof looks> {
  const before = { ...looks }
  deed()
  return {
    atSessions: looks.atSessions - before.atSessions,
    atWatchers: looks.atWatchers - before.atWatchers,
  }
}

describe('ten thousand sessions with ten watches each', () => {
  let writer: Client

  beforeAll(() => {
    join('writer', 0, LONG)
    writer = connected('writer')
    ask(
      writer,
      [...nodes, '/none'].map((path) => createOperation(path, '')),
    )
    for (const [i, name] of members.entries()) join(name, i % 3, LONG)
    const clients = members.map(connected)
    for (const [i, client] of clients.entries()) {
      for (let k = 0; k < EACH; k += 1) client.submit(readOperation('getData', nodeOf(i, k), true))
    }
    while (clients.some(({ outstanding }) => outstanding > 0)) world.runEvents(10_000)
  }, 60_000)

  test('exist', () => {
    expect(told.failed).toBe(0)
    expect(sessions()).toBe(SESSIONS + 1)
    expect(watches()).toBe(SESSIONS * EACH)
    expect(ensemble.sids.every((sid) => ensemble.peer(sid) instanceof QuorumPeer)).toBe(true)
  })

  test('a write looks at none of the watches of other nodes, and at those of its own once', () => {
    expect(counted(() => ask(writer, [setData('/none')])).atWatchers).toBe(0)
    expect(told.count).toBe(0)
    const watchers = (SESSIONS * EACH) / NODES
    expect(counted(() => ask(writer, [setData('/node-7')])).atWatchers).toBe(watchers)
    expect([...told.events]).toEqual([['/node-7', watchers]])
    expect(counted(() => ask(writer, [setData('/node-7')])).atWatchers).toBe(0)
    expect(watches()).toBe(SESSIONS * EACH - watchers)
  })

  test('all that are left fire, each once', () => {
    const before = told.count
    const { atWatchers } = counted(() => ask(writer, nodes.map(setData)))
    expect(told.count - before).toBe(watches() + atWatchers)
    expect(told.events.size).toBe(NODES)
    expect(new Set(told.events.values())).toEqual(new Set([(SESSIONS * EACH) / NODES]))
    expect(watches()).toBe(0)
  })

  test('those that expire are looked at, the others are not', () => {
    // Learners report once who was there since; from then on the others are idle.
    world.runUntil(world.now + 5_000_000)
    const due = Array.from({ length: DUE }, (_, i) => join(`due-${i}`, i % 3, SHORT))
    for (const name of due) connected(name)
    expect(sessions()).toBe(SESSIONS + 1 + DUE)
    for (const name of due) world.machine(name).crash()
    const { atSessions } = counted(() => world.runUntil(world.now + 3 * SHORT * 1_000))
    expect(sessions()).toBe(SESSIONS + 1)
    // The bucket, the mark, the report, the check of the request that closes it, and the end: none is looked at often.
    expect(atSessions / DUE).toBeGreaterThan(1)
    expect(atSessions / DUE).toBeLessThan(15)
  })

  test('expire together when all their clients are gone, with what they had', () => {
    for (const name of members) world.machine(name).crash()
    const { atSessions } = counted(() => world.runUntil(world.now + (LONG + 30_000) * 1_000))
    expect(sessions()).toBe(1)
    expect(atSessions / SESSIONS).toBeLessThan(15)
    for (const sid of ensemble.sids) {
      expect(ensemble.peer(sid)?.cnxnFactory.connections.size).toBe(sid === Number(writer.server) ? 1 : 0)
    }
  })
})
