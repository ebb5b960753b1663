import { beforeEach, describe, expect, it } from 'vitest'
import type { Client } from '../../src/nodes/client/Client.ts'
import type { ClientOptions } from '../../src/nodes/client/ClientOptions.ts'
import type { ClientProgram } from '../../src/nodes/client/ClientProgram.ts'
import { createOperation, readOperation } from '../../src/nodes/operations.ts'
import type { Operation, PacketOf } from '../../src/nodes/packets.ts'
import { MILLI, PASSWORD, Rig, SESSION } from './rig.ts'

const read = readOperation('getData', '/a')
const NO_PASSWORD = '\0'.repeat(16)

let rig: Rig

function setUp(servers = 1, options: Partial<ClientOptions> = {}): void {
  rig = new Rig(servers)
  const names = Array.from({ length: servers }, (_, i) => String(i + 1))
  rig.addClient({ servers: names, ...options })
}

function connected(servers = 1, options: Partial<ClientOptions> = {}): void {
  setUp(servers, options)
  rig.run(10)
}

/** When pings came, in milliseconds. */
function pings(server = '1'): number[] {
  return rig
    .server(server)
    .received.filter(({ packet }) => packet.type === 'CLIENTREQUEST' && packet.op.type === 'ping')
    .map(({ at }) => Math.round(at / MILLI))
}

beforeEach(() => connected())

describe('a session', () => {
  it('is asked for with nothing, and gone on with as it was given', () => {
    expect(rig.connects()).toEqual([
      {
        type: 'CONNECT',
        lastZxidSeen: 0,
        timeout: 6_000,
        sessionId: '0x0',
        password: NO_PASSWORD,
        readOnly: false,
      },
    ])
    expect(rig.client.session).toEqual({ sessionId: SESSION, password: PASSWORD })
    rig.ask(read, 0, {}, 42)
    rig.server().hangUp()
    rig.run(2_200)
    expect(rig.connects()[1]).toMatchObject({ lastZxidSeen: 42, sessionId: SESSION, password: PASSWORD })
    expect(rig.client.state).toBe('CONNECTED')
    expect(rig.story()).toEqual(['SyncConnected', 'getData OK', 'Disconnected', 'SyncConnected'])
  })

  it('can be taken over by who knows it', () => {
    connected(1, { session: { sessionId: '0x2a', password: PASSWORD } })
    expect(rig.connects()[0]).toMatchObject({ sessionId: '0x2a', password: PASSWORD })
  })

  it('is of the length that the server says; what was asked for is asked for again', () => {
    setUp()
    rig.server().timeout = 9_000
    rig.run(10)
    expect(rig.client.sessionTimeout).toBe(9_000)
    rig.server().hangUp()
    rig.run(2_200)
    expect(rig.connects()[1]).toMatchObject({ timeout: 6_000 })
  })

  it('that the server does not know any more is over', () => {
    rig.client.submit(read)
    rig.run(10)
    rig.server().timeout = 0
    rig.server().hangUp()
    rig.run(10)
    rig.client.submit(read)
    rig.run(2_200)
    expect(rig.client.state).toBe('CLOSED')
    // Who waits is told after the watchers.
    expect(rig.story()).toEqual([
      'SyncConnected',
      'getData CONNECTIONLOSS',
      'Disconnected',
      'Expired',
      'getData SESSIONEXPIRED',
    ])
    rig.client.submit(read)
    expect(rig.story().at(-1)).toBe('getData SESSIONEXPIRED')
  })

  it('that nobody speaks of for four thirds of its timeout is over all the same, ZOOKEEPER-4508', () => {
    rig.world.machine('1').crash()
    const heard = rig.world.now
    rig.client.submit(read)
    rig.run(7_900)
    expect(rig.client.state).toBe('CONNECTING')
    rig.client.submit(read)
    rig.run(1_500)
    expect(rig.client.state).toBe('CLOSED')
    expect(rig.world.now - heard).toBeLessThan(9_500 * MILLI)
    expect(rig.story().slice(-2)).toEqual(['getData SESSIONEXPIRED', 'Expired'])
    expect(rig.facts('clientExpired')).toHaveLength(1)
  })

  it.each([
    [undefined, null],
    [0, 8_000],
    [3_000, 3_000],
  ])('that is new may take its time: limit %s', (newSessionTimeout, millis) => {
    setUp(1, newSessionTimeout === undefined ? {} : { newSessionTimeout })
    rig.world.machine('1').crash()
    rig.run((millis ?? 60_000) - 100)
    expect(rig.client.state).toBe('CONNECTING')
    if (millis === null) return
    rig.run(1_500)
    expect(rig.client.state).toBe('CLOSED')
    expect(rig.story()).toEqual(['Expired'])
  })

  it('is closed behind all that was asked for', () => {
    rig.client.submit(read)
    rig.client.close()
    rig.run(10)
    expect(rig.client.submit(read)).toBe(3)
    expect(rig.story()).toEqual(['SyncConnected', 'getData CONNECTIONLOSS'])
    const [first, second] = rig.requests()
    rig.server().reply(first!.xid, 1)
    rig.server().reply(second!.xid, 2)
    rig.run(10)
    expect(rig.story().slice(2)).toEqual(['getData OK', 'closeSession OK', 'Closed'])
    expect(rig.client.state).toBe('CLOSED')
  })

  it('whose last connection is lost while it closes is left alone', () => {
    rig.client.close()
    rig.run(10)
    rig.server().hangUp()
    rig.run(3_000)
    expect(rig.story()).toEqual(['SyncConnected', 'closeSession CONNECTIONLOSS', 'Disconnected', 'Closed'])
    expect(rig.server().accepted).toBe(1)
  })

  it.each<Operation>([{ type: 'raw', opcode: -11, body: '' }, { type: 'closeSession' }])(
    'that ends by what is sent as it is ends when the server hangs up: $type',
    (op) => {
      rig.client.submit(op, { raw: true })
      rig.run(10)
      rig.answer(1)
      expect(rig.client.state).toBe('CONNECTED')
      rig.server().hangUp()
      rig.run(10)
      expect(rig.story()).toEqual(['SyncConnected', `${op.type} OK`, 'Disconnected', 'Closed'])
    },
  )

  it('of a new handle knows nothing of the one before', () => {
    rig.ask(readOperation('getData', '/a', true), 0, {}, 5)
    rig.client.addAuthInfo('digest', 'ann:x')
    rig.client.submit(read)
    rig.client.connect(['1'])
    rig.run(10)
    expect(rig.connects()[1]).toMatchObject({ lastZxidSeen: 0, sessionId: '0x0', password: NO_PASSWORD })
    expect(rig.ops('auth')).toHaveLength(1)
    expect(rig.ops('setWatches')).toEqual([])
    expect(rig.client.watchManager).toBeNull()
    expect(rig.story()).toEqual([
      'SyncConnected',
      'getData OK',
      'auth SESSIONEXPIRED',
      'getData SESSIONEXPIRED',
      'SyncConnected',
    ])
    rig.ask(read)
    expect(rig.requests().at(-1)!.xid).toBe(1)
  })
})

