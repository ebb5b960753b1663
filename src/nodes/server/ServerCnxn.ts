import { begin, type Copy, finish, type TwoStep, type Unfinished } from '../../base/forkable.ts'
import { Queue } from '../../base/Queue.ts'
import type { Id } from '../acl.ts'
import type { ConnectionOwner } from '../ConnectionOwner.ts'
import { NO_SESSION, type SessionId } from '../database/txns.ts'
import type { Connection } from '../Host.ts'
import { requestSize } from '../jute/requestSize.ts'
import type { ClientPacket, Packet, Result, WatchEventType } from '../packets.ts'
import type { Zxid } from '../zxid.ts'
import { type Expiring, NEVER } from './ExpiryQueue.ts'
import { answerCommand, isCommand } from './fourLetterWords.ts'
import { inHashOrder } from './hashOrder.ts'
import type { ServerCnxnFactory } from './ServerCnxnFactory.ts'
import { generatePasswd } from './sessionIds.ts'
import type { ZooKeeperServer } from './ZooKeeperServer.ts'

/**
 * What a connection may be idle, in milliseconds, before it has a session. Java:
 * zookeeper.nio.sessionlessCnxnTimeout
 */
export const SESSIONLESS_TIMEOUT = 10_000

const NO_PASSWORD = '\0'.repeat(16)

/**
 * A client's connection, at the server's end: the handshake, then requests in, replies and events out, in order.
 *
 * Java: ServerCnxn, NIOServerCnxn. Where Java stops to read the socket (disableRecv: between CONNECT and its answer, and
 * while the server has too much to do), what arrives is held here, unread. A reply is taken even when the send buffer
 * is full.
 */
export class ServerCnxn implements ConnectionOwner, Expiring, TwoStep {
  readonly connection: Connection
  sessionId: SessionId = NO_SESSION
  /** Milliseconds, as negotiated. */
  sessionTimeout = SESSIONLESS_TIMEOUT
  expiresAt = NEVER
  /** Who the client is: its address at first, then all that it proves. Never shrinks. */
  authInfo: readonly Id[]
  private factory: ServerCnxnFactory
  private state: 'expectConnect' | 'expectSession' | 'open' | 'closed' = 'expectConnect'
  private receiving = true
  /** What came while nothing is received; null for nothing. */
  private held: Queue<ClientPacket> | null = null
  /** Requests under way, pings and the like apart. Java: outstandingCount */
  private outstanding = 0
  packetsReceived = 0
  packetsSent = 0
  /** What was held is being received: whoever ends up here again is in the midst of it. */
  private draining = false

  constructor(factory: ServerCnxnFactory, connection: Connection, authInfo: readonly Id[]) {
    this.factory = factory
    this.connection = connection
    this.authInfo = authInfo
  }

  [begin](): this {
    const copy = new ServerCnxn(this.factory, this.connection, this.authInfo)
    copy.sessionId = this.sessionId
    copy.sessionTimeout = this.sessionTimeout
    copy.expiresAt = this.expiresAt
    copy.state = this.state
    copy.receiving = this.receiving
    copy.outstanding = this.outstanding
    copy.draining = this.draining
    copy.packetsReceived = this.packetsReceived
    copy.packetsSent = this.packetsSent
    return copy as this
  }

  [finish](into: this, copy: Copy): void {
    const own: Unfinished<ServerCnxn> = into
    own.connection = copy(this.connection)
    into.factory = copy(this.factory)
    into.held = copy(this.held)
  }

  get closed(): boolean {
    return this.state === 'closed'
  }

  /** Of the client's machine. */
  get remoteAddress(): string {
    return this.connection.remoteAddress
  }

  get outstandingRequests(): number {
    return this.outstanding
  }

  onConnected(_connection: Connection): void {}
  onRefused(_connection: Connection): void {}
  onWritable(_connection: Connection): void {}

  onPacket(_connection: Connection, packet: Packet): void {
    if (this.state === 'closed') return
    if (this.receiving) return this.receive(packet as ClientPacket)
    this.held ??= new Queue()
    this.held.push(packet as ClientPacket)
  }

  onClosed(_connection: Connection): void {
    this.forget()
  }

