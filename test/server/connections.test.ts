import { beforeEach, describe, expect, it } from 'vitest'
import { aclList, Perms } from '../../src/nodes/acl.ts'
import { SharedApply } from '../../src/nodes/database/SharedApply.ts'
import { ideal } from '../../src/nodes/ideal.ts'
import { createOperation, readOperation } from '../../src/nodes/operations.ts'
import { defaultSettings, type PeerConfig, type PeerSettings } from '../../src/nodes/PeerConfig.ts'
import { AUTH_XID, type Operation } from '../../src/nodes/packets.ts'
import { makeStandaloneFactory, type StandaloneServer } from '../../src/nodes/server/StandaloneServer.ts'
import { AddWatchMode } from '../../src/nodes/watch/watcherTypes.ts'
import { fork } from '../../src/sim/kernel/fork.ts'
import { World } from '../../src/sim/kernel/World.ts'
import { Wire } from './Wire.ts'

let world: World

function serve(settings: Partial<PeerSettings> = {}): void {
  const config: PeerConfig = Object.freeze({
    ...defaultSettings,
    ...settings,
    myid: 1,
    quorum: Object.freeze({
      version: 0,
      servers: Object.freeze([Object.freeze({ sid: 1, host: '1', type: 'participant' as const })]),
      hierarchy: null,
    }),
  })
  world = new World({ seed: 3 })
  world.addMachine('1', makeStandaloneFactory(config, ideal, new SharedApply(true)))
  world.machine('1').start()
}

beforeEach(() => serve())

function server(): StandaloneServer {
  return world.machine('1').node as StandaloneServer
}

function setData(path: string, data = 'x'): Operation {
  return { type: 'setData', path, data, version: -1 }
}

function auth(scheme: string, bytes: string): Operation {
  return { type: 'auth', scheme, auth: bytes }
}