describe('time', () => {
  it('is filled with pings, half a read timeout after the last packet', () => {
    const from = Math.round(rig.world.now / MILLI)
    rig.run(8_500)
    // A third of 6 s each; the session was made at the beginning.
    const gaps = pings().map((at, i, all) => at - (all[i - 1] ?? from))
    expect(gaps).toHaveLength(4)
    for (const gap of gaps) expect(Math.abs(gap - 2_000)).toBeLessThan(15)
  })

  it('is not filled where requests fill it', () => {
    for (let i = 0; i < 10; i += 1) {
      rig.ask(read)
      rig.run(1_500)
    }
    expect(pings()).toEqual([])
  })

  it('is cut short for a ping by what is read more than a second after the last packet', () => {
    connected(1, { sessionTimeout: 6_000 })
    const from = Math.round(rig.world.now / MILLI)
    rig.run(1_100 - 10)
    rig.notify('NodeDeleted', '/z')
    // Half of 4 s, less the second that it might be late; that is over.
    expect(pings().map((at) => at - from)).toHaveLength(1)
    expect(Math.abs(pings()[0]! - from - 1_100)).toBeLessThan(20)
  })

  it('of a long session has pings as far apart, unless something is read', () => {
    setUp()
    rig.server().timeout = 60_000
    rig.run(10)
    const from = Math.round(rig.world.now / MILLI)
    rig.run(25_000)
    expect(pings().map((at) => Math.round((at - from) / 100))).toEqual([200])
    rig.run(6_000)
    rig.notify('NodeDeleted', '/z')
    expect(pings()).toHaveLength(2)
  })

  it('is up for a server that says nothing for two thirds of it', () => {
    rig.server().answersPings = false
    rig.run(3_800)
    expect(rig.client.state).toBe('CONNECTED')
    rig.run(300)
    expect(rig.client.state).toBe('CONNECTING')
    expect(rig.story()).toEqual(['SyncConnected', 'Disconnected'])
  })

  it('is up for a server that does not answer in the share that each server has', () => {
    setUp(3)
    for (const name of ['1', '2']) rig.server(name).timeout = null
    rig.run(1_900)
    expect(rig.client.server).toBe('1')
    rig.run(3_300)
    expect(rig.server('2').accepted).toBe(1)
    rig.run(3_500)
    expect(rig.client.server).toBe('3')
    expect(rig.client.state).toBe('CONNECTED')
  })

  it('passes between two attempts, and a second more when all were tried', () => {
    setUp(2)
    for (const name of ['1', '2']) rig.server(name).timeout = 0
    for (const name of ['1', '2']) rig.world.machine(name).crash()
    const changes: number[] = []
    for (let last = rig.client.server; changes.length < 7; last = rig.client.server) {
      rig.run(1)
      if (rig.client.server !== last) changes.push(rig.world.now / MILLI)
    }
    // No connection ever came about, so nothing is left to chance.
    const gaps = changes.slice(2).map((at, i) => Math.round((at - changes[i + 1]!) / 100))
    expect(gaps).toEqual([1, 11, 1, 11, 1])
  })
})

