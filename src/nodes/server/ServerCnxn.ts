import { begin, type Copy, finish, type TwoStep, type Unfinished } from '../../base/forkable.ts'
import type { ConnectionOwner } from '../ConnectionOwner.ts'
import { NO_SESSION, type SessionId } from '../database/txns.ts'
import type { Connection } from '../Host.ts'
import type { ClientPacket, Packet, Result } from '../packets.ts'
import type { Zxid } from '../zxid.ts'
import { type Expiring, NEVER } from './ExpiryQueue.ts'
import type { ServerCnxnFactory } from './ServerCnxnFactory.ts'
import { generatePasswd } from './sessionIds.ts'

/**
 * What a connection may be idle, in milliseconds, before it has a session. Java:
 * zookeeper.nio.sessionlessCnxnTimeout
 */
export const SESSIONLESS_TIMEOUT = 10_000

const NOTHING: readonly never[] = Object.freeze([])

const NO_PASSWORD = '\0'.repeat(16)

/**
 * A client's connection, at the server's end: the handshake, then requests in and replies out, in order.
 *
 * Java: ServerCnxn, NIOServerCnxn. Between the CONNECT and its answer Java stops to read the socket
 * (disableRecv); here what arrives meanwhile is held. There is no back-pressure: a reply is taken even when
 * the send buffer is full.
 */
export class ServerCnxn implements ConnectionOwner, Expiring, TwoStep {
  readonly connection: Connection
  sessionId: SessionId = NO_SESSION
  /** Milliseconds, as negotiated. */
  sessionTimeout = SESSIONLESS_TIMEOUT
  expiresAt = NEVER
  private factory: ServerCnxnFactory
  private state: 'expectConnect' | 'expectSession' | 'open' | 'closed' = 'expectConnect'
  private held: readonly ClientPacket[] = NOTHING

  constructor(factory: ServerCnxnFactory, connection: Connection) {
    this.factory = factory
    this.connection = connection
  }

  [begin](): this {
    const copy = new ServerCnxn(this.factory, this.connection)
    copy.sessionId = this.sessionId
    copy.sessionTimeout = this.sessionTimeout
    copy.expiresAt = this.expiresAt
    copy.state = this.state
    copy.held = this.held
    return copy as this
  }

  [finish](into: this, copy: Copy): void {
    const own: Unfinished<ServerCnxn> = into
    own.connection = copy(this.connection)
    into.factory = copy(this.factory)
  }

  get closed(): boolean {
    return this.state === 'closed'
  }

  onConnected(_connection: Connection): void {}
  onRefused(_connection: Connection): void {}
  onWritable(_connection: Connection): void {}

  onPacket(_connection: Connection, packet: Packet): void {
    if (this.state === 'closed') return
    const zk = this.factory.server
    if (zk === null || !zk.running) return this.close()
    this.factory.touchCnxn(this)
    if (this.state === 'open' && packet.type === 'CLIENTREQUEST') {
      zk.processPacket(this, packet.xid, packet.op)
    } else if (this.state === 'expectConnect' && packet.type === 'CONNECT') {
      this.state = 'expectSession'
      zk.processConnectRequest(this, packet)
    } else if (this.state === 'expectSession' && packet.type === 'CLIENTREQUEST') {
      this.held = Object.freeze([...this.held, packet])
    } else {
      this.close()
    }
  }

  onClosed(_connection: Connection): void {
    this.forget()
  }

  /** Ends the handshake; an invalid session is told so and the connection closed. Java: finishSessionInit */
  finishSessionInit(valid: boolean): void {
    if (this.state !== 'expectSession') return
    this.send(
      Object.freeze({
        type: 'CONNECTED',
        timeout: valid ? this.sessionTimeout : 0,
        sessionId: valid ? this.sessionId : NO_SESSION,
        password: valid ? generatePasswd(this.sessionId) : NO_PASSWORD,
        readOnly: false,
      }),
    )
    if (!valid) return this.close()
    this.state = 'open'
    const { held } = this
    this.held = NOTHING
    for (const packet of held) this.onPacket(this.connection, packet)
  }

  /** `zxid` is the server's position, `err` 0 or a code of KeeperException. */
  sendReply(xid: number, zxid: Zxid, err: number, result: Result | null): void {
    if (this.state === 'closed') return
    const { host, config } = this.factory
    this.send(Object.freeze({ type: 'REPLY', xid, zxid, err, result }))
    host.tell(
      Object.freeze({ type: 'replied', peer: config.myid, sessionId: this.sessionId, xid, zxid, err }),
    )
  }

  /** Closes behind what was sent. Java: close, and sendCloseSession. */
  close(): void {
    if (this.state === 'closed') return
    this.factory.host.hangUp(this.connection)
    this.forget()
  }

  private forget(): void {
    this.state = 'closed'
    this.held = NOTHING
    this.factory.removeCnxn(this)
  }

  private send(packet: ClientPacket): void {
    this.factory.host.send(this.connection, packet)
    this.factory.touchCnxn(this)
  }
}