describe('watches over a connection', () => {
  let ann: Wire
  let bob: Wire

  beforeEach(() => {
    ann = new Wire(world, 'ann').connect()
    bob = new Wire(world, 'bob').connect()
    ann.ask(createOperation('/a', 'd'))
    bob.take()
  })

  it('of exists, getData and getChildren fire once, with the zxid of the change', () => {
    bob.ask(readOperation('exists', '/new', true))
    bob.ask(readOperation('getData', '/a', true))
    bob.ask(readOperation('getChildren', '/a', true))
    ann.ask(createOperation('/new', 'd'))
    ann.ask(setData('/a'))
    ann.ask(createOperation('/a/b', 'd'))
    ann.ask(setData('/a'))
    expect(bob.news()).toEqual(['NodeCreated /new @4', 'NodeDataChanged /a @5', 'NodeChildrenChanged /a @6'])
  })

  it('are left by no read that finds nothing, but by exists', () => {
    expect(bob.ask(readOperation('getData', '/new', true))).toEqual(['error -101'])
    expect(bob.ask(readOperation('getChildren2', '/new', true))).toEqual(['error -101'])
    ann.ask(createOperation('/new', 'd'))
    expect(bob.news()).toEqual([])
    expect(bob.ask(readOperation('exists', '/newer', true))).toEqual(['error -101'])
    ann.ask(createOperation('/newer', 'd'))
    expect(bob.news()).toEqual(['NodeCreated /newer @5'])
  })

  it('tell the one who writes before its reply', () => {
    ann.ask(readOperation('getData', '/a', true))
    expect(ann.ask(setData('/a'))).toEqual(['NodeDataChanged /a @4', 'ok'])
  })

  it('tell before a read that would show the change', () => {
    bob.ask(readOperation('getData', '/a', true))
    bob.take()
    for (let i = 0; i < 200; i += 1) {
      if (i === 50) ann.request(setData('/a'))
      bob.request(readOperation('getData', '/a'))
      world.runUntil(world.now + 100)
    }
    bob.wait()
    const packets = bob.take()
    const told = packets.findIndex((packet) => packet.type === 'WATCHEREVENT')
    const shown = packets.findIndex(
      (packet) => packet.type === 'REPLY' && packet.result?.type === 'getData' && packet.result.data === 'x',
    )
    expect(told).toBeGreaterThan(0)
    expect(shown).toBeGreaterThan(told)
  })

  it('fire for each part of a multi, before its reply and with its zxid', () => {
    ann.ask({ type: 'addWatch', path: '/', mode: AddWatchMode.persistentRecursive })
    const ops = [
      createOperation('/m', 'd'),
      setData('/m'),
      { type: 'delete', path: '/m', version: -1 },
    ] as never
    expect(ann.ask({ type: 'multi', ops })).toEqual([
      'NodeCreated /m @4',
      'NodeDataChanged /m @4',
      'NodeDeleted /m @4',
      'ok',
    ])
  })

  it('hear of the ephemerals that end with their session', () => {
    ann.ask(createOperation('/e', 'd', 'ephemeral'))
    bob.ask(readOperation('exists', '/e', true))
    bob.ask(readOperation('getChildren', '/', true))
    ann.ask({ type: 'closeSession' })
    expect(bob.news()).toEqual(['NodeDeleted /e @5', 'NodeChildrenChanged / @5'])
  })

  it('are looked for and removed by their kind', () => {
    bob.ask(readOperation('getData', '/a', true))
    expect(bob.ask({ type: 'checkWatches', path: '/a', watcherType: 2 })).toEqual(['ok'])
    expect(bob.ask({ type: 'checkWatches', path: '/a', watcherType: 1 })).toEqual(['error -121'])
    expect(ann.ask({ type: 'checkWatches', path: '/a', watcherType: 2 })).toEqual(['error -121'])
    expect(bob.ask({ type: 'removeWatches', path: '/a', watcherType: 3 })).toEqual(['ok'])
    expect(bob.ask({ type: 'removeWatches', path: '/a', watcherType: 3 })).toEqual(['error -121'])
    ann.ask(setData('/a'))
    expect(bob.news()).toEqual([])
  })

  it('are told before the reply, without a zxid, when they are set again too late', () => {
    const lists = { data: ['/a'], exist: ['/a'], child: ['/gone'] }
    expect(bob.ask({ type: 'setWatches', relativeZxid: 1, ...lists })).toEqual([
      'NodeDataChanged /a @-1',
      'NodeCreated /a @-1',
      'NodeDeleted /gone @-1',
      'ok',
    ])
  })

  it('are gone with their connection, and stay with nobody else', () => {
    bob.ask(readOperation('getData', '/a', true))
    expect(server().zk?.watches.count).toBe(1)
    bob.hangUp()
    expect(server().zk?.watches.count).toBe(0)
    const { sessionId, password } = bob
    const again = new Wire(world, 'bob2').connect({ sessionId, password })
    again.take()
    ann.ask(setData('/a'))
    expect(again.news()).toEqual([])
  })

  it('tell nobody who may not read', () => {
    const closed = aclList([{ perms: Perms.ALL, scheme: 'ip', id: '10.0.0.2' }])
    ann.ask(createOperation('/secret', 'd', 'persistent', closed))
    ann.ask(readOperation('exists', '/secret', true))
    bob.ask(readOperation('exists', '/secret', true))
    bob.take()
    expect(ann.ask(setData('/secret'))).toEqual(['NodeDataChanged /secret @5', 'ok'])
    expect(bob.news()).toEqual([])
  })
})

