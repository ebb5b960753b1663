import { begin, type Copy, finish, fork, type TwoStep, type Unfinished } from '../../base/forkable.ts'
import { Queue } from '../../base/Queue.ts'
import { type Bytes, NO_SESSION, type SessionId } from '../database/txns.ts'
import type { Connection, Host, HostName, Micros, Node, NodeFactory, TimerName } from '../Host.ts'
import { keeperErrors } from '../keeperErrors.ts'
import { OpCode } from '../opcodes.ts'
import { MICROS_PER_MILLI } from '../PeerConfig.ts'
import {
  AUTH_XID,
  type Operation,
  type OperationOf,
  type OpResult,
  type Packet,
  type PacketOf,
  PING_XID,
  type Result,
} from '../packets.ts'
import { UNKNOWN, type Zxid } from '../zxid.ts'
import { Call, NOBODYS } from './Call.ts'
import type { ClientCast } from './ClientCast.ts'
import type { ClientOptions, SessionCredentials, SubmitOptions } from './ClientOptions.ts'
import type { ClientProgram } from './ClientProgram.ts'
import { aboveChroot, belowChroot, prependChroot, stripChroot } from './chroot.ts'
import { RwSearch } from './RwSearch.ts'
import { type Refusal, refusalOf } from './refusals.ts'
import { registrationOf } from './registration.ts'
import { replySize } from './replySize.ts'
import { ServerRing } from './ServerRing.ts'
import { setWatchesBatches } from './setWatchesBatches.ts'
import {
  DEFAULT_WATCHER,
  type EventType,
  type KeeperState,
  type WatchedEvent,
  type WatcherName,
} from './WatchedEvent.ts'
import { ZKWatchManager } from './ZKWatchManager.ts'

export type { ClientOptions, SessionCredentials, SubmitOptions } from './ClientOptions.ts'

/** Makes the nodes of a client, one a process life. @param cast the parts it is made of */
export function makeClientFactory(options: ClientOptions, cast: ClientCast = idealClient): NodeFactory {
  const session = options.session === undefined ? {} : { session: Object.freeze({ ...options.session }) }
  const servers = Object.freeze([...options.servers])
  return Object.freeze(new ClientFactory(Object.freeze({ ...options, ...session, servers }), cast))
}

class ClientFactory implements NodeFactory {
  private readonly options: ClientOptions
  private readonly cast: ClientCast

  constructor(options: ClientOptions, cast: ClientCast) {
    this.options = options
    this.cast = cast
  }

  create(host: Host): Client {
    return new this.cast.Client(host, this.options, this.options.program?.create() ?? null, this.cast)
  }
}

/**
 * Java: ZooKeeper.States, less ASSOCIATING, which nothing uses. CONNECTING lasts until the session is (re-)established.
 */
export type ClientState =
  | 'NOT_CONNECTED'
  | 'CONNECTING'
  | 'CONNECTED'
  | 'CONNECTEDREADONLY'
  | 'CLOSED'
  | 'AUTH_FAILED'

/** What a client proves on every connection. Java: ClientCnxn.AuthData */
type AuthPacket = OperationOf<'auth'>

const IDLE_TIMER = 'client/idle'
const CONNECT_TIMER = 'client/connect'
const RW_TIMER = 'client/rw'
const PROGRAM_TIMER = 'client/program'
const MAX_SEND_PING_INTERVAL = 10_000 * MICROS_PER_MILLI
/** A thread that something else wakes pings so much earlier, lest it comes too late the next time. */
const PING_MARGIN = 1_000 * MICROS_PER_MILLI
const MAX_RECONNECT_JITTER = 1_000
const RING_PAUSE = 1_000
/** Behind every connection, whether it came about or not. Java: ClientCnxnSocketNIO.cleanup sleeps so long. */
const CLEANUP_PAUSE = 100
const NO_PASSWORD: Bytes = '\0'.repeat(16)
const MAX_XID = 0x7fff_ffff
/** Java: ZKClientConfig.CLIENT_MAX_PACKET_LENGTH_DEFAULT */
const MAX_PACKET_LENGTH = 0xf_ffff

const PING = Object.freeze({
  type: 'CLIENTREQUEST',
  xid: PING_XID,
  op: Object.freeze({ type: 'ping' }),
} as const)
const CLOSE_SESSION: Operation = Object.freeze({ type: 'closeSession' })
const AS_USUAL: SubmitOptions = Object.freeze({})
const NO_AUTH: readonly AuthPacket[] = Object.freeze([])