describe('replies', () => {
  it('come in the order of the requests, or the connection is of no use', () => {
    rig.client.submit(read)
    rig.client.submit(createOperation('/a', ''))
    rig.run(10)
    rig.server().reply(rig.requests()[1]!.xid, 3)
    rig.run(10)
    expect(rig.story()).toEqual([
      'SyncConnected',
      'getData CONNECTIONLOSS',
      'create CONNECTIONLOSS',
      'Disconnected',
    ])
  })

  it('to nothing are of no use either', () => {
    rig.server().reply(1, 3)
    rig.run(10)
    expect(rig.client.state).toBe('CONNECTING')
  })

  it('of ordinary requests alone show how far a server is', () => {
    rig.ask(read, -101, {}, 7)
    rig.notify('NodeDeleted', '/a', 50)
    rig.server().reply(-2, 60)
    rig.client.addAuthInfo('digest', 'ann:x')
    rig.run(10)
    rig.server().reply(-4, 70)
    rig.ask(read, 0, {}, -1)
    expect(rig.client.lastZxid).toBe(7)
  })

  it('have numbers from 1 to one less than the largest, and again', () => {
    rig.ask(read)
    const numbered = rig.client as unknown as { nextXid: number }
    numbered.nextXid = 0x7fff_fffe
    for (let i = 0; i < 3; i += 1) rig.ask(read)
    expect(rig.requests().map(({ xid }) => xid)).toEqual([1, 0x7fff_fffe, 1, 2])
    expect(rig.story().slice(1)).toEqual(['getData OK', 'getData OK', 'getData OK', 'getData OK'])
  })

  const data = (length: number) => ({ type: 'getData', data: 'x'.repeat(length), stat: {} as never }) as const

  it.each([
    [0xf_ffff - 88, true],
    [0xf_ffff - 87, false],
  ])('of %i bytes of data are read: %s', (length, isRead) => {
    rig.client.submit(read)
    rig.run(10)
    rig.server().reply(1, 1, 0, Object.freeze(data(length)))
    rig.run(10)
    expect(rig.client.state).toBe(isRead ? 'CONNECTED' : 'CONNECTING')
  })

  it('have the length that the client is set to', () => {
    connected(1, { juteMaxBuffer: 100 })
    const children = Array.from({ length: 20 }, (_, i) => `child-${i}`)
    rig.client.submit(readOperation('getChildren', '/a'))
    rig.run(10)
    rig.server().reply(1, 1, 0, Object.freeze({ type: 'getChildren', children }))
    rig.run(10)
    expect(rig.client.state).toBe('CONNECTING')
  })

  it('to pings are to those that were asked for as well, in their place', () => {
    rig.client.submit(read)
    rig.client.submit({ type: 'ping' })
    rig.client.submit({ type: 'raw', opcode: 11, body: '' })
    rig.run(10)
    rig.server().reply(-2, 9)
    rig.server().reply(1, 1)
    rig.server().reply(-2, 9)
    rig.server().reply(-2, 9)
    rig.run(10)
    expect(rig.story().slice(1)).toEqual(['getData OK', 'ping OK', 'raw OK'])
    expect(rig.client.lastZxid).toBe(1)
  })

  it('to a multi of nothing come from the client itself, whatever its state', () => {
    rig.client.submit({ type: 'multi', ops: [] })
    expect(rig.facts('completed')[0]).toMatchObject({
      err: 0,
      xid: 0,
      result: { type: 'multi', results: [] },
    })
    rig.run(10)
    expect(rig.requests()).toEqual([])
    rig.client.submit({ type: 'multi', ops: [] }, { raw: true })
    rig.run(10)
    expect(rig.requests()).toHaveLength(1)
  })
})