describe('who a client is', () => {
  it('is its address at first, which the machines of a world have in the order in which they came', () => {
    const ann = new Wire(world, 'ann').connect()
    ann.take()
    ann.request({ type: 'whoAmI' })
    ann.wait()
    expect(ann.take()).toMatchObject([{ result: { clientInfo: [{ scheme: 'ip', id: '10.0.0.2' }] } }])
  })

  it('grows by what it proves, at once and with a zxid of 0', () => {
    const ann = new Wire(world, 'ann').connect()
    ann.take()
    ann.request(setData('/nowhere'))
    ann.request(auth('digest', 'ann:secret'), AUTH_XID)
    ann.wait()
    // The write waits for the disk, the proof for nothing.
    expect(ann.take()).toMatchObject([
      { xid: AUTH_XID, zxid: 0, err: 0, result: null },
      { xid: 1, zxid: 2, err: -101 },
    ])
    const closed = aclList([{ perms: Perms.ALL, scheme: 'auth', id: '' }])
    expect(ann.ask(createOperation('/mine', 'd', 'persistent', closed))).toEqual(['ok'])
    expect(new Wire(world, 'bob').connect().ask(readOperation('getData', '/mine'))).toEqual(['error -102'])
  })

  it('is what it was when it asked', () => {
    const ann = new Wire(world, 'ann').connect()
    ann.take()
    const mine = aclList([{ perms: Perms.ALL, scheme: 'auth', id: '' }])
    ann.request(createOperation('/early', 'd', 'persistent', mine))
    ann.request(auth('digest', 'ann:secret'), AUTH_XID)
    ann.request(createOperation('/late', 'd', 'persistent', mine))
    ann.wait()
    expect(ann.news()).toEqual(['ok', 'error -114', 'ok'])
  })

  it.each([
    ['an unknown scheme', auth('kerberos', 'x')],
    ['bytes that are no auth packet', { type: 'raw', opcode: 100, body: 'x' }],
  ] as [string, Operation][])('costs the connection when it is %s', (_what, op) => {
    const ann = new Wire(world, 'ann').connect()
    const news = ann.ask(op, AUTH_XID)
    expect(news).toEqual(op.type === 'auth' ? ['error -115', 'closed'] : ['closed'])
  })

  it('must be known of one of the schemes that are asked for', () => {
    serve({ enforceAuthSchemes: 'digest' })
    const ann = new Wire(world, 'ann').connect()
    ann.ask(auth('digest', 'ann:secret'), AUTH_XID)
    expect(ann.ask(readOperation('exists', '/'))).toEqual(['ok'])
    expect(new Wire(world, 'bob').connect().ask(readOperation('exists', '/'))).toEqual([
      'error -124',
      'closed',
    ])
  })
})

describe('odd packets', () => {
  it('are read where they parse', () => {
    const ann = new Wire(world, 'ann').connect()
    expect(ann.ask({ type: 'raw', opcode: 3, body: '\0\0\0\x01/\0' })).toEqual(['ok'])
  })

  it.each([
    ['that nobody knows', { type: 'raw', opcode: 77, body: '' }],
    ['that are the server’s own', { type: 'deleteContainer', path: '/' }],
    ['whose place is in a multi', { type: 'check', path: '/', version: -1 }],
  ] as [string, Operation][])('of operations %s are answered once', (_what, op) => {
    const ann = new Wire(world, 'ann').connect()
    ann.take()
    ann.request(op)
    ann.wait()
    expect(ann.take()).toMatchObject([{ type: 'REPLY', xid: 1, zxid: -1, err: -6 }])
    expect(ann.closed).toBe(true)
  })

  it('with a SASL token are answered, where no SASL is', () => {
    const ann = new Wire(world, 'ann').connect()
    expect(ann.ask({ type: 'raw', opcode: 102, body: '\0\0\0\0' })).toEqual(['ok'])
    expect(ann.closed).toBe(false)
  })

  it('that are too long close the connection, and nothing is answered', () => {
    serve({ juteMaxBuffer: 100 })
    const ann = new Wire(world, 'ann').connect()
    // Header, path, data and version: 8 + 4 + 1 + 4 + 79 + 4.
    expect(ann.ask(setData('/', 'x'.repeat(79)))).toEqual(['ok'])
    expect(ann.ask(setData('/', 'x'.repeat(80)))).toEqual(['closed'])
  })

  it('before the handshake close the connection', () => {
    const ann = new Wire(world, 'ann')
    expect(ann.ask(readOperation('exists', '/'))).toEqual(['closed'])
  })
})

describe('a copy of the world', () => {
  it('has watches and held requests of its own', () => {
    serve({ globalOutstandingLimit: 2 })
    const ann = new Wire(world, 'ann').connect()
    ann.ask({ type: 'addWatch', path: '/', mode: AddWatchMode.persistentRecursive })
    ann.take()
    for (let i = 0; i < 20; i += 1) ann.request(setData('/', `${i}`))
    while ((server().zk?.inProcess ?? 0) <= 2) world.step()
    const copy = fork(world, { strict: true })
    const count = (one: World) => (one.machine('1').node as StandaloneServer).zk?.watches.count
    expect(count(copy)).toBe(1)
    ann.wait()
    copy.runUntil(world.now)
    expect(copy.trace.hash).toBe(world.trace.hash)
    expect(ann.take().filter(({ type }) => type === 'WATCHEREVENT')).toHaveLength(20)
    server().cnxnFactory.closeAll()
    expect([count(world), count(copy)]).toEqual([0, 1])
  })
})