/**
 * A client and its session: connects, sends requests, keeps the session alive, tells watchers, and reconnects to another
 * server with the same session when a connection fails.
 *
 * Java: ZooKeeper, ClientCnxn, ClientCnxnSocketNIO. Its send thread waits for the socket or the next deadline; here one
 * timer is set to the earliest deadline and looks again when it fires, since traffic only ever moves deadlines later.
 * There is no event thread: watchers hear of events, and callers of replies, in the order in which they came.
 */
export class Client implements Node, TwoStep {
  readonly name: string
  readonly host: Host
  state: ClientState = 'NOT_CONNECTED'
  sessionId: SessionId = NO_SESSION
  /** 16 bytes; together with the id it is the session. */
  password: Bytes = NO_PASSWORD
  /** The latest position any reply has shown: no server that is behind it is accepted. */
  lastZxid: Zxid = 0
  readonly program: ClientProgram | null
  /** Milliseconds, as negotiated; as asked for until then. */
  sessionTimeout: number
  protected readonly options: ClientOptions
  protected readonly cast: ClientCast
  /** Null where its root is the root. */
  private chroot: string | null
  /** Milliseconds to ask for. */
  private requestedTimeout: number
  /** Milliseconds. */
  protected connectTimeout = 0
  private ring: ServerRing | null = null
  /** From the dial on. */
  private connection: Connection | null = null
  /** The server that the reconnection delay leads to. */
  private target: HostName | null = null
  /** Where the last connection that came about led. */
  private lastRemote: HostName | null = null
  private isFirstConnect = true
  private closing = false
  private isCutOff = false
  /** Only such a server can have given it a session that another one knows. */
  private seenRwServerBefore = false
  private rwSearch: RwSearch | null = null
  /** Found by `rwSearch`, to be connected to next. */
  private rwServer: HostName | null = null
  private lastId = 0
  private nextXid = 1
  /** Sent, in the order in which the replies must come. */
  private pendingQueue = new Queue<Call>()
  /** Waits for a connection. */
  private outgoingQueue = new Queue<Call>()
  /** Sent; what is proved again after a reconnect is nobody's. */
  private pendingAuth: Queue<Call> | null = null
  /** Frozen. */
  private authInfo = NO_AUTH
  private watches: ZKWatchManager | null = null
  /** What watchers were told last. Java: EventThread.sessionState */
  private sessionState: KeeperState = 'Disconnected'
  /** Java: eventOfDeath */
  private eventsAreOver = false
  protected lastSend: Micros = 0
  protected lastHeard: Micros = 0
  /** Something was read long after the last send. */
  private pingsEarly = false

  constructor(host: Host, options: ClientOptions, program: ClientProgram | null, cast: ClientCast) {
    this.host = host
    this.options = options
    this.cast = cast
    this.name = options.name
    this.chroot = options.chroot === '/' || options.chroot === '' ? null : (options.chroot ?? null)
    this.requestedTimeout = options.sessionTimeout
    this.sessionTimeout = options.sessionTimeout
    this.program = program
  }

  [begin](): this {
    const copy = new Client(this.host, this.options, null, this.cast)
    copy.chroot = this.chroot
    copy.state = this.state
    copy.sessionId = this.sessionId
    copy.password = this.password
    copy.lastZxid = this.lastZxid
    copy.sessionTimeout = this.sessionTimeout
    copy.requestedTimeout = this.requestedTimeout
    copy.connectTimeout = this.connectTimeout
    copy.target = this.target
    copy.lastRemote = this.lastRemote
    copy.isFirstConnect = this.isFirstConnect
    copy.closing = this.closing
    copy.isCutOff = this.isCutOff
    copy.seenRwServerBefore = this.seenRwServerBefore
    copy.rwServer = this.rwServer
    copy.lastId = this.lastId
    copy.nextXid = this.nextXid
    copy.authInfo = this.authInfo
    copy.sessionState = this.sessionState
    copy.eventsAreOver = this.eventsAreOver
    copy.lastSend = this.lastSend
    copy.lastHeard = this.lastHeard
    copy.pingsEarly = this.pingsEarly
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
    into.pendingAuth = copy(this.pendingAuth)
    into.watches = copy(this.watches)
    into.rwSearch = copy(this.rwSearch)
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
    return this.state !== 'CLOSED' && this.state !== 'AUTH_FAILED' && !this.closing
  }

  /** Java: States.isConnected */
  get isConnected(): boolean {
    return this.state === 'CONNECTED' || this.state === 'CONNECTEDREADONLY'
  }

