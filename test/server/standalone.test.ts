import { beforeEach, describe, expect, it } from 'vitest'
import { type Client, makeClientFactory } from '../../src/nodes/client/Client.ts'
import { type ClosedLoop, closedLoop } from '../../src/nodes/client/ClosedLoop.ts'
import type { CreateMode } from '../../src/nodes/createFlags.ts'
import { SharedApply } from '../../src/nodes/database/SharedApply.ts'
import type { Txn } from '../../src/nodes/database/txns.ts'
import { ZKDatabase } from '../../src/nodes/database/ZKDatabase.ts'
import type { Fact, FactOf, FactType } from '../../src/nodes/facts.ts'
import { ideal } from '../../src/nodes/ideal.ts'
import { keeperErrorName } from '../../src/nodes/keeperErrors.ts'
import { createOperation } from '../../src/nodes/operations.ts'
import { defaultSettings, type PeerConfig } from '../../src/nodes/PeerConfig.ts'
import type { Operation, Result } from '../../src/nodes/packets.ts'
import { makeStandaloneFactory, type StandaloneServer } from '../../src/nodes/server/StandaloneServer.ts'
import { generatePasswd } from '../../src/nodes/server/sessionIds.ts'
import { World } from '../../src/sim/kernel/World.ts'

const SECOND = 1_000_000

const config: PeerConfig = Object.freeze({
  ...defaultSettings,
  myid: 1,
  quorum: Object.freeze({
    version: 0,
    servers: Object.freeze([Object.freeze({ sid: 1, host: '1', type: 'participant' as const })]),
    hierarchy: null,
  }),
})

class Listener {
  readonly facts: Fact[] = []

  hear(fact: Fact): void {
    this.facts.push(fact)
  }

  of<T extends FactType>(type: T): FactOf<T>[] {
    return this.facts.filter((fact): fact is FactOf<T> => fact.type === type)
  }
}

let world: World
let listener: Listener

beforeEach(() => {
  world = new World({ seed: 7 })
  listener = new Listener()
  world.listeners.push(listener)
  world.addMachine('1', makeStandaloneFactory(config, ideal, new SharedApply(true)))
  world.machine('1').start()
})

function server(): StandaloneServer {
  return world.machine('1').node as StandaloneServer
}

function runFor(seconds: number): void {
  world.runUntil(world.now + seconds * SECOND)
}

function addClient(name: string, options = {}): Client {
  world.addMachine(
    name,
    makeClientFactory({ name, servers: ['1'], sessionTimeout: 6_000, program: null, ...options }),
  )
  world.machine(name).start()
  return world.machine(name).node as Client
}

/** Submits one operation and lets it complete. */
function ask(client: Client, op: Operation): { err: string; result: Result | null; zxid: number } {
  const id = client.submit(op)
  runFor(1)
  const done = listener.of('completed').find((fact) => fact.client === client.name && fact.id === id)
  if (done === undefined) throw new Error(`${op.type} did not complete`)
  return { err: keeperErrorName(done.err), result: done.result, zxid: done.zxid }
}

function create(path: string, mode: CreateMode = 'persistent'): Operation {
  return createOperation(path, 'd', mode)
}

