import { describe, expect, it } from 'vitest'
import type { ConnectionOwner } from '../../src/nodes/ConnectionOwner.ts'
import { Dispatcher } from '../../src/nodes/Dispatcher.ts'
import { type NotificationPacket, QuorumCnxManager } from '../../src/nodes/election/QuorumCnxManager.ts'
import type { Fact } from '../../src/nodes/facts.ts'
import type { Connection, Endpoint, Host, TimerName } from '../../src/nodes/Host.ts'
import { defaultSettings } from '../../src/nodes/PeerConfig.ts'
import type { QuorumPeer } from '../../src/nodes/quorum/QuorumPeer.ts'
import type { QuorumVerifier } from '../../src/nodes/quorum/QuorumVerifier.ts'
import type { Sid } from '../../src/nodes/zxid.ts'
import { members, packetOf } from './lonePeer.ts'

/** A manager of server 2 of 1 2 3, and a log of what it does. */
class Bench {
  readonly myid = 2
  readonly verifier = members([1, 2, 3])
  lastSeenVerifier: QuorumVerifier = this.verifier
  readonly config = defaultSettings
  readonly log: string[] = []
  readonly timers = new Map<TimerName, number>()
  readonly host: Host
  readonly dispatcher: Dispatcher
  readonly manager: QuorumCnxManager
  /** What `send` answers. */
  room = true
  private ids = 0

  constructor() {
    this.host = {
      listen: (port: string) => this.log.push(`listen ${port}`),
      unlisten: (port: string) => this.log.push(`unlisten ${port}`),
      dial: (to: Endpoint, attachment: unknown) => {
        this.log.push(`dial ${to.host}`)
        return this.connection(to.host, attachment)
      },
      send: (on: Connection, packet: { type: string; leader?: Sid }) => {
        this.log.push(
          packet.type === 'NOTIFICATION' ? `#${on.id} vote ${packet.leader}` : `#${on.id} introduce`,
        )
        return this.room
      },
      hangUp: (on: Connection) => this.log.push(`#${on.id} hang up`),
      tell: (fact: Fact) => fact.type === 'sent' && this.log.push(`told ${fact.packet} to ${fact.to}`),
      setTimer: (name: TimerName, after: number) => this.timers.set(name, after / 1_000),
      clearTimer: (name: TimerName) => this.timers.delete(name),
    } as unknown as Host
    this.dispatcher = new Dispatcher(this.host)
    this.manager = new QuorumCnxManager(this as unknown as QuorumPeer, this)
    this.take()
  }

  addToRecvQueue(sid: Sid, packet: NotificationPacket): void {
    this.log.push(`received ${packet.leader} from ${sid}`)
  }

  dialled: Connection | null = null

  /** What happened since the last look. */
  take(): string[] {
    return this.log.splice(0)
  }

  vote(to: Sid, leader: Sid): void {
    this.manager.toSend(to, packetOf({ leader }))
  }

  /** The dial in progress succeeds. */
  connect(): Connection {
    const connection = this.dialled!
    owner(connection).onConnected(connection)
    return connection
  }

  /** Somebody dials and says who it is. */
  accept(sid: Sid, host = `${sid}`): Connection {
    const connection = this.connection(host, null)
    this.manager.onAccepted(connection)
    owner(connection).onPacket(connection, Object.freeze({ type: 'INITIALMESSAGE', sid }))
    return connection
  }

  timeout(name: TimerName): void {
    this.timers.delete(name)
    this.dispatcher.onTimer(name)
  }

  private connection(remote: string, attachment: unknown): Connection {
    this.dialled = { id: ++this.ids, remote, remoteAddress: '', attachment }
    return this.dialled
  }
}

const owner = (connection: Connection) => connection.attachment as ConnectionOwner