  /** One frame, as it is read. Java: doIO, readLength, readPayload */
  private receive(packet: ClientPacket): void {
    if (packet.type === 'COMMAND' && this.state === 'expectConnect') return this.answer(packet.word)
    const zk = this.factory.server
    if (zk === null || !zk.running) return this.close()
    this.factory.touchCnxn(this)
    this.packetsReceived += 1
    zk.packetsReceived += 1
    if (this.state === 'open' && packet.type === 'CLIENTREQUEST') {
      // Too long: the length says so before anything is read, and nothing is answered.
      if (requestSize(packet.op) > zk.config.juteMaxBuffer) return this.close()
      if (packet.xid > 0) this.countRequest(zk)
      zk.processPacket(this, packet.xid, packet.op)
    } else if (this.state === 'expectConnect' && packet.type === 'CONNECT') {
      this.state = 'expectSession'
      this.receiving = false
      zk.processConnectRequest(this, packet)
    } else {
      this.close()
    }
  }

  /** A four-letter word in place of a handshake. One that nobody knows is a length, and too large. */
  private answer(word: string): void {
    if (isCommand(word)) {
      this.send(Object.freeze({ type: 'COMMANDANSWER', text: answerCommand(word, this.factory) }))
    }
    this.close()
  }

  /** Java: incrOutstandingAndCheckThrottle */
  private countRequest(zk: ZooKeeperServer): void {
    this.outstanding += 1
    if (zk.shouldThrottle(this.outstanding)) this.receiving = false
  }

  /** Java: decrOutstandingAndCheckThrottle */
  private countReply(): void {
    this.outstanding -= 1
    if (this.receiving) return
    const zk = this.factory.server
    if (zk === null || !zk.shouldThrottle(this.outstanding)) this.enableRecv()
  }

  private enableRecv(): void {
    this.receiving = true
    const { held } = this
    // What is received may be answered at once, and the answer may end up here.
    if (held === null || this.draining) return
    this.draining = true
    while (held.length > 0 && this.receiving && this.state !== 'closed') {
      this.receive(held.shift() as ClientPacket)
    }
    this.draining = false
  }

  addAuthInfo(ids: readonly Id[]): void {
    const known = this.authInfo
    const added = ids.filter(({ scheme, id }) => !known.some((old) => old.scheme === scheme && old.id === id))
    this.authInfo = inHashOrder([...known, ...added])
  }

  /**
   * Ends the handshake; an invalid session is told so and the connection closed. A client that asks for a session by a
   * request of its own is answered so as well, and does not know what to make of it. Java: finishSessionInit
   */
  finishSessionInit(zk: ZooKeeperServer, valid: boolean): void {
    if (this.state !== 'expectSession' && this.state !== 'open') return
    this.send(
      Object.freeze({
        type: 'CONNECTED',
        timeout: valid ? this.sessionTimeout : 0,
        sessionId: valid ? this.sessionId : NO_SESSION,
        password: valid ? generatePasswd(this.sessionId) : NO_PASSWORD,
        readOnly: zk.serverState === 'read-only',
      }),
    )
    if (!valid) return this.close()
    if (this.state === 'open') return
    this.state = 'open'
    zk.sessionOpened(this)
    this.enableRecv()
  }

  /** `zxid` is the server's position, `err` 0 or a code of KeeperException. */
  sendReply(xid: number, zxid: Zxid, err: number, result: Result | null): void {
    if (this.state === 'closed') return
    const { host, config } = this.factory
    this.send(Object.freeze({ type: 'REPLY', xid, zxid, err, result }))
    host.tell(
      Object.freeze({ type: 'replied', peer: config.myid, sessionId: this.sessionId, xid, zxid, err }),
    )
    if (xid > 0) this.countReply()
  }

  /** A watch has fired. Java: process(WatchedEvent) */
  sendWatchEvent(event: WatchEventType, path: string, zxid: Zxid): void {
    if (this.state === 'closed') return
    this.send(Object.freeze({ type: 'WATCHEREVENT', zxid, event, path }))
  }

  /** Closes behind what was sent. Java: close, and sendCloseSession. */
  close(): void {
    if (this.state === 'closed') return
    this.factory.host.hangUp(this.connection)
    this.forget()
  }

  private forget(): void {
    this.state = 'closed'
    this.held = null
    this.factory.removeCnxn(this)
  }

  private send(packet: ClientPacket): void {
    this.factory.host.send(this.connection, packet)
    this.packetsSent += 1
    if (this.factory.server !== null) this.factory.server.packetsSent += 1
    this.factory.touchCnxn(this)
  }
}