describe('a standalone server', () => {
  it('serves every operation', () => {
    const ann = addClient('ann')
    runFor(1)
    expect(ann.state).toBe('CONNECTED')
    expect(ask(ann, create('/a'))).toMatchObject({
      err: 'OK',
      zxid: 2,
      result: { type: 'create', path: '/a' },
    })
    expect(ask(ann, { type: 'getData', path: '/a', watch: false }).result).toMatchObject({
      data: 'd',
      stat: { czxid: 2, version: 0, dataLength: 1, ephemeralOwner: '0x0' },
    })
    expect(ask(ann, { type: 'setData', path: '/a', data: 'dd', version: 0 }).result).toMatchObject({
      stat: { version: 1, mzxid: 3, dataLength: 2 },
    })
    expect(ask(ann, { type: 'setData', path: '/a', data: '', version: 0 })).toMatchObject({
      err: 'BADVERSION',
      zxid: 4,
      result: null,
    })
    expect(ask(ann, { type: 'exists', path: '/b', watch: false }).err).toBe('NONODE')
    expect(ask(ann, create('/a/s-', 'persistentSequential')).result).toMatchObject({
      path: '/a/s-0000000000',
    })
    expect(ask(ann, create('/a/e-', 'ephemeralSequential')).result).toMatchObject({ path: '/a/e-0000000001' })
    expect(ask(ann, { type: 'getChildren2', path: '/a', watch: false }).result).toMatchObject({
      children: ['e-0000000001', 's-0000000000'],
      stat: { numChildren: 2, cversion: 2 },
    })
    expect(ask(ann, { type: 'getData', path: '/a/e-0000000001', watch: false }).result).toMatchObject({
      stat: { ephemeralOwner: ann.sessionId },
    })
    expect(ask(ann, { type: 'delete', path: '/a', version: -1 }).err).toBe('NOTEMPTY')
    expect(ask(ann, { type: 'delete', path: '/a/s-0000000000', version: 0 }).err).toBe('OK')
    expect(ask(ann, { type: 'sync', path: '/nowhere' }).result).toEqual({ type: 'sync', path: '/nowhere' })
    expect(ask(ann, { type: 'getData', path: '', watch: false }).err).toBe('OK')
  })

  it('answers nothing about a write before the write is durable', () => {
    const ann = addClient('ann')
    runFor(1)
    ann.submit(create('/a'))
    runFor(1)
    const zxid = 2
    const order = listener.facts.flatMap((fact) => {
      if (fact.type === 'logged' || fact.type === 'delivered')
        return fact.txn.zxid === zxid ? [fact.type] : []
      if (fact.type === 'forced' || fact.type === 'replied') return fact.zxid === zxid ? [fact.type] : []
      return []
    })
    expect(order).toEqual(['logged', 'forced', 'delivered', 'replied'])
  })

  it('answers a session in the order of its requests', () => {
    const ann = addClient('ann')
    runFor(1)
    const ops: Operation[] = [
      create('/a'),
      { type: 'getData', path: '/a', watch: false },
      create('/a/b'),
      { type: 'exists', path: '/a/b', watch: false },
    ]
    const ids = ops.map((op) => ann.submit(op))
    runFor(1)
    expect(listener.of('completed').map((fact) => fact.id)).toEqual(ids)
    expect(listener.of('completed').map((fact) => fact.err)).toEqual([0, 0, 0, 0])
  })

  it('ends a session with its ephemerals when the client says so', () => {
    const ann = addClient('ann')
    runFor(1)
    ask(ann, create('/e', 'ephemeral'))
    ann.close()
    runFor(1)
    expect(ann.state).toBe('CLOSED')
    expect(server().zkDb.tree.get('/e')).toBeUndefined()
    expect(server().zkDb.sessions.size).toBe(0)
    expect(server().cnxnFactory.connections.size).toBe(0)
    expect(listener.of('sessionExpired')).toEqual([])
    expect(ask(ann, create('/b')).err).toBe('SESSIONEXPIRED')
  })

  it('lets a client that is still connecting close: it connects, does what it was asked for, and closes', () => {
    const ann = addClient('ann')
    while (ann.state === 'NOT_CONNECTED') world.step()
    const created = ann.submit(create('/a'))
    const closed = ann.close()
    expect(ann.state).toBe('CONNECTING')
    const late = ann.submit(create('/b'))
    runFor(1)
    expect(listener.of('completed')).toMatchObject([
      { id: late, err: -4 },
      { id: created, err: 0 },
      { id: closed, err: 0 },
    ])
    expect(ann.state).toBe('CLOSED')
    expect(server().zkDb.sessions.size).toBe(0)
  })

  it('leaves a session to expire whose client closes and loses its last connection', () => {
    const ann = addClient('ann')
    runFor(1)
    const { sessionId } = ann
    ann.submit(create('/a'))
    ann.close()
    world.machine('1').crash()
    runFor(1)
    expect(listener.of('completed')).toMatchObject([{ err: -4 }, { err: -4 }])
    expect(ann.state).toBe('CLOSED')
    world.machine('1').start()
    runFor(1)
    expect(server().zkDb.sessions.has(sessionId)).toBe(true)
    runFor(8)
    expect(server().zkDb.sessions.size).toBe(0)
  })

  it('sees a client count its requests from 1 in each of its sessions', () => {
    const ann = addClient('ann')
    runFor(1)
    ask(ann, create('/a'))
    ann.connect(['1'])
    runFor(1)
    ask(ann, create('/b'))
    expect(listener.of('replied').map(({ xid }) => xid)).toEqual([1, 1])
  })

  it('says nothing of a transaction that does not follow the one before, and serves no more, ZOOKEEPER-4925', () => {
    class Gapped extends ZKDatabase {
      override addCommittedProposal(txn: Txn): boolean {
        return txn.body.type !== 'create' && super.addCommittedProposal(txn)
      }
    }
    const gapped = Object.freeze({ ...ideal, ZKDatabase: Gapped })
    world.addMachine('2', makeStandaloneFactory(config, gapped, new SharedApply(true)))
    world.machine('2').start()
    const ann = addClient('ann', { servers: ['2'] })
    runFor(1)
    ann.submit(create('/a'))
    runFor(1)
    expect(listener.of('threadDied')).toHaveLength(1)
    expect(listener.of('replied')).toEqual([])
    expect((world.machine('2').node as StandaloneServer).zk?.running).toBe(false)
  })

  it('keeps an idle session alive by its pings, and no dead one', () => {
    const ann = addClient('ann')
    const bob = addClient('bob')
    runFor(1)
    ask(ann, create('/anns', 'ephemeral'))
    ask(bob, create('/bobs', 'ephemeral'))
    world.machine('bob').crash()
    runFor(30)
    expect(listener.of('sessionExpired').map((fact) => fact.sessionId)).toEqual([bob.sessionId])
    expect(server().zkDb.tree.get('/anns')).toBeDefined()
    expect(server().zkDb.tree.get('/bobs')).toBeUndefined()
    expect(listener.of('clientDisconnected')).toEqual([])
  })

  it('keeps timeouts between its limits', () => {
    const short = addClient('short', { sessionTimeout: 1_000 })
    const long = addClient('long', { sessionTimeout: 1_000_000 })
    runFor(1)
    expect([short.sessionTimeout, long.sessionTimeout]).toEqual([4_000, 40_000])
  })

  it('lets a client come back to its session after a restart, with what was acknowledged', () => {
    const ann = addClient('ann')
    runFor(1)
    ask(ann, create('/e', 'ephemeral'))
    const { sessionId } = ann
    world.machine('1').powerCut()
    runFor(1)
    world.machine('1').start()
    runFor(5)
    expect(ann.state).toBe('CONNECTED')
    expect(ann.sessionId).toBe(sessionId)
    expect(ask(ann, { type: 'exists', path: '/e', watch: false }).err).toBe('OK')
    expect(listener.of('clientDisconnected')).toHaveLength(1)
  })

  it('tells a client that its session is over', () => {
    const ann = addClient('ann')
    runFor(1)
    const stranger = '0x2000000000000000'
    ann.sessionId = stranger
    ann['password'] = generatePasswd(stranger)
    world.network.cutConnections('ann', '1')
    runFor(3)
    expect(listener.of('clientExpired')).toMatchObject([{ client: 'ann', sessionId: stranger }])
    expect(ann.state).toBe('CLOSED')
  })

  it('need not tell a client that has not heard of it for long enough', () => {
    const ann = addClient('ann')
    runFor(1)
    world.network.isolate('ann')
    runFor(11)
    expect(ann.state).toBe('CLOSED')
    expect(listener.of('clientExpired')).toHaveLength(1)
    expect(listener.of('sessionExpired')).toHaveLength(1)
  })

  it('fails what is on its way when the connection is lost, and serves on when it is back', () => {
    const ann = addClient('ann')
    runFor(1)
    const id = ann.submit(create('/a'))
    world.machine('1').crash()
    runFor(1)
    world.machine('1').start()
    runFor(5)
    expect(listener.of('completed').find((fact) => fact.id === id)).toMatchObject({ err: -4, result: null })
    expect(ask(ann, { type: 'exists', path: '/', watch: false }).err).toBe('OK')
  })

  it('refuses a client that has seen more than it has', () => {
    const ann = addClient('ann')
    runFor(1)
    ask(ann, create('/a'))
    ann.lastZxid = 1_000
    world.network.cutConnections('ann', '1')
    runFor(4)
    expect(ann.state).not.toBe('CONNECTED')
    ann.lastZxid = 1
    runFor(4)
    expect(ann.state).toBe('CONNECTED')
  })

  it('gives its sessions passwords that anybody can compute, and asks for them', () => {
    const ann = addClient('ann')
    runFor(1)
    expect(ann['password']).toBe(generatePasswd(ann.sessionId))
    ann['password'] = 'wrong'
    world.network.cutConnections('ann', '1')
    runFor(4)
    expect(ann.state).toBe('CLOSED')
  })
})