  /** Operations submitted and not completed. */
  get outstanding(): number {
    return this.pendingQueue.length + this.outgoingQueue.length
  }

  /** What would take its session over; see ClientOptions.session. */
  get session(): SessionCredentials {
    return Object.freeze({ sessionId: this.sessionId, password: this.password })
  }

  /** Its watches, in the server's paths; null while there never was one. */
  get watchManager(): ZKWatchManager | null {
    return this.watches
  }

  /** What the Java client would refuse by an exception; `submit` sends it all the same. */
  refusalOf(op: Operation): Refusal | null {
    return refusalOf(op)
  }

  /**
   * Asks for an operation; it waits for a connection if there is none. The facts `invoked` and `completed`
   * carry the number that this returns. On a client that is closed, or that was asked to close its session, it
   * completes at once, refused. Java: ClientCnxn.queuePacket
   *
   * Operations that set or take away watches do so in the client's tables as well, when the answer comes. `auth` is
   * proved again on every later connection, as by `addAuthInfo`.
   */
  submit(op: Operation, options: SubmitOptions = AS_USUAL): number {
    const call = new Call(++this.lastId, Object.freeze(op), Object.freeze(options))
    this.host.tell(
      Object.freeze({
        type: 'invoked',
        client: this.name,
        sessionId: this.sessionId,
        id: call.id,
        op: call.op,
      }),
    )
    const nothing = resultOfNothing(call)
    if (nothing !== null) this.complete(call, keeperErrors.OK.code, UNKNOWN, nothing)
    else if (!this.accepting) this.complete(call, this.lossCode(), UNKNOWN, null)
    else this.accept(call)
    return call.id
  }

  /**
   * Proves who it is, on this connection and all later ones. The servers know only yes; at no the session is given up.
   *
   * @returns the number of its `auth`, as `submit` does.
   */
  addAuthInfo(scheme: string, auth: Bytes): number {
    return this.submit({ type: 'auth', scheme, auth })
  }

  /** Reads /zookeeper/config, wherever the chroot is. @returns a number, as `submit` does. */
  getConfig(watch: boolean, watcher: WatcherName = DEFAULT_WATCHER): number {
    return this.submit({ type: 'getData', path: '/zookeeper/config', watch }, { serverPath: true, watcher })
  }

  /**
   * Begins to connect to one of these servers with a new session, or with one that is given. One that it has is left to
   * expire. Java: new ZooKeeper
   *
   * @throws RangeError when `servers` is empty.
   */
  connect(
    servers: readonly HostName[],
    sessionTimeout = this.requestedTimeout,
    session?: SessionCredentials,
  ): void {
    this.ring = this.makeRing(servers)
    this.requestedTimeout = sessionTimeout
    this.abandon()
    this.open(session)
  }

  /**
   * Knows other servers from now on: the session moves to one of them, unless it is at one already. Without a
   * session the same as `connect`. Ends `cutOff`.
   *
   * @throws RangeError when `servers` is empty.
   */
  connectTo(servers: readonly HostName[]): void {
    if (!this.isAlive() || this.state === 'NOT_CONNECTED') return this.connect(servers)
    this.ring = this.makeRing(servers)
    const wasCutOff = this.isCutOff
    this.isCutOff = false
    if (wasCutOff) return this.startConnect()
    if (this.connection !== null && servers.includes(this.connection.remote)) return
    this.dropConnection()
  }

  /**
   * Knows these servers from now on, and moves to another one if its share of the clients is to: by chance, where there
   * are more servers than before. Java: ZooKeeper.updateServerList
   *
   * @returns whether it moves.
   * @throws RangeError when `servers` is empty.
   */
  updateServerList(servers: readonly HostName[]): boolean {
    if (this.ring === null) return false
    const moves = this.ring.updateServerList(this.host, servers, this.lastRemote)
    if (moves && this.connection !== null) this.dropConnection()
    return moves
  }

  /** Takes it off the network: it loses its connection, and gets no other until `connectTo`. */
  cutOff(): void {
    if (!this.isAlive() || this.state === 'NOT_CONNECTED') return
    this.isCutOff = true
    this.dropConnection()
  }

  /** Calls its program's `onTimer` when this much time has passed, in microseconds, and not when it was to before. */
  wakeProgram(after: Micros): void {
    this.host.setTimer(PROGRAM_TIMER, after)
  }