describe('what a client proves', () => {
  it('is proved when it is said, and on every connection from the last said to the first', () => {
    rig.client.addAuthInfo('digest', 'a:1')
    rig.client.addAuthInfo('digest', 'b:2')
    rig.ask(readOperation('getData', '/a', true))
    for (const _ of [1, 2]) rig.server().reply(-4, 0)
    rig.server().hangUp()
    rig.run(2_200)
    rig.server().hangUp()
    rig.run(2_200)
    const said = rig.requests().map(({ op }) => (op.type === 'auth' ? op.auth : op.type))
    const again = ['b:2', 'a:1', 'setWatches']
    expect(said).toEqual(['a:1', 'b:2', 'getData', ...again, ...again])
    expect(
      rig
        .requests()
        .filter(({ op }) => op.type === 'auth')
        .every(({ xid }) => xid === -4),
    ).toBe(true)
  })

  it('before it is connected is proved twice: once as all that was said before, and once as it was asked', () => {
    setUp()
    rig.client.addAuthInfo('digest', 'a:1')
    rig.client.submit(read)
    rig.run(10)
    expect(rig.requests().map(({ op }) => op.type)).toEqual(['auth', 'auth', 'getData'])
  })

  it('and is not believed costs the session', () => {
    rig.client.addAuthInfo('nope', 'x')
    rig.client.submit(read)
    rig.run(10)
    rig.server().reply(-4, 0, -115)
    rig.run(10)
    expect(rig.client.state).toBe('AUTH_FAILED')
    expect(rig.facts('clientDisconnected')).toHaveLength(1)
    rig.client.submit(read)
    rig.client.close()
    rig.run(20_000)
    expect(rig.story()).toEqual([
      'SyncConnected',
      'AuthFailed',
      'auth AUTHFAILED',
      'getData AUTHFAILED',
      'getData AUTHFAILED',
      'closeSession AUTHFAILED',
    ])
    expect(rig.server().accepted).toBe(1)
  })
})

describe('servers', () => {
  it('that change are moved to', () => {
    connected(2, { servers: ['1'] })
    expect(rig.client.updateServerList(['2'])).toBe(true)
    rig.run(1_300)
    expect(rig.connects('2')[0]).toMatchObject({ sessionId: SESSION })
    expect(rig.client.server).toBe('2')
    expect(rig.client.updateServerList(['2'])).toBe(false)
    rig.run(2_000)
    expect(rig.server('2').accepted).toBe(1)
  })

  it('can be out of reach until somebody says where to go', () => {
    connected(2, { servers: ['1'] })
    rig.client.submit(read)
    rig.client.cutOff()
    rig.run(5_000)
    expect(rig.story()).toEqual(['SyncConnected', 'getData CONNECTIONLOSS', 'Disconnected'])
    expect(rig.server().accepted).toBe(1)
    rig.client.connectTo(['2'])
    rig.run(2_200)
    expect(rig.connects('2')[0]).toMatchObject({ sessionId: SESSION })
    rig.client.cutOff()
    rig.client.close()
    expect(rig.story().slice(-2)).toEqual(['closeSession CONNECTIONLOSS', 'Closed'])
  })

  it('out of reach for too long cost the session', () => {
    rig.client.cutOff()
    rig.run(8_100)
    expect(rig.client.state).toBe('CLOSED')
    expect(rig.story().at(-1)).toBe('Expired')
  })
})