describe('the log of a standalone server', () => {
  it('is rolled, snapshots are written beside it, and both together recover', () => {
    const settings = { snapCount: 20, snapshotChunk: 2, snapRetainCount: 2 }
    world = new World({ seed: 9 })
    world.listeners.push(listener)
    const small = Object.freeze({ ...config, ...settings })
    world.addMachine('1', makeStandaloneFactory(small, ideal, new SharedApply(true)))
    world.machine('1').start()
    const load = closedLoop({ prefix: '/k', keys: 10, mix: { setData: 1 }, outstanding: 2, limit: 100 })
    const ann = addClient('ann', { program: load })
    runFor(20)
    expect((ann.program as ClosedLoop).finished).toBe(true)
    const taken = listener.of('snapshotTaken').filter((fact) => fact.forced)
    expect(taken.length).toBeGreaterThan(3)
    const before = server().zkDb.tree
    world.machine('1').powerCut()
    runFor(1)
    world.machine('1').start()
    runFor(1)
    const { snapshotZxid, tree } = listener.of('recovered').at(-1) as FactOf<'recovered'>
    expect(taken.map((fact) => fact.zxid)).toContain(snapshotZxid)
    expect(tree.equals(before)).toBe(true)
  })

  it('that cannot be written ends the process', () => {
    const ann = addClient('ann')
    runFor(1)
    world.machine('1').disk.fail('force')
    ann.submit(create('/a'))
    runFor(1)
    expect(listener.of('diskFailed')).toHaveLength(1)
    expect(world.machine('1').exitCode).toBe(1)
    expect(listener.of('completed')).toMatchObject([{ err: -4 }])
  })
})