describe('limits', () => {
  it('of connections hold for each address', () => {
    serve({ maxClientCnxns: 2 })
    const wires = ['a', 'b', 'c', 'd'].map((name) => {
      const wire = new Wire(world, name)
      world.machine(name).address = name === 'd' ? '10.0.0.9' : '10.0.0.8'
      return wire.connect()
    })
    expect(wires.map((wire) => wire.closed)).toEqual([false, false, true, false])
    wires[0]?.hangUp()
    const late = new Wire(world, 'e')
    world.machine('e').address = '10.0.0.8'
    expect(late.connect().closed).toBe(false)
  })

  it('of requests under way hold those back that have some, and lose nothing', () => {
    serve({ globalOutstandingLimit: 5 })
    const ann = new Wire(world, 'ann').connect()
    ann.take()
    for (let i = 0; i < 100; i += 1) ann.request(setData('/', `${i}`))
    let most = 0
    for (let i = 0; i < 2_000; i += 1) {
      world.runUntil(world.now + 100)
      most = Math.max(most, server().zk?.inProcess ?? 0)
    }
    // One is read while the limit is just passed, and stops the reading behind it.
    expect(most).toBe(7)
    expect(ann.take()).toMatchObject(Array.from({ length: 100 }, (_, i) => ({ xid: i + 1, err: 0 })))
    expect(server().zk?.inProcess).toBe(0)
  })
})

describe('four-letter words', () => {
  function say(word: string, name = word): string[] {
    const wire = new Wire(world, name)
    wire.send({ type: 'COMMAND', word })
    wire.wait()
    return wire.news()
  }

  it('are answered, and the connection is closed', () => {
    world.runUntil(1_000_000)
    expect(say('ruok')).toEqual(['imok', 'closed'])
    expect(say('isro')).toEqual(['rw', 'closed'])
    expect(say('envi')).toEqual(['envi is not executed because it is not in the whitelist.\n', 'closed'])
    expect(say('what')).toEqual(['closed'])
  })

  it('tell of the server and its clients', () => {
    const ann = new Wire(world, 'ann').connect()
    ann.ask(createOperation('/e', 'd', 'ephemeral'))
    ann.ask(readOperation('exists', '/e', true))
    const [srvr] = say('srvr')
    expect(srvr).toContain('Mode: standalone\nNode count: 6\n')
    expect(srvr).toContain('Zxid: 0x2\n')
    const [stat] = say('stat')
    expect(stat).toContain('Clients:\n /10.0.0.2[1](queued=0,recved=3,sent=3)\n')
    const [mntr] = say('mntr')
    for (const line of [
      'server_state\tstandalone',
      'znode_count\t6',
      'watch_count\t1',
      'ephemerals_count\t1',
      'global_sessions\t1',
    ])
      expect(mntr).toContain(`zk_${line}\n`)
  })
})

describe('sessions', () => {
  it('are lost to whoever comes with the wrong password, connection and all', () => {
    const ann = new Wire(world, 'ann').connect()
    const eve = new Wire(world, 'eve').connect({ sessionId: ann.sessionId, password: 'guess' })
    expect(eve.take()).toMatchObject([{ type: 'CONNECTED', timeout: 0, sessionId: '0x0' }])
    expect(eve.closed).toBe(true)
    expect(ann.closed).toBe(true)
    const again = new Wire(world, 'ann2').connect({ sessionId: ann.sessionId, password: ann.password })
    expect(again.take()).toMatchObject([{ type: 'CONNECTED', timeout: 30_000, sessionId: ann.sessionId }])
  })

  it('are closed once: what comes behind is not answered', () => {
    const ann = new Wire(world, 'ann').connect()
    ann.take()
    ann.request({ type: 'closeSession' })
    ann.request(setData('/'))
    ann.wait()
    expect(ann.news()).toEqual(['ok', 'closed'])
  })

  it('say what they are told to, in the handshake of a client that came before', () => {
    const ann = new Wire(world, 'ann')
    ann.send({
      type: 'CONNECT',
      lastZxidSeen: 0,
      timeout: 1,
      sessionId: '0x0',
      password: '',
      readOnly: false,
    })
    ann.request(readOperation('exists', '/'))
    ann.wait()
    expect(ann.take()).toMatchObject([
      { type: 'CONNECTED', timeout: 4_000, readOnly: false },
      { type: 'REPLY', xid: 1, err: 0 },
    ])
  })
})