  /**
   * Ends the session. Operations submitted before are sent first. The connection that it has, or is trying, is the last:
   * when that fails, the session is left to expire.
   *
   * @returns the number of its closeSession, as `submit` does.
   */
  close(): number {
    if (this.state === 'NOT_CONNECTED') this.state = 'CLOSED'
    return this.submit(CLOSE_SESSION)
  }

  // ── stimuli ──

  onStart(): void {
    const { servers, session } = this.options
    if (servers.length > 0) this.connect(servers, this.requestedTimeout, session)
  }

  /** Java: SendThread.primeConnection */
  onConnected(connection: Connection): void {
    if (this.rwSearch?.isAt(connection) === true) return this.rwSearch.onConnected(this.host, connection)
    if (connection !== this.connection) return
    this.isFirstConnect = false
    this.lastRemote = connection.remote
    this.lastSend = this.host.now
    this.lastHeard = this.host.now
    this.host.send(
      connection,
      Object.freeze({
        type: 'CONNECT',
        lastZxidSeen: this.lastZxid,
        timeout: this.requestedTimeout,
        sessionId: this.seenRwServerBefore ? this.sessionId : NO_SESSION,
        password: this.password,
        readOnly: this.options.canBeReadOnly ?? false,
      }),
    )
  }

  onRefused(connection: Connection): void {
    this.onClosed(connection)
  }

  onClosed(connection: Connection): void {
    if (connection === this.connection) this.disconnected()
    else if (this.rwSearch?.isAt(connection) === true) {
      this.rwSearch.onClosed()
      this.awaitRwServer(this.rwSearch)
    }
  }

  onPacket(connection: Connection, packet: Packet): void {
    if (connection !== this.connection) return this.onRwAnswer(connection, packet)
    this.lastHeard = this.host.now
    if (this.isConnected) this.read(packet)
    else if (packet.type === 'CONNECTED') this.sessionEstablished(packet)
    // A server that only reads answers so to who wants a session of it. It is not what was expected.
    else this.dropConnection()
  }

  onTimer(name: TimerName): void {
    if (name === CONNECT_TIMER) this.dial()
    else if (name === RW_TIMER) this.searchRwServer()
    else if (name === PROGRAM_TIMER) this.program?.onTimer?.(this)
    else this.checkIdle()
  }

  onAccepted(): void {}
  onWritable(): void {}
  onForced(): void {}
  onDiskFailed(): void {}
  onTurn(): void {}

  // ── connecting ──

  private makeRing(servers: readonly HostName[]): ServerRing {
    return new ServerRing(this.host, servers, this.options.inOrder)
  }

  private open(session?: SessionCredentials): void {
    this.sessionId = session?.sessionId ?? NO_SESSION
    this.password = session?.password ?? NO_PASSWORD
    this.seenRwServerBefore = session !== undefined
    this.sessionTimeout = this.requestedTimeout
    this.setConnectTimeout()
    this.lastZxid = 0
    this.nextXid = 1
    this.closing = false
    this.isCutOff = false
    this.isFirstConnect = true
    this.rwServer = null
    this.rwSearch = null
    this.sessionState = 'Disconnected'
    this.eventsAreOver = false
    this.lastHeard = this.host.now
    this.startConnect()
  }

  private setConnectTimeout(): void {
    this.connectTimeout = Math.max(1, Math.floor(this.sessionTimeout / this.servers.length))
  }

  /** Java: hostProvider.next, SendThread.startConnect */
  private startConnect(after = 0): void {
    this.state = 'CONNECTING'
    if (this.isCutOff) return this.checkIdle()
    const { server, pause } = this.nextServer()
    let delay = after + (pause ? RING_PAUSE : 0)
    if (!this.isFirstConnect) delay += Math.floor(this.host.random() * MAX_RECONNECT_JITTER)
    this.target = server
    this.host.clearTimer(IDLE_TIMER)
    if (delay === 0) this.dial()
    else this.host.setTimer(CONNECT_TIMER, delay * MICROS_PER_MILLI)
  }

  private nextServer(): { readonly server: HostName; readonly pause: boolean } {
    const { rwServer } = this
    if (rwServer === null) return (this.ring as ServerRing).next(this.host)
    this.rwServer = null
    return { server: rwServer, pause: false }
  }

  private dial(): void {
    if (this.target === null) return
    this.connection = this.host.dial({ host: this.target, port: 'client' }, null)
    this.dialled()
    this.checkIdle()
  }

  /** From when on the server has `connectTimeout` to answer. */
  protected dialled(): void {
    this.lastSend = this.host.now
  }

