import { type Client, idealClient, makeClientFactory } from '../../src/nodes/client/Client.ts'
import type { ClientCast } from '../../src/nodes/client/ClientCast.ts'
import type { ClientOptions } from '../../src/nodes/client/ClientOptions.ts'
import type { Fact, FactOf, FactType } from '../../src/nodes/facts.ts'
import type { Connection, Host, HostName, Node, NodeFactory } from '../../src/nodes/Host.ts'
import { keeperErrors } from '../../src/nodes/keeperErrors.ts'
import {
  type ClientPacket,
  type Operation,
  type OperationType,
  type Packet,
  type PacketOf,
  PING_XID,
  type Result,
  type WatchEventType,
} from '../../src/nodes/packets.ts'
import type { Zxid } from '../../src/nodes/zxid.ts'
import { fork } from '../../src/sim/kernel/fork.ts'
import { World } from '../../src/sim/kernel/World.ts'

export const MILLI = 1_000
/** The session that the fake server gives. */
export const SESSION = '0x100000000000001'
export const PASSWORD = 'p'.repeat(16)

/** A server that does what a test says, and answers pings and sessions unless it says otherwise. */
export class FakeServer implements Node {
  readonly host: Host
  /** All that came, with the time at which it did, in microseconds. */
  received: { readonly at: number; readonly packet: Packet }[] = []
  accepted = 0
  connection: Connection | null = null
  /** 0: it says that the session is no more; null: it says nothing. */
  timeout: number | null = 6_000
  readOnly = false
  answersPings = true
  /** What it says to `isro`; null: nothing. */
  isro: string | null = null
  /** Answers every request at once, with this zxid. */
  answersAll: Zxid | null = null

  constructor(host: Host) {
    this.host = host
  }

  onStart(): void {
    this.host.listen('client')
  }

  onAccepted(): void {
    this.accepted += 1
  }

  onPacket(connection: Connection, packet: Packet): void {
    this.received.push({ at: this.host.now, packet })
    if (packet.type === 'COMMAND') {
      if (this.isro === null) return
      this.host.send(connection, Object.freeze({ type: 'COMMANDANSWER', text: this.isro }))
      this.host.hangUp(connection)
    } else if (packet.type === 'CONNECT') {
      this.connection = connection
      if (this.timeout !== null) this.establish(this.timeout)
    } else if (packet.type === 'CLIENTREQUEST') {
      if (packet.op.type === 'ping') {
        if (this.answersPings) this.reply(PING_XID, 0)
      } else if (this.answersAll !== null) this.reply(packet.xid, this.answersAll)
    }
  }

  establish(timeout: number): void {
    this.send({ type: 'CONNECTED', timeout, sessionId: SESSION, password: PASSWORD, readOnly: this.readOnly })
  }

  reply(xid: number, zxid: Zxid, err = 0, result: Result | null = null): void {
    this.send({ type: 'REPLY', xid, zxid, err, result })
  }

  send(packet: ClientPacket): void {
    if (this.connection !== null) this.host.send(this.connection, Object.freeze(packet))
  }

  hangUp(): void {
    if (this.connection !== null) this.host.hangUp(this.connection)
    this.connection = null
  }

  onConnected(): void {}
  onRefused(): void {}
  onWritable(): void {}
  onClosed(): void {}
  onForced(): void {}
  onDiskFailed(): void {}
  onTimer(): void {}
  onTurn(): void {}
}

class FakeServerFactory implements NodeFactory {
  create(host: Host): FakeServer {
    return new FakeServer(host)
  }
}

class Listener {
  readonly facts: Fact[] = []

  hear(fact: Fact): void {
    this.facts.push(fact)
  }
}

/** A client named ann, and servers 1, 2 and so on that do as they are told. */
export class Rig {
  readonly world: World
  private readonly listener: Listener

  constructor(servers = 1) {
    this.world = new World({ seed: 7, lockstep: true })
    this.listener = new Listener()
    this.world.listeners.push(this.listener)
    for (let i = 1; i <= servers; i += 1) {
      this.world.addMachine(String(i), Object.freeze(new FakeServerFactory())).start()
    }
    this.world.runEvents(servers)
  }

  addClient(options: Partial<ClientOptions> = {}, cast: ClientCast = idealClient): Client {
    const defaults = { name: 'ann', servers: ['1'], inOrder: true, sessionTimeout: 6_000, program: null }
    const { name } = { ...defaults, ...options }
    this.world.addMachine(name, makeClientFactory({ ...defaults, ...options }, cast)).start()
    return this.client
  }

  get client(): Client {
    return this.world.machine('ann').node as Client
  }

  server(name: HostName = '1'): FakeServer {
    return this.world.machine(name).node as FakeServer
  }

  fork(): Rig {
    return fork(this, { strict: true })
  }

  /** Milliseconds. */
  run(millis: number): void {
    this.world.runUntil(this.world.now + millis * MILLI)
  }

  facts<T extends FactType>(type: T): FactOf<T>[] {
    return this.listener.facts.filter((fact): fact is FactOf<T> => fact.type === type)
  }

  /** What the program could see, in order. */
  story(): string[] {
    return this.listener.facts.flatMap((fact) => {
      if (fact.type === 'completed') return [`${fact.op.type} ${errorName(fact.err)}`]
      if (fact.type !== 'watchEvent') return []
      const { type, state, path, watchers } = fact.event
      const to = watchers.map((watcher) => (watcher === '' ? '' : ` @${watcher}`)).join('')
      return [path === null ? `${state}${to}` : `${type} ${path}${to}`]
    })
  }

  /** What came over the wire to a server, less pings. */
  requests(server: HostName = '1'): PacketOf<'CLIENTREQUEST'>[] {
    return this.server(server)
      .received.map(({ packet }) => packet)
      .filter((packet): packet is PacketOf<'CLIENTREQUEST'> => packet.type === 'CLIENTREQUEST')
      .filter(({ op }) => op.type !== 'ping')
  }

  ops<T extends OperationType>(type: T, server: HostName = '1'): (Operation & { readonly type: T })[] {
    return this.requests(server)
      .map(({ op }) => op)
      .filter((op): op is Operation & { readonly type: T } => op.type === type)
  }

  connects(server: HostName = '1'): PacketOf<'CONNECT'>[] {
    return this.server(server)
      .received.map(({ packet }) => packet)
      .filter((packet): packet is PacketOf<'CONNECT'> => packet.type === 'CONNECT')
  }

  /** The fake server answers the last request that came. */
  answer(zxid: Zxid, err = 0, result: Result | null = null, server: HostName = '1'): void {
    const { xid } = this.requests(server).at(-1) as PacketOf<'CLIENTREQUEST'>
    this.server(server).reply(xid, zxid, err, result)
    this.run(10)
  }

  /** Asks, has it answered, and lets it complete. */
  ask(op: Operation, err = 0, options = {}, zxid = 1): void {
    this.client.submit(op, options)
    this.run(10)
    this.answer(zxid, err)
  }

  notify(event: WatchEventType, path: string, zxid: Zxid = 9, server: HostName = '1'): void {
    this.server(server).send({ type: 'WATCHEREVENT', event, path, zxid })
    this.run(10)
  }
}

function errorName(code: number): string {
  const found = Object.entries(keeperErrors).find(([, error]) => error.code === code)
  return found?.[0] ?? String(code)
}
