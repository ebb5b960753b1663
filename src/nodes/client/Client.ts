import {
  begin,
  type Copy,
  type Forkable,
  finish,
  fork,
  type TwoStep,
  type Unfinished,
} from '../../base/forkable.ts'
import { Queue } from '../../base/Queue.ts'
import { type Bytes, NO_SESSION, type SessionId } from '../database/txns.ts'
import type { Connection, Host, HostName, Micros, Node, NodeFactory, TimerName } from '../Host.ts'
import { keeperErrors } from '../keeperErrors.ts'
import { MICROS_PER_MILLI } from '../PeerConfig.ts'
import { type Operation, type Packet, type PacketOf, PING_XID, type Result } from '../packets.ts'
import { UNKNOWN, type Zxid } from '../zxid.ts'
import type { ClientProgram, ClientProgramFactory } from './ClientProgram.ts'
import { ServerRing } from './ServerRing.ts'

export interface ClientOptions {
  /** How facts name it. */
  readonly name: string
  /** The servers it connects to when it starts; with none it waits for `connect`. */
  readonly servers: readonly HostName[]
  /** Tries them in the order given; the real client, and this one by default, shuffles them. */
  readonly inOrder?: boolean
  /** Milliseconds to ask for; the server has its own limits. */
  readonly sessionTimeout: number
  readonly program: ClientProgramFactory | null
}

/** Makes the nodes of a client, one a process life. */
export function makeClientFactory(options: ClientOptions): NodeFactory {
  return Object.freeze(
    new ClientFactory(Object.freeze({ ...options, servers: Object.freeze([...options.servers]) })),
  )
}

class ClientFactory implements NodeFactory {
  private readonly options: ClientOptions

  constructor(options: ClientOptions) {
    this.options = options
  }

  create(host: Host): Client {
    return new Client(host, this.options, this.options.program?.create() ?? null)
  }
}

/**
 * Java: ZooKeeper.States, as far as they are here. CONNECTING lasts until the session is (re-)established.
 */
export type ClientState = 'NOT_CONNECTED' | 'CONNECTING' | 'CONNECTED' | 'CLOSED'

/** An operation on its way. Java: ClientCnxn.Packet */
class Call implements Forkable {
  readonly id: number
  readonly op: Operation
  /** Given when it is sent. */
  xid = 0

  constructor(id: number, op: Operation) {
    this.id = id
    this.op = op
  }

  [fork](_copy: Copy): this {
    const copy = new Call(this.id, this.op)
    copy.xid = this.xid
    return copy as this
  }
}

const IDLE_TIMER = 'client/idle'
const CONNECT_TIMER = 'client/connect'
const MAX_SEND_PING_INTERVAL = 10_000 * MICROS_PER_MILLI
const MAX_RECONNECT_JITTER = 1_000
const RING_PAUSE = 1_000
const NO_PASSWORD: Bytes = '\0'.repeat(16)
const MAX_XID = 0x7fff_ffff

const PING = Object.freeze({
  type: 'CLIENTREQUEST',
  xid: PING_XID,
  op: Object.freeze({ type: 'ping' }),
} as const)
const CLOSE_SESSION: Operation = Object.freeze({ type: 'closeSession' })

/**
 * A client and its session: connects, sends requests, keeps the session alive, and reconnects to another
 * server with the same session when a connection fails.
 *
 * Java: ZooKeeper, ClientCnxn. Its send thread waits for the socket or the next deadline; here one timer is
 * set to the earliest deadline and looks again when it fires, since traffic only ever moves deadlines later.
 * In the Java a ping can go out up to a second early when other traffic wakes the thread; here it goes at
 * half the read timeout.
 */
export class Client implements Node, TwoStep {
  readonly name: string
  readonly host: Host
  state: ClientState = 'NOT_CONNECTED'
  sessionId: SessionId = NO_SESSION
  /** The latest position any reply has shown: no server that is behind it is accepted. */
  lastZxid: Zxid = 0
  readonly program: ClientProgram | null
  /** Milliseconds, as negotiated; as asked for until then. */
  sessionTimeout: number
  private readonly options: ClientOptions
  /** Milliseconds to ask for. */
  private requestedTimeout: number
  private password: Bytes = NO_PASSWORD
  private ring: ServerRing | null = null
  /** From the dial on. */
  private connection: Connection | null = null
  /** The server that the reconnection delay leads to. */
  private target: HostName | null = null
  private isFirstConnect = true
  private closing = false
  private lastId = 0
  private nextXid = 1
  /** Sent, in the order in which the replies must come. */
  private pendingQueue = new Queue<Call>()
  /** Waits for a connection. */
  private outgoingQueue = new Queue<Call>()
  private lastSend: Micros = 0
  private lastHeard: Micros = 0