  /** Java: SendThread.onConnected, and what primeConnection has put before all else. */
  private sessionEstablished(packet: PacketOf<'CONNECTED'>): void {
    if (packet.timeout <= 0) return this.expiredThere()
    this.sessionTimeout = packet.timeout
    this.setConnectTimeout()
    this.ring?.onConnected()
    this.sessionId = packet.sessionId
    this.password = packet.password
    this.state = packet.readOnly ? 'CONNECTEDREADONLY' : 'CONNECTED'
    if (!packet.readOnly) this.seenRwServerBefore = true
    this.host.tell(
      Object.freeze({
        type: 'clientConnected',
        client: this.name,
        server: Number(this.server),
        sessionId: this.sessionId,
        readOnly: packet.readOnly,
        chroot: this.chroot,
      }),
    )
    this.checkIdle()
    this.proveAgain()
    this.setWatchesAgain()
    for (let call = this.outgoingQueue.shift(); call !== undefined; call = this.outgoingQueue.shift()) {
      this.send(call)
    }
    if (packet.readOnly) this.searchRwServer()
    this.queueEvent('None', packet.readOnly ? 'ConnectedReadOnly' : 'SyncConnected', null)
    this.program?.onConnected(this)
  }

  /** Each is pushed to the front: the last comes first. */
  private proveAgain(): void {
    for (let i = this.authInfo.length - 1; i >= 0; i -= 1) {
      this.sendAuth(new Call(NOBODYS, this.authInfo[i] as AuthPacket, AS_USUAL))
    }
  }

  /** As `proveAgain`, the last first. */
  private setWatchesAgain(): void {
    const { watches } = this
    if (watches === null || watches.isEmpty || this.options.disableAutoWatchReset === true) return
    const batches = setWatchesBatches(watches, this.lastZxid)
    for (let i = batches.length - 1; i >= 0; i -= 1) {
      const op = batches[i] as (typeof batches)[number]
      this.host.tell(
        Object.freeze({ type: 'watchesSetAgain', client: this.name, sessionId: this.sessionId, op }),
      )
      this.sendCall(new Call(NOBODYS, op, RAW))
    }
  }

  // ── requests and replies ──

  private accept(call: Call): void {
    if (isClosing(call.op)) this.closing = true
    if (call.op.type === 'auth') this.authInfo = Object.freeze([...this.authInfo, call.op])
    if (this.isConnected && this.connection !== null) return this.send(call)
    this.outgoingQueue.push(call)
    // Nothing is under way that could end the session, nor will be.
    if (this.closing && this.isCutOff) this.disconnected()
  }

  private send(call: Call): void {
    if (call.op.type === 'auth') this.sendAuth(call)
    else this.sendCall(call)
  }

  private sendCall(call: Call): void {
    call.xid = this.nextXid
    this.nextXid = this.nextXid === MAX_XID - 1 ? 1 : this.nextXid + 1
    this.pendingQueue.push(call)
    this.sent()
    const op = this.isChrooted(call) ? belowChroot(this.chroot as string, call.op) : call.op
    this.host.send(this.connection as Connection, Object.freeze({ type: 'CLIENTREQUEST', xid: call.xid, op }))
  }

  private sendAuth(call: Call): void {
    this.pendingAuth ??= new Queue()
    this.pendingAuth.push(call)
    this.sent()
    const packet = Object.freeze({ type: 'CLIENTREQUEST', xid: AUTH_XID, op: call.op } as const)
    this.host.send(this.connection as Connection, packet)
  }

  private isChrooted({ options }: Call): boolean {
    return this.chroot !== null && options.raw !== true && options.serverPath !== true
  }

  private sent(): void {
    this.lastSend = this.host.now
    this.pingsEarly = false
  }

  private read(packet: Packet): void {
    if (packet.type === 'REPLY') this.readResponse(packet)
    else if (packet.type === 'WATCHEREVENT') {
      this.queueEvent(packet.event, 'SyncConnected', packet.path, packet.zxid)
    } else return this.dropConnection()
    if (this.host.now - this.lastSend > PING_MARGIN) this.wokenLate()
  }

