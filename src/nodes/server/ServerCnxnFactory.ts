import { type Copy, type Forkable, fork } from '../../base/forkable.ts'
import type { Id } from '../acl.ts'
import type { Dispatcher, TimerOwner } from '../Dispatcher.ts'
import type { SessionId } from '../database/txns.ts'
import type { Connection, Host } from '../Host.ts'
import { MICROS_PER_MILLI, type PeerConfig } from '../PeerConfig.ts'
import { ExpiryQueue } from './ExpiryQueue.ts'
import { SESSIONLESS_TIMEOUT, ServerCnxn } from './ServerCnxn.ts'
import type { ZooKeeperServer } from './ZooKeeperServer.ts'

const TIMER = 'cnxnExpirer'

/** An address from which there are connections. */
class ClientAddress implements Forkable {
  /** Who anybody is that comes from there. */
  readonly authInfo: readonly Id[]
  count = 0

  constructor(authInfo: readonly Id[]) {
    this.authInfo = authInfo
  }

  [fork](_copy: Copy): this {
    const copy = new ClientAddress(this.authInfo)
    copy.count = this.count
    return copy as this
  }
}

function authInfoOf(address: string): readonly Id[] {
  return Object.freeze([Object.freeze({ scheme: 'ip', id: address })])
}

/**
 * The client port: all connections of clients, by connection and by session, and the clock that closes idle
 * ones.
 *
 * Java: ServerCnxnFactory, NIOServerCnxnFactory. It lives as long as the process. Without a server a
 * connection is accepted all the same and closed with its first packet, as there.
 */
export class ServerCnxnFactory implements TimerOwner {
  readonly host: Host
  readonly config: PeerConfig
  /** Who answers; null between two roles. */
  server: ZooKeeperServer | null = null
  private readonly dispatcher: Dispatcher
  private readonly cnxns = new Set<ServerCnxn>()
  private readonly sessionMap = new Map<SessionId, ServerCnxn>()
  private readonly ofAddress = new Map<string, ClientAddress>()
  private readonly idle: ExpiryQueue<ServerCnxn>

  constructor(node: { readonly host: Host; readonly dispatcher: Dispatcher; readonly config: PeerConfig }) {
    this.host = node.host
    this.dispatcher = node.dispatcher
    this.config = node.config
    this.idle = new ExpiryQueue(SESSIONLESS_TIMEOUT, this.nowMs())
  }

  /** Opens the client port. */
  start(): void {
    this.host.listen('client')
    this.awaitNextBucket()
  }

  /** A new server, or none: then every connection is closed. */
  setServer(server: ZooKeeperServer | null): void {
    if (server === null) this.closeAll()
    this.server = server
  }

  closeAll(): void {
    for (const cnxn of [...this.cnxns]) cnxn.close()
  }

  /** Java: NIOServerCnxnFactory.AcceptThread.doAccept */
  onAccepted(connection: Connection): void {
    const { remoteAddress } = connection
    const others = this.ofAddress.get(remoteAddress)
    const { maxClientCnxns } = this.config
    if (maxClientCnxns > 0 && others !== undefined && others.count >= maxClientCnxns) {
      return this.host.hangUp(connection)
    }
    const address = others ?? new ClientAddress(authInfoOf(remoteAddress))
    if (others === undefined) this.ofAddress.set(remoteAddress, address)
    address.count += 1
    const cnxn = new ServerCnxn(this, connection, address.authInfo)
    connection.attachment = cnxn
    this.cnxns.add(cnxn)
    this.touchCnxn(cnxn)
  }

  /** The connection of a session is this one from now on. */
  addSession(sessionId: SessionId, cnxn: ServerCnxn): void {
    cnxn.sessionId = sessionId
    this.sessionMap.set(sessionId, cnxn)
  }

  /** Closes the connection of a session. @returns whether there was one. */
  closeSession(sessionId: SessionId): boolean {
    const cnxn = this.sessionMap.get(sessionId)
    if (cnxn === undefined) return false
    cnxn.close()
    return true
  }

  touchCnxn(cnxn: ServerCnxn): void {
    if (!cnxn.closed) this.idle.update(cnxn, cnxn.sessionTimeout, this.nowMs())
  }

  removeCnxn(cnxn: ServerCnxn): void {
    if (!this.cnxns.delete(cnxn)) return
    this.server?.removeCnxn(cnxn)
    const address = this.ofAddress.get(cnxn.remoteAddress)
    if (address !== undefined) {
      address.count -= 1
      if (address.count === 0) this.ofAddress.delete(cnxn.remoteAddress)
    }
    this.idle.remove(cnxn)
    if (this.sessionMap.get(cnxn.sessionId) === cnxn) this.sessionMap.delete(cnxn.sessionId)
  }

  /** The open connections, oldest first. */
  get connections(): ReadonlySet<ServerCnxn> {
    return this.cnxns
  }

  onTimer(): void {
    for (let due = this.idle.poll(this.nowMs()); due !== null; due = this.idle.poll(this.nowMs())) {
      for (const cnxn of due) cnxn.close()
    }
    this.awaitNextBucket()
  }

  private awaitNextBucket(): void {
    const due = this.idle.nextExpirationTime * MICROS_PER_MILLI
    this.dispatcher.setTimer(TIMER, Math.max(1, due - this.host.now), this)
  }

  private nowMs(): number {
    return Math.floor(this.host.now / MICROS_PER_MILLI)
  }
}