describe('a closed loop', () => {
  it('creates its nodes, keeps to its mix, and ends at its limit', () => {
    const program = closedLoop({
      prefix: '/k',
      keys: 3,
      mix: { setData: 3, getData: 1 },
      outstanding: 4,
      limit: 200,
    })
    const ann = addClient('ann', { program })
    runFor(20)
    const ops = listener.of('completed').map((fact) => fact.op.type)
    expect(ops.slice(0, 3)).toEqual(['create', 'create', 'create'])
    expect(ops).toHaveLength(203)
    const writes = ops.filter((type) => type === 'setData').length
    expect(writes).toBeGreaterThan(120)
    expect(writes).toBeLessThan(180)
    expect((ann.program as ClosedLoop).finished).toBe(true)
  })

  it('goes on after a crash of the server, with nothing left open', () => {
    addClient('ann', {
      program: closedLoop({
        prefix: '/k',
        keys: 2,
        mix: { setData: 1, delete: 1, create: 1 },
        outstanding: 2,
      }),
    })
    runFor(2)
    world.machine('1').crash()
    runFor(1)
    world.machine('1').start()
    runFor(5)
    const before = listener.of('completed').length
    runFor(2)
    expect(listener.of('completed').length).toBeGreaterThan(before)
    expect(listener.of('invoked').length - listener.of('completed').length).toBeLessThanOrEqual(2)
  })

  it('asks for nothing more once its client is closing', () => {
    const program = closedLoop({ prefix: '/k', keys: 2, mix: { setData: 1 }, outstanding: 3 })
    const ann = addClient('ann', { program })
    runFor(2)
    ann.close()
    const asked = listener.of('invoked').length
    runFor(2)
    expect(ann.state).toBe('CLOSED')
    expect(listener.of('invoked')).toHaveLength(asked)
    expect(listener.of('completed')).toHaveLength(asked)
  })

  it('makes the same run of the same seed, and a copy goes on like the original', () => {
    const program = closedLoop({ prefix: '/k', keys: 2, mix: { setData: 1, getData: 1 }, outstanding: 1 })
    addClient('ann', { program })
    runFor(2)
    const copy = world.fork()
    runFor(3)
    copy.runUntil(world.now)
    expect(copy.trace.hash).toBe(world.trace.hash)
  })
})