  private readResponse(reply: PacketOf<'REPLY'>): void {
    if (replySize(reply) > (this.options.juteMaxBuffer ?? MAX_PACKET_LENGTH)) return this.dropConnection()
    if (reply.xid === PING_XID) return this.readPingResponse(reply)
    if (reply.xid === AUTH_XID) return this.readAuthResponse(reply)
    const call = this.pendingQueue.first
    // Replies come in the order of the requests, or something is badly wrong.
    if (call === undefined || call.xid !== reply.xid) return this.dropConnection()
    this.pendingQueue.shift()
    if (reply.zxid > 0) this.lastZxid = reply.zxid
    this.complete(call, reply.err, reply.zxid, reply.err === 0 ? this.resultFor(call, reply.result) : null)
    // A program that was told of it may have begun another session.
    if (call.op.type === 'closeSession' && call.options.raw !== true && this.closing) this.closed()
  }

  /** A ping that somebody asked for is answered by this one or by one of the client's own; in the Java by none. */
  private readPingResponse(reply: PacketOf<'REPLY'>): void {
    const call = this.pendingQueue.first
    if (call === undefined || !isPing(call.op)) return
    this.pendingQueue.shift()
    this.complete(call, reply.err, reply.zxid, null)
  }

  private readAuthResponse(reply: PacketOf<'REPLY'>): void {
    const call = this.pendingAuth?.shift()
    const failed = reply.err === keeperErrors.AUTHFAILED.code
    if (failed) {
      this.end('AUTH_FAILED')
      this.host.tell(Object.freeze({ type: 'clientDisconnected', client: this.name }))
      this.queueEvent('None', 'AuthFailed', null)
      this.eventsAreOver = true
    }
    if (call !== undefined) this.complete(call, reply.err, reply.zxid, null)
    if (failed) this.failAll()
  }

  private resultFor(call: Call, result: Result | null): Result | null {
    if (result === null || !this.isChrooted(call)) return result
    return aboveChroot((path) => this.stripPath(path), result)
  }

  /** Java: ClientCnxn.finishPacket. `err` is what the header said. */
  private complete(call: Call, err: number, zxid: Zxid, result: Result | null): void {
    if (call.id === NOBODYS) return
    const code = call.options.raw === true ? err : this.finishWatches(call, err)
    this.host.tell(
      Object.freeze({
        type: 'completed',
        client: this.name,
        sessionId: this.sessionId,
        id: call.id,
        xid: call.xid,
        op: call.op,
        err: code,
        zxid,
        result,
      }),
    )
    this.program?.onCompleted(this, call.id, call.op, code, result)
  }

  /** Java: ClientCnxn.conLossPacket */
  private lossCode(): number {
    if (this.state === 'AUTH_FAILED') return keeperErrors.AUTHFAILED.code
    return this.state === 'CLOSED' ? keeperErrors.SESSIONEXPIRED.code : keeperErrors.CONNECTIONLOSS.code
  }

  /** Whatever waits, for a reply or for a connection, is lost. */
  private failAll(err = this.lossCode()): void {
    const lost = [
      ...(this.pendingAuth?.toArray() ?? []),
      ...this.pendingQueue.toArray(),
      ...this.outgoingQueue.toArray(),
    ]
    this.pendingAuth = null
    this.pendingQueue.clear()
    this.outgoingQueue.clear()
    for (const call of lost) this.complete(call, err, UNKNOWN, null)
  }

  // ── watches and events ──

  /** @returns what the caller is told. */
  private finishWatches(call: Call, err: number): number {
    const { op, options } = call
    if (op.type === 'checkWatches' || op.type === 'removeWatches') {
      const watcher = op.type === 'checkWatches' ? (options.watcher ?? DEFAULT_WATCHER) : null
      return this.unregister(
        this.serverPath(call, op.path),
        watcher,
        op.watcherType,
        options.local ?? false,
        err,
      )
    }
    const registration = registrationOf(op, err)
    if (registration !== null) {
      this.watches ??= this.makeWatchManager()
      const path = this.serverPath(call, registration.path)
      this.watches.register(registration.kind, path, options.watcher ?? DEFAULT_WATCHER)
    }
    return err
  }

  /** Java: WatchDeregistration.unregister; the server tells nobody that a watch is removed, so the client does. */
  private unregister(
    path: string,
    watcher: WatcherName | null,
    watcherType: number,
    local: boolean,
    rc: number,
  ): number {
    this.watches ??= this.makeWatchManager()
    const { err, removed } = this.watches.removeWatcher(path, watcher, watcherType, local, rc)
    const isLost = rc === keeperErrors.SESSIONEXPIRED.code || rc === keeperErrors.CONNECTIONLOSS.code
    for (const { type, watchers } of removed) {
      this.queueEvent(type, isLost ? 'Disconnected' : 'SyncConnected', path, UNKNOWN, watchers)
    }
    return err
  }