  constructor(host: Host, options: ClientOptions, program: ClientProgram | null) {
    this.host = host
    this.options = options
    this.name = options.name
    this.requestedTimeout = options.sessionTimeout
    this.sessionTimeout = options.sessionTimeout
    this.program = program
  }

  [begin](): this {
    const copy = new Client(this.host, this.options, null)
    copy.state = this.state
    copy.sessionId = this.sessionId
    copy.lastZxid = this.lastZxid
    copy.sessionTimeout = this.sessionTimeout
    copy.requestedTimeout = this.requestedTimeout
    copy.password = this.password
    copy.target = this.target
    copy.isFirstConnect = this.isFirstConnect
    copy.closing = this.closing
    copy.lastId = this.lastId
    copy.nextXid = this.nextXid
    copy.lastSend = this.lastSend
    copy.lastHeard = this.lastHeard
    return copy as this
  }

  [finish](into: this, copy: Copy): void {
    const own: Unfinished<Client> = into
    own.name = this.name
    own.host = copy(this.host)
    own.program = copy(this.program)
    // Nobody else holds these.
    into.ring = this.ring === null ? null : this.ring[fork](copy)
    into.pendingQueue = this.pendingQueue[fork](copy)
    into.outgoingQueue = this.outgoingQueue[fork](copy)
    into.connection = copy(this.connection)
  }

  // ── what scenarios and programs call ──

  /** The server it is connected to, or trying. */
  get server(): HostName | null {
    return this.connection?.remote ?? this.target
  }

  /** The servers it knows, in the order in which it tries them. */
  get servers(): readonly HostName[] {
    return this.ring?.servers ?? this.options.servers
  }

  /** Whether what is submitted now may yet be sent: its session is not over, and was not asked to be. */
  get accepting(): boolean {
    return this.state !== 'CLOSED' && !this.closing
  }

  /** Operations submitted and not completed. */
  get outstanding(): number {
    return this.pendingQueue.length + this.outgoingQueue.length
  }

  /**
   * Asks for an operation; it waits for a connection if there is none. The facts `invoked` and `completed`
   * carry the number that this returns. On a client that is closed, or that was asked to close its session, it
   * completes at once, refused. Java: ClientCnxn.queuePacket
   */
  submit(op: Operation): number {
    const call = new Call(++this.lastId, Object.freeze(op))
    this.host.tell(
      Object.freeze({
        type: 'invoked',
        client: this.name,
        sessionId: this.sessionId,
        id: call.id,
        op: call.op,
      }),
    )
    if (!this.accepting) {
      this.complete(call, this.lossCode(), UNKNOWN, null)
      return call.id
    }
    if (op.type === 'closeSession') this.closing = true
    if (this.state === 'CONNECTED') this.sendCall(call)
    else this.outgoingQueue.push(call)
    return call.id
  }

  /**
   * Begins to connect to one of these servers with a new session. One that it has is left to expire.
   *
   * @throws RangeError when `servers` is empty.
   */
  connect(servers: readonly HostName[], sessionTimeout = this.requestedTimeout): void {
    this.ring = this.makeRing(servers)
    this.requestedTimeout = sessionTimeout
    if (this.state === 'CONNECTING' || this.state === 'CONNECTED') this.closed()
    this.open()
  }

  /**
   * Knows other servers from now on: the session moves to one of them, unless it is at one already. Without a
   * session the same as `connect`.
   *
   * @throws RangeError when `servers` is empty.
   */
  connectTo(servers: readonly HostName[]): void {
    if (this.state === 'NOT_CONNECTED' || this.state === 'CLOSED') return this.connect(servers)
    this.ring = this.makeRing(servers)
    if (this.connection !== null && servers.includes(this.connection.remote)) return
    this.dropConnection()
  }

  /**
   * Ends the session. Operations submitted before are sent first. The connection that it has, or is trying, is the last:
   * when that fails, the session is left to expire.
   *
   * @returns the number of its closeSession, as `submit` does.
   */
  close(): number {
    if (this.state === 'NOT_CONNECTED') this.closed()
    return this.submit(CLOSE_SESSION)
  }