describe('who dials whom', () => {
  it('the larger id keeps its connection: it introduces itself, then says what waits', () => {
    const bench = new Bench()
    bench.vote(1, 2)
    expect(bench.timers.get('cnxTimeout/1')).toBe(5_000)
    bench.connect()
    expect(bench.take()).toEqual(['dial 1', '#1 introduce', '#1 vote 2', 'told NOTIFICATION to 1'])
    expect(bench.timers.size).toBe(0)
    bench.vote(1, 3)
    expect(bench.take()).toEqual(['#1 vote 3', 'told NOTIFICATION to 1'])
  })

  it('the smaller id only nudges', () => {
    const bench = new Bench()
    bench.vote(3, 2)
    bench.connect()
    expect(bench.take()).toEqual(['dial 3', '#1 introduce', '#1 hang up'])
    bench.accept(3)
    expect(bench.take()).toEqual(['#2 vote 2', 'told NOTIFICATION to 3'])
  })

  it('a nudge is answered by dialling back, and ends the connection so far', () => {
    const bench = new Bench()
    bench.vote(1, 2)
    bench.connect()
    bench.take()
    bench.accept(1)
    expect(bench.take()).toEqual(['#1 hang up', '#2 hang up', 'dial 1'])
    bench.connect()
    expect(bench.take(), 'the last message again').toEqual([
      '#3 introduce',
      '#3 vote 2',
      'told NOTIFICATION to 1',
    ])
  })

  it('a nudge by a stranger is answered where it came from', () => {
    const bench = new Bench()
    bench.accept(0, 'newcomer')
    expect(bench.take()).toEqual(['#1 hang up', 'dial newcomer'])
  })

  it('a new connection takes the place of the old', () => {
    const bench = new Bench()
    const old = bench.accept(3)
    const young = bench.accept(3)
    expect(bench.take()).toEqual(['#1 hang up'])
    owner(old).onClosed(old)
    bench.vote(3, 1)
    expect(bench.take()).toEqual(['#2 vote 1', 'told NOTIFICATION to 3'])
    owner(young).onPacket(young, packetOf({ leader: 3 }))
    expect(bench.take()).toEqual(['received 3 from 3'])
  })

  it('one that says it is this very server is left open and never used', () => {
    const bench = new Bench()
    bench.accept(2)
    expect(bench.take()).toEqual([])
    bench.vote(2, 1)
    expect(bench.take()).toEqual(['received 1 from 2'])
    expect(bench.timers.size).toBe(0)
  })

  it('one that votes before it says who it is, is hung up on', () => {
    const bench = new Bench()
    const connection = { id: 9, remote: '?', remoteAddress: '', attachment: null }
    bench.manager.onAccepted(connection)
    owner(connection).onPacket(connection, packetOf({ leader: 3 }))
    expect(bench.take()).toEqual(['#9 hang up'])
    expect(bench.timers.size).toBe(0)
  })

  it('one that says nothing at all is hung up on after syncLimit ticks', () => {
    const bench = new Bench()
    bench.manager.onAccepted({ id: 9, remote: '?', remoteAddress: '', attachment: null })
    expect(bench.timers.get('handshake/9')).toBe(10_000)
    bench.timeout('handshake/9')
    expect(bench.take()).toEqual(['#9 hang up'])
  })

  it('members of a configuration to come are dialled, strangers are not', () => {
    const bench = new Bench()
    bench.vote(7, 2)
    expect(bench.take()).toEqual([])
    bench.lastSeenVerifier = members([1, 7], [], 5)
    bench.manager.connectAll()
    expect(bench.take()).toEqual(['dial 7'])
  })
})