describe('a server that only reads', () => {
  function connectedReadOnly(): void {
    setUp(3, { canBeReadOnly: true })
    for (const name of ['1', '2', '3']) rig.server(name).isro = 'ro'
    rig.server('1').readOnly = true
    rig.run(5)
  }

  it('is told that the client makes do with it', () => {
    connectedReadOnly()
    expect(rig.connects()[0]).toMatchObject({ readOnly: true })
    expect(rig.client.state).toBe('CONNECTEDREADONLY')
    expect(rig.story()).toEqual(['ConnectedReadOnly'])
    rig.ask(read)
    expect(rig.story().at(-1)).toBe('getData OK')
  })

  it('gives a session that no other server knows', () => {
    connectedReadOnly()
    rig.server('1').hangUp()
    rig.world.machine('1').crash()
    rig.run(2_000)
    expect(rig.client.state).toBe('CONNECTED')
    const at = rig.client.server as string
    expect(at).not.toBe('1')
    expect(rig.connects(at).map(({ sessionId }) => sessionId)).toEqual(['0x0'])
    rig.server(at).hangUp()
    rig.run(5_000)
    const later = ['2', '3'].flatMap((name) => rig.connects(name)).map(({ sessionId }) => sessionId)
    expect(later.sort()).toEqual(['0x0', SESSION])
  })

  it('is left when one is found that writes; the others are asked ever more rarely', () => {
    connectedReadOnly()
    for (const name of ['1', '2', '3']) rig.server(name).answersPings = true
    rig.run(13_000)
    const asked = ['1', '2', '3']
      .flatMap((name) => rig.server(name).received.filter(({ packet }) => packet.type === 'COMMAND'))
      .map(({ at }) => at / MILLI)
      .sort((a, b) => a - b)
    const gaps = asked.slice(1).map((at, i) => Math.round((at - asked[i]!) / 100))
    expect(gaps).toEqual([2, 4, 8, 16, 32, 64])
    rig.server('3').isro = 'rw'
    rig.server('2').isro = 'rw'
    rig.run(20_000)
    expect(rig.client.state).toBe('CONNECTED')
    expect(rig.client.server).not.toBe('1')
    expect(rig.story().slice(-3)).toEqual(['ConnectedReadOnly', 'Disconnected', 'SyncConnected'])
  })

  it('that does not answer whether it writes is given up after a second', () => {
    connectedReadOnly()
    rig.server('2').isro = null
    rig.run(1_500)
    // What is not answered holds the next question up.
    expect(rig.server('3').received.some(({ packet }) => packet.type === 'COMMAND')).toBe(true)
  })

  it('that answers a new session by a refusal is left', () => {
    setUp()
    rig.server().timeout = null
    rig.run(10)
    rig.server().reply(0, 0, -119)
    rig.run(2_200)
    expect(rig.client.isConnected).toBe(false)
    expect(rig.facts('clientConnected')).toEqual([])
    expect(rig.server().accepted).toBe(2)
  })
})

class Chronicle implements ClientProgram {
  readonly said: string[] = []

  onConnected(client: Client): void {
    this.said.push('connected')
    client.submit(Object.freeze({ type: 'sync', path: '/' }))
  }

  onCompleted(_client: Client, _id: number, op: Operation, err: number): void {
    this.said.push(`${op.type} ${err}`)
  }

  onEvent(
    _client: Client,
    { type, state, path }: { type: string; state: string; path: string | null },
  ): void {
    this.said.push(path === null ? state : `${type} ${path}`)
  }

  onExpired(client: Client): void {
    this.said.push('expired')
    client.connect(client.servers)
  }
}

class ChronicleFactory {
  create(): Chronicle {
    return new Chronicle()
  }
}

describe('a program', () => {
  it('hears of all in its order, and may begin again when it is over', () => {
    connected(1, { program: Object.freeze(new ChronicleFactory()) })
    rig.server().timeout = 0
    rig.server().hangUp()
    rig.run(2_200)
    rig.server().timeout = 6_000
    rig.run(3_000)
    const { said } = rig.client.program as Chronicle
    expect(said.slice(0, 6)).toEqual([
      'SyncConnected',
      'connected',
      'sync -4',
      'Disconnected',
      'Expired',
      'expired',
    ])
    expect(said.at(-1)).toBe('connected')
  })

  it('that asks when it hears of an event asks behind what the client asks for itself', () => {
    connected()
    rig.client.addAuthInfo('digest', 'a:1')
    rig.ask(readOperation('getData', '/a', true))
    rig.server().reply(-4, 0)
    rig.server().hangUp()
    rig.run(5)
    rig.client.submit(createOperation('/b', ''))
    rig.run(2_200)
    expect(
      rig
        .requests()
        .slice(2)
        .map(({ op }) => op.type),
    ).toEqual(['auth', 'setWatches', 'create'])
  })
})

describe('a copy of a client', () => {
  it('goes on like the original, and apart from it', () => {
    setUp(3, { canBeReadOnly: true, chroot: '/app' })
    rig.server('1').readOnly = true
    rig.run(5)
    rig.client.addAuthInfo('digest', 'a:1')
    rig.ask(readOperation('getData', '/a', true))
    rig.client.submit(read)
    const copy = rig.fork()
    for (const one of [rig, copy]) {
      one.server('1').hangUp()
      one.server('1').readOnly = false
      one.run(9_000)
    }
    expect(copy.story()).toEqual(rig.story())
    expect(copy.world.trace.hash).toBe(rig.world.trace.hash)
    copy.client.cutOff()
    expect(rig.client.isConnected).toBe(true)
    const sent = rig.requests('1').map(({ op }) => op) as PacketOf<'CLIENTREQUEST'>['op'][]
    expect(sent).toContainEqual(expect.objectContaining({ path: '/app/a' }))
  })
})