  // ── stimuli ──

  onStart(): void {
    if (this.options.servers.length > 0) this.connect(this.options.servers)
  }

  /** Java: SendThread.primeConnection */
  onConnected(connection: Connection): void {
    if (connection !== this.connection) return
    this.isFirstConnect = false
    this.lastSend = this.host.now
    this.lastHeard = this.host.now
    this.host.send(
      connection,
      Object.freeze({
        type: 'CONNECT',
        lastZxidSeen: this.lastZxid,
        timeout: this.requestedTimeout,
        sessionId: this.sessionId,
        password: this.password,
        readOnly: false,
      }),
    )
  }

  onRefused(connection: Connection): void {
    if (connection === this.connection) this.disconnected()
  }

  onClosed(connection: Connection): void {
    if (connection === this.connection) this.disconnected()
  }

  onPacket(connection: Connection, packet: Packet): void {
    if (connection !== this.connection) return
    this.lastHeard = this.host.now
    if (packet.type === 'REPLY') this.readResponse(packet)
    else if (packet.type === 'CONNECTED') this.sessionEstablished(packet)
  }

  onTimer(name: TimerName): void {
    if (name === CONNECT_TIMER) this.dial()
    else this.checkIdle()
  }

  onAccepted(): void {}
  onWritable(): void {}
  onForced(): void {}
  onDiskFailed(): void {}
  onTurn(): void {}

  // ── connecting ──

  private makeRing(servers: readonly HostName[]): ServerRing {
    return this.options.inOrder === true ? new ServerRing(servers) : ServerRing.shuffled(this.host, servers)
  }

  private open(): void {
    this.sessionId = NO_SESSION
    this.password = NO_PASSWORD
    this.sessionTimeout = this.requestedTimeout
    this.lastZxid = 0
    this.nextXid = 1
    this.closing = false
    this.isFirstConnect = true
    this.lastHeard = this.host.now
    this.startConnect()
  }

  /** Java: hostProvider.next, SendThread.startConnect */
  private startConnect(): void {
    const { server, pause } = (this.ring as ServerRing).next()
    let delay = pause ? RING_PAUSE : 0
    if (!this.isFirstConnect) delay += Math.floor(this.host.random() * MAX_RECONNECT_JITTER)
    this.state = 'CONNECTING'
    this.target = server
    this.host.clearTimer(IDLE_TIMER)
    if (delay === 0) this.dial()
    else this.host.setTimer(CONNECT_TIMER, delay * MICROS_PER_MILLI)
  }

  private dial(): void {
    if (this.target === null) return
    this.connection = this.host.dial({ host: this.target, port: 'client' }, null)
    this.lastSend = this.host.now
    this.checkIdle()
  }

  private sessionEstablished(packet: PacketOf<'CONNECTED'>): void {
    if (packet.timeout <= 0) return this.expired()
    this.sessionTimeout = packet.timeout
    this.sessionId = packet.sessionId
    this.password = packet.password
    this.ring?.onConnected()
    this.state = 'CONNECTED'
    this.host.tell(
      Object.freeze({
        type: 'clientConnected',
        client: this.name,
        server: Number(this.server),
        sessionId: this.sessionId,
      }),
    )
    this.checkIdle()
    for (let call = this.outgoingQueue.shift(); call !== undefined; call = this.outgoingQueue.shift()) {
      this.sendCall(call)
    }
    this.program?.onConnected(this)
  }

  // ── requests and replies ──

  private sendCall(call: Call): void {
    call.xid = this.nextXid
    this.nextXid = this.nextXid === MAX_XID - 1 ? 1 : this.nextXid + 1
    this.pendingQueue.push(call)
    this.lastSend = this.host.now
    this.host.send(
      this.connection as Connection,
      Object.freeze({ type: 'CLIENTREQUEST', xid: call.xid, op: call.op }),
    )
  }

  private readResponse(reply: PacketOf<'REPLY'>): void {
    if (reply.xid === PING_XID) return
    const call = this.pendingQueue.first
    // Replies come in the order of the requests, or something is badly wrong.
    if (call === undefined || call.xid !== reply.xid) return this.dropConnection()
    this.pendingQueue.shift()
    if (reply.zxid > 0) this.lastZxid = reply.zxid
    this.complete(call, reply.err, reply.zxid, reply.err === 0 ? reply.result : null)
    if (call.op.type === 'closeSession') this.closed()
  }