describe('the send queue', () => {
  it('holds the newest message only', () => {
    const bench = new Bench()
    bench.vote(1, 1)
    bench.vote(1, 2)
    bench.vote(1, 3)
    expect(bench.take(), 'one dial at a time').toEqual(['dial 1'])
    bench.connect()
    expect(bench.take()).toEqual(['#1 introduce', '#1 vote 3', 'told NOTIFICATION to 1'])
  })

  it('on a new connection the last message is said again, unless there is news', () => {
    const bench = new Bench()
    const first = bench.accept(3)
    bench.vote(3, 1)
    owner(first).onClosed(first)
    bench.take()
    const second = bench.accept(3)
    expect(bench.take()).toEqual(['#2 vote 1', 'told NOTIFICATION to 3'])
    owner(second).onClosed(second)
    bench.vote(3, 2)
    bench.accept(3)
    expect(bench.take()).toEqual(['dial 3', '#4 vote 2', 'told NOTIFICATION to 3'])
  })

  it('waits while the connection takes no more, and the newest still wins', () => {
    const bench = new Bench()
    const connection = bench.accept(3)
    bench.room = false
    for (const leader of [1, 2, 3]) bench.vote(3, leader)
    expect(bench.take()).toEqual(['#1 vote 1', 'told NOTIFICATION to 3'])
    owner(connection).onWritable(connection)
    expect(bench.take()).toEqual(['#1 vote 3', 'told NOTIFICATION to 3'])
  })

  it('a connection that is full does not hold up its successor', () => {
    const bench = new Bench()
    bench.accept(3)
    bench.room = false
    bench.vote(3, 1)
    bench.vote(3, 2)
    bench.take()
    bench.accept(3)
    expect(bench.take()).toEqual(['#1 hang up', '#2 vote 2', 'told NOTIFICATION to 3'])
  })

  it('haveDelivered: one empty queue is enough', () => {
    const bench = new Bench()
    expect(bench.manager.haveDelivered()).toBe(false)
    bench.vote(1, 2)
    bench.vote(3, 2)
    expect(bench.manager.haveDelivered()).toBe(false)
    bench.accept(3)
    expect(bench.manager.haveDelivered()).toBe(true)
  })
})

describe('a connection that fails', () => {
  it('is not mended until there is something to say', () => {
    const bench = new Bench()
    bench.vote(1, 2)
    const connection = bench.connect()
    bench.take()
    owner(connection).onClosed(connection)
    expect(bench.take()).toEqual([])
    expect(bench.timers.size).toBe(0)
    expect(bench.manager.connectedToPeer(1)).toBe(false)
    bench.manager.connectAll()
    expect(bench.take()).toEqual(['dial 1'])
  })

  it('refused: the next message dials again', () => {
    const bench = new Bench()
    bench.vote(1, 2)
    owner(bench.dialled!).onRefused(bench.dialled!)
    expect(bench.timers.size).toBe(0)
    bench.vote(1, 2)
    expect(bench.take()).toEqual(['dial 1', 'dial 1'])
  })

  it('while its successor is being dialled: there is still but one dial', () => {
    const bench = new Bench()
    bench.vote(3, 2)
    const worker = bench.accept(3)
    owner(worker).onClosed(worker)
    bench.take()
    bench.manager.connectAll()
    expect(bench.take()).toEqual([])
  })

  it('not answered: given up after cnxTimeout, and not before', () => {
    const bench = new Bench()
    bench.vote(1, 2)
    bench.manager.connectAll()
    expect(bench.take()).toEqual(['dial 1'])
    bench.timeout('cnxTimeout/1')
    bench.manager.connectAll()
    expect(bench.take()).toEqual(['#1 hang up', 'dial 1'])
  })
})

it('halt closes everything and hears no more', () => {
  const bench = new Bench()
  bench.accept(3)
  bench.vote(1, 2)
  bench.manager.onAccepted({ id: 9, remote: '?', remoteAddress: '', attachment: null })
  bench.take()
  bench.manager.halt()
  expect(bench.take()).toEqual(['unlisten election', '#9 hang up', '#2 hang up', '#1 hang up'])
  expect(bench.timers.size).toBe(0)
  bench.vote(1, 2)
  bench.manager.onAccepted({ id: 10, remote: '?', remoteAddress: '', attachment: null })
  expect(bench.take()).toEqual(['#10 hang up'])
})