  private makeWatchManager(): ZKWatchManager {
    return new this.cast.ZKWatchManager(this.options.disableAutoWatchReset ?? false)
  }

  private serverPath(call: Call, path: string): string {
    return this.isChrooted(call) ? prependChroot(this.chroot as string, path) : path
  }

  /** Java: EventThread.queueEvent. `path` is the server's. */
  private queueEvent(
    type: EventType,
    state: KeeperState,
    path: string | null,
    zxid: Zxid = UNKNOWN,
    materialized: readonly WatcherName[] | null = null,
  ): void {
    if (this.eventsAreOver || (type === 'None' && this.sessionState === state)) return
    this.sessionState = state
    const watchers =
      materialized ?? this.watches?.materialize(state, type, path) ?? (path === null ? THE_DEFAULT : NOBODY)
    const clientPath = path === null ? null : this.stripPath(path)
    const event: WatchedEvent = Object.freeze({ type, state, path: clientPath, zxid, watchers })
    this.host.tell(Object.freeze({ type: 'watchEvent', client: this.name, sessionId: this.sessionId, event }))
    this.program?.onEvent?.(this, event)
  }

  /** A path of the server as the client names it. */
  protected stripPath(serverPath: string): string {
    return this.chroot === null ? serverPath : stripChroot(this.chroot, serverPath)
  }

  // ── ends of connections and of the session ──

  private isAlive(): boolean {
    return this.state !== 'CLOSED' && this.state !== 'AUTH_FAILED'
  }

  private dropConnection(): void {
    if (this.connection !== null) this.host.hangUp(this.connection)
    this.disconnected()
  }

  /** Java: cleanAndNotifyState */
  private disconnected(): void {
    const wasConnected = this.isConnected
    this.connection = null
    this.target = null
    this.state = 'CONNECTING'
    this.clearTimers()
    if (!this.closing) this.startConnect(CLEANUP_PAUSE)
    if (wasConnected) this.host.tell(Object.freeze({ type: 'clientDisconnected', client: this.name }))
    const { ring } = this
    this.failAll()
    // Whoever was told may have begun another session.
    if (this.ring !== ring) return
    this.queueEvent('None', 'Disconnected', null)
    if (this.closing) this.closed(keeperErrors.CONNECTIONLOSS.code)
  }

  /** By its own will. @param err what comes of all that is still to be answered. */
  private closed(err: number = keeperErrors.SESSIONEXPIRED.code): void {
    const wasConnected = this.isConnected
    this.end('CLOSED')
    if (wasConnected) this.host.tell(Object.freeze({ type: 'clientDisconnected', client: this.name }))
    this.failAll(err)
    // A program that was told of it has begun another session already.
    if (this.state !== 'CLOSED') return
    this.queueEvent('None', 'Closed', null)
    this.eventsAreOver = true
  }

  /** A server says so. */
  private expiredThere(): void {
    this.expire()
    this.queueEvent('None', 'Expired', null)
    this.eventsAreOver = true
    this.failAll()
    this.tellExpired()
  }

  /** Nobody says anything. */
  private expiredHere(): void {
    this.expire()
    this.failAll()
    if (this.state !== 'CLOSED') return
    this.queueEvent('None', 'Expired', null)
    this.eventsAreOver = true
    this.tellExpired()
  }

  private expire(): void {
    const { sessionId } = this
    this.end('CLOSED')
    this.host.tell(Object.freeze({ type: 'clientExpired', client: this.name, sessionId }))
  }

  private tellExpired(): void {
    // Whoever has closed the session does not want another.
    if (!this.closing && this.state === 'CLOSED') this.program?.onExpired(this)
  }

  /** A session that nobody will speak for, if it is not over; what was said of it is not said of the next. */
  private abandon(): void {
    if (this.state === 'NOT_CONNECTED') return
    this.eventsAreOver = true
    if (this.isAlive()) {
      const wasConnected = this.isConnected
      this.end('CLOSED')
      if (wasConnected) this.host.tell(Object.freeze({ type: 'clientDisconnected', client: this.name }))
      this.failAll()
    }
    this.authInfo = NO_AUTH
    this.watches = null
  }

  private end(state: 'CLOSED' | 'AUTH_FAILED'): void {
    if (this.connection !== null) this.host.hangUp(this.connection)
    this.connection = null
    this.target = null
    this.state = state
    this.clearTimers()
  }

  private clearTimers(): void {
    this.host.clearTimer(IDLE_TIMER)
    this.host.clearTimer(CONNECT_TIMER)
    if (this.rwSearch === null) return
    this.rwSearch.stop(this.host)
    this.host.clearTimer(RW_TIMER)
  }