  private complete(call: Call, err: number, zxid: Zxid, result: Result | null): void {
    this.host.tell(
      Object.freeze({
        type: 'completed',
        client: this.name,
        sessionId: this.sessionId,
        id: call.id,
        xid: call.xid,
        op: call.op,
        err,
        zxid,
        result,
      }),
    )
    this.program?.onCompleted(this, call.id, call.op, err, result)
  }

  /** Java: ClientCnxn.conLossPacket */
  private lossCode(): number {
    return this.state === 'CLOSED' ? keeperErrors.SESSIONEXPIRED.code : keeperErrors.CONNECTIONLOSS.code
  }

  /** Whatever waits, for a reply or for a connection, is lost. */
  private failAll(err = this.lossCode()): void {
    const lost = [...this.pendingQueue.toArray(), ...this.outgoingQueue.toArray()]
    this.pendingQueue.clear()
    this.outgoingQueue.clear()
    for (const call of lost) this.complete(call, err, UNKNOWN, null)
  }

  // ── ends of connections and of the session ──

  private dropConnection(): void {
    this.hangUp()
    this.disconnected()
  }

  private hangUp(): void {
    if (this.connection !== null) this.host.hangUp(this.connection)
    this.connection = null
  }

  private disconnected(): void {
    this.connection = null
    // The Java's send thread loses all of it before its state says CLOSED.
    if (this.closing) return this.closed(keeperErrors.CONNECTIONLOSS.code)
    const wasConnected = this.state === 'CONNECTED'
    this.startConnect()
    if (wasConnected) this.host.tell(Object.freeze({ type: 'clientDisconnected', client: this.name }))
    this.failAll()
  }

  private closed(err: number = keeperErrors.SESSIONEXPIRED.code): void {
    const wasConnected = this.state === 'CONNECTED'
    this.end()
    if (wasConnected) this.host.tell(Object.freeze({ type: 'clientDisconnected', client: this.name }))
    this.failAll(err)
  }

  private expired(): void {
    const { sessionId } = this
    this.end()
    this.host.tell(Object.freeze({ type: 'clientExpired', client: this.name, sessionId }))
    this.failAll()
    // Whoever has closed the session does not want another.
    if (!this.closing) this.program?.onExpired(this)
  }

  private end(): void {
    this.hangUp()
    this.target = null
    this.state = 'CLOSED'
    this.host.clearTimer(IDLE_TIMER)
    this.host.clearTimer(CONNECT_TIMER)
  }

  // ── deadlines ──

  /** Looks at every deadline, and comes back at the next. Java: the loop of SendThread.run */
  private checkIdle(): void {
    if (this.connection === null) return
    const { now } = this.host
    const expiry = this.expiryDeadline()
    if (now >= expiry) return this.expired()
    let next = this.state === 'CONNECTED' ? this.readDeadline() : this.connectDeadline()
    if (now >= next) return this.dropConnection()
    if (this.state === 'CONNECTED') {
      if (now >= this.pingDeadline()) this.sendPing()
      next = Math.min(next, this.pingDeadline())
    }
    this.host.setTimer(IDLE_TIMER, Math.min(next, expiry) - now)
  }

  /**
   * With no word for so long the servers have expired the session too. Not waiting for theirs: ZOOKEEPER-4508
   */
  private expiryDeadline(): Micros {
    if (this.sessionId === NO_SESSION) return Number.POSITIVE_INFINITY
    return this.lastHeard + Math.floor((this.sessionTimeout * 4) / 3) * MICROS_PER_MILLI
  }

  private readTimeout(): Micros {
    return Math.floor((this.sessionTimeout * 2) / 3) * MICROS_PER_MILLI
  }

  private readDeadline(): Micros {
    return this.lastHeard + this.readTimeout()
  }

  private connectDeadline(): Micros {
    const timeout = Math.max(1, Math.floor(this.sessionTimeout / this.servers.length))
    return this.lastSend + timeout * MICROS_PER_MILLI
  }

  private pingDeadline(): Micros {
    return this.lastSend + Math.min(Math.floor(this.readTimeout() / 2), MAX_SEND_PING_INTERVAL)
  }

  private sendPing(): void {
    this.host.send(this.connection as Connection, PING)
    this.lastSend = this.host.now
  }
}