  // ── at a server that only reads ──

  private searchRwServer(): void {
    this.rwSearch ??= new RwSearch()
    if (this.host.now >= this.rwSearch.due) {
      // Whoever has not answered for so long does not count.
      this.rwSearch.stop(this.host)
      if (this.host.now >= this.rwSearch.due) {
        this.rwSearch.ask(this.host, (this.ring as ServerRing).next(this.host).server)
      }
    }
    this.awaitRwServer(this.rwSearch)
  }

  private awaitRwServer(search: RwSearch): void {
    this.host.setTimer(RW_TIMER, Math.max(1, search.due - this.host.now))
  }

  private onRwAnswer(connection: Connection, packet: Packet): void {
    if (this.rwSearch?.isAt(connection) !== true) return
    this.rwServer = this.rwSearch.onPacket(this.host, packet)
    if (this.rwServer === null) this.awaitRwServer(this.rwSearch)
    else this.dropConnection()
  }

  // ── deadlines ──

  /** Looks at every deadline, and comes back at the next. Java: the loop of SendThread.run */
  private checkIdle(): void {
    const { now } = this.host
    const expiry = this.expiryDeadline()
    if (now >= expiry) return this.expiredHere()
    let next = expiry
    if (this.connection !== null) {
      next = Math.min(expiry, this.isConnected ? this.readDeadline() : this.connectDeadline())
      if (now >= next) return this.dropConnection()
      if (this.isConnected) {
        if (now >= this.pingDeadline()) this.sendPing()
        next = Math.min(next, this.pingDeadline())
      }
    }
    if (next < Number.POSITIVE_INFINITY) this.host.setTimer(IDLE_TIMER, next - now)
  }

  /**
   * With no word for so long the servers have expired the session too. Not waiting for theirs: ZOOKEEPER-4508. A session
   * that is to be established has a limit of its own: ZOOKEEPER-4923
   */
  protected expiryDeadline(): Micros {
    if (this.sessionId === NO_SESSION && this.options.newSessionTimeout !== 0) {
      return this.lastHeard + (this.options.newSessionTimeout ?? Number.POSITIVE_INFINITY) * MICROS_PER_MILLI
    }
    return this.lastHeard + Math.floor((this.sessionTimeout * 4) / 3) * MICROS_PER_MILLI
  }

  private readTimeout(): number {
    return Math.floor((this.sessionTimeout * 2) / 3)
  }

  private readDeadline(): Micros {
    return this.lastHeard + this.readTimeout() * MICROS_PER_MILLI
  }

  protected connectDeadline(): Micros {
    return this.lastSend + this.connectTimeout * MICROS_PER_MILLI
  }

  private pingDeadline(): Micros {
    const quiet = this.lastSend + Math.floor(this.readTimeout() / 2) * MICROS_PER_MILLI
    return this.pingsEarly ? quiet - PING_MARGIN : quiet
  }

  private wokenLate(): void {
    if (!this.isConnected || this.connection === null) return
    this.pingsEarly = true
    if (this.host.now - this.lastSend > MAX_SEND_PING_INTERVAL) this.sendPing()
    else this.checkIdle()
  }

  private sendPing(): void {
    this.host.send(this.connection as Connection, PING)
    this.sent()
  }
}

const RAW: SubmitOptions = Object.freeze({ raw: true })
const THE_DEFAULT: readonly WatcherName[] = Object.freeze([DEFAULT_WATCHER])
const NOBODY: readonly WatcherName[] = Object.freeze([])

/** A multi of nothing is not sent. Java: ZooKeeper.multiInternal */
function resultOfNothing({ op, options }: Call): Result | null {
  if ((op.type !== 'multi' && op.type !== 'multiRead') || op.ops.length > 0 || options.raw === true)
    return null
  return Object.freeze({ type: op.type, results: NO_RESULTS })
}

const NO_RESULTS: readonly OpResult[] = Object.freeze([])

/** Java: queuePacket goes by the type in the header. */
function isClosing(op: Operation): boolean {
  return op.type === 'closeSession' || (op.type === 'raw' && op.opcode === OpCode.closeSession)
}

function isPing(op: Operation): boolean {
  return op.type === 'ping' || (op.type === 'raw' && op.opcode === OpCode.ping)
}

/** A client as the newest release has it. */
export const idealClient: ClientCast = Object.freeze({ Client, ZKWatchManager })
