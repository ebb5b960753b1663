import { authenticate, isAuthenticatedEnough } from '../auth/authenticate.ts'
import { authWriteRequest } from '../auth/authWriteRequest.ts'
import type { Cast } from '../cast.ts'
import type { Dispatcher } from '../Dispatcher.ts'
import type { ProcessTxnResult } from '../database/DataTree.ts'
import { type Bytes, NO_SESSION, type SessionId, type Txn } from '../database/txns.ts'
import type { ZKDatabase } from '../database/ZKDatabase.ts'
import type { DiskError, Host, ThreadName } from '../Host.ts'
import { decodeRequest, hasSaslToken } from '../jute/decodeRequest.ts'
import { keeperErrors } from '../keeperErrors.ts'
import { OpCode } from '../opcodes.ts'
import type { PeerConfig } from '../PeerConfig.ts'
import type { Operation, OperationOf, PacketOf } from '../packets.ts'
import { Request } from '../processors/Request.ts'
import type { RequestProcessor } from '../processors/RequestProcessor.ts'
import type { RequestTypes } from '../processors/RequestTypes.ts'
import type { Watches } from '../watch/Watches.ts'
import type { Sid, Zxid } from '../zxid.ts'
import type { ServerCnxn } from './ServerCnxn.ts'
import type { ServerCnxnFactory } from './ServerCnxnFactory.ts'
import type { SessionExpirer } from './SessionTracker.ts'
import type { SessionTracking } from './SessionTracking.ts'
import { checkPasswd } from './sessionIds.ts'

/** The process that a server is a part of: a QuorumPeer, or a StandaloneServer. */
export interface ServerHome {
  readonly host: Host
  readonly dispatcher: Dispatcher
  readonly config: PeerConfig
  readonly cast: Cast
  readonly zkDb: ZKDatabase
  readonly cnxnFactory: ServerCnxnFactory
  /**
   * What `ZooKeeperServer.shutdown` began is done; comes once, perhaps before it returns. From here on
   * nothing of the server touches the database: it is the home that brings the memory up to the log.
   */
  serverStopped(): void
  /** The disk did not take what must be on it. */
  diskFailed(error: DiskError, what: string): never
}

/** What a server is, as the four-letter words say it. Java: ServerStats.getServerState */
export type ServerMode = 'standalone' | 'leader' | 'follower' | 'observer' | 'read-only'

const { AUTHFAILED, OK, SESSIONCLOSEDREQUIRESASLAUTH, UNIMPLEMENTED } = keeperErrors

const CLOSE_SESSION: Operation = Object.freeze({ type: 'closeSession' })

/**
 * What answers clients while a role lasts: sessions, and a pipeline of processors that ends in the database.
 *
 * Java: ZooKeeperServer, QuorumZooKeeperServer. There `shutdown` blocks until the sync thread has written and
 * forced all it had; here that takes time, and `ServerHome.serverStopped` tells when it is done. The
 * throttler is left out: off by default, and without it a request goes straight to the first processor.
 */
export abstract class ZooKeeperServer implements SessionExpirer {
  readonly home: ServerHome
  readonly host: Host
  readonly dispatcher: Dispatcher
  readonly config: PeerConfig
  readonly cast: Cast
  readonly zkDb: ZKDatabase
  readonly sid: Sid
  readonly watches: Watches
  private readonly requestTypes: RequestTypes
  /** Java: ZooKeeperServer.State */
  state: 'INITIAL' | 'RUNNING' | 'ERROR' | 'SHUTDOWN' = 'INITIAL'
  /** The last zxid that was given out. */
  hzxid: Zxid = 0
  /** A committed transaction did not follow the one before: it is applied, and nothing is said of it. */
  brokenOff = false
  /** Requests of clients in the pipeline. */
  inProcess = 0
  packetsReceived = 0
  packetsSent = 0
  protected firstProcessor: RequestProcessor | null = null
  private stopping = false

  constructor(home: ServerHome) {
    this.home = home
    this.host = home.host
    this.dispatcher = home.dispatcher
    this.config = home.config
    this.cast = home.cast
    this.zkDb = home.zkDb
    this.sid = home.config.myid
    this.watches = new home.cast.Watches(home.config, home.cast)
    this.requestTypes = new home.cast.RequestTypes()
  }

  abstract readonly serverState: ServerMode
  abstract readonly sessionTracker: SessionTracking

  /** Builds the pipeline of this role, last processor first, and sets `firstProcessor`. */
  protected abstract setupRequestProcessors(): void

  /** Replaces the tracker by one that knows the sessions that the database knows now. */
  abstract createSessionTracker(): void

  /** Serves: clients may come, and threads run. */
  get running(): boolean {
    return this.state === 'RUNNING' && !this.stopping
  }

  startup(): void {
    this.sessionTracker.start()
    this.setupRequestProcessors()
    this.state = this.brokenOff ? 'ERROR' : 'RUNNING'
  }

  /**
   * Stops the processors, the sync thread only after it has written, forced and passed on what it had
   * (ZOOKEEPER-4712: memory is brought up to the log behind that). Ends in `ServerHome.serverStopped`.
   */
  shutdown(): void {
    if (this.stopping) return
    this.stopping = true
    if (this.state === 'RUNNING' || this.state === 'ERROR') this.shutdownComponents()
    else this.componentsStopped()
  }

  /** Leads, perhaps later, to `syncStopped`. */
  protected shutdownComponents(): void {
    this.sessionTracker.shutdown()
    // The chain of a leader and of a standalone server contains the sync processor: `syncStopped` comes out
    // of it.
    this.firstProcessor?.shutdown()
  }

  /** The sync processor is through with its shutdown. */
  syncStopped(): void {
    this.componentsStopped()
  }

  protected componentsStopped(): void {
    this.state = 'SHUTDOWN'
    this.home.serverStopped()
  }

  // ── what goes wrong ──

  /** The loops of leader and learner look at `running`. Java: ZooKeeperServerListenerImpl.notifyStopping */
  threadDied(thread: ThreadName, reason: string): void {
    this.host.tell(Object.freeze({ type: 'threadDied', peer: this.sid, thread, reason }))
    if (this.state === 'RUNNING') this.state = 'ERROR'
  }

  /** Java: the same as any death of a thread; here the process ends, see QuorumPeer.diskFailed. */
  diskFailed(error: DiskError, what: string): never {
    return this.home.diskFailed(error, what)
  }

  // ── sessions ──

  processConnectRequest(cnxn: ServerCnxn, request: PacketOf<'CONNECT'>): void {
    // The client has seen more than we have: here it would go back in time.
    if (request.lastZxidSeen > this.zkDb.lastProcessedZxid) return cnxn.close()
    const { minSessionTimeout, maxSessionTimeout } = this.config
    cnxn.sessionTimeout = Math.min(Math.max(request.timeout, minSessionTimeout), maxSessionTimeout)
    if (request.sessionId === NO_SESSION) return this.createSession(cnxn)
    if (!this.validateSession(cnxn, request)) return
    // Before the password is looked at: a wrong one ends the living connection too.
    this.home.cnxnFactory.closeSession(request.sessionId)
    this.home.cnxnFactory.addSession(request.sessionId, cnxn)
    this.reopenSession(cnxn, request)
  }

  /** Whether a session may come back here at all; if not, the connection is closed. */
  protected validateSession(_cnxn: ServerCnxn, _request: PacketOf<'CONNECT'>): boolean {
    return true
  }

  protected createSession(cnxn: ServerCnxn): void {
    const timeout = cnxn.sessionTimeout
    const sessionId = this.sessionTracker.createSession(timeout)
    this.home.cnxnFactory.addSession(sessionId, cnxn)
    this.submitRequest(
      new Request(cnxn, sessionId, 0, Object.freeze({ type: 'createSession', timeout }), null),
    )
  }

  protected reopenSession(cnxn: ServerCnxn, request: PacketOf<'CONNECT'>): void {
    if (!checkPasswd(request.sessionId, request.password)) return this.finishSessionInit(cnxn, false)
    this.revalidateSession(cnxn, request.sessionId, cnxn.sessionTimeout)
  }

  protected revalidateSession(cnxn: ServerCnxn, sessionId: SessionId, timeout: number): void {
    this.finishSessionInit(cnxn, this.sessionTracker.touchSession(sessionId, timeout))
  }

  finishSessionInit(cnxn: ServerCnxn, valid: boolean): void {
    cnxn.finishSessionInit(this, valid)
  }

  /** The handshake has ended well. */
  sessionOpened({ sessionId, sessionTimeout }: ServerCnxn): void {
    const local = this.sessionTracker.isLocalSession(sessionId)
    this.host.tell(
      Object.freeze({ type: 'sessionOpened', peer: this.sid, sessionId, timeout: sessionTimeout, local }),
    )
  }

  /** The session tracker found that a session is due. */
  expire(sessionId: SessionId, timeout: number, untouched: number): void {
    const local = this.sessionTracker.isLocalSession(sessionId)
    this.host.tell(
      Object.freeze({ type: 'sessionExpired', peer: this.sid, sessionId, timeout, untouched, local }),
    )
    this.submitRequest(new Request(null, sessionId, 0, CLOSE_SESSION, null))
  }

  // ── requests ──

  /** Java: processPacket, submitRequest. Authentication is dealt with here, before requests that came first are. */
  processPacket(cnxn: ServerCnxn, xid: number, op: Operation): void {
    if (op.type === 'raw') return this.processRaw(cnxn, xid, op)
    if (op.type === 'auth') return this.processAuth(cnxn, xid, op)
    if (!isAuthenticatedEnough(this.config, cnxn.authInfo)) {
      cnxn.sendReply(xid, 0, SESSIONCLOSEDREQUIRESASLAUTH.code, null)
      return cnxn.close()
    }
    this.submitRequest(new Request(cnxn, cnxn.sessionId, xid, op, 'leader', cnxn.authInfo))
  }

  private processRaw(cnxn: ServerCnxn, xid: number, raw: OperationOf<'raw'>): void {
    const { opcode } = raw
    if (opcode === OpCode.sasl) return this.processSasl(cnxn, xid, raw.body)
    const op = decodeRequest(opcode, raw.body)
    // An auth packet is read at the door, where an error costs the connection.
    if (opcode === OpCode.auth && op.type !== 'auth') return cnxn.close()
    this.processPacket(cnxn, xid, op)
  }

  /** Nothing is set up for this handshake: it comes to nothing, and is answered. Java: processSasl */
  private processSasl(cnxn: ServerCnxn, xid: number, body: Bytes): void {
    if (!hasSaslToken(body)) return cnxn.close()
    cnxn.sendReply(xid, 0, OK.code, null)
  }

  private processAuth(cnxn: ServerCnxn, xid: number, { scheme, auth }: OperationOf<'auth'>): void {
    const ids = authenticate(this.config, scheme, auth, cnxn.remoteAddress)
    if (ids !== null) {
      cnxn.addAuthInfo(ids)
      return cnxn.sendReply(xid, 0, OK.code, null)
    }
    cnxn.sendReply(xid, 0, AUTHFAILED.code, null)
    cnxn.close()
  }

  /** Java: submitRequestNow. A request of a session that is gone is dropped without an answer. */
  submitRequest(request: Request): void {
    const { cnxn, op } = request
    if (this.firstProcessor === null) return
    if (cnxn !== null) {
      if (!this.sessionTracker.touchSession(cnxn.sessionId, cnxn.sessionTimeout)) return
      if (op !== null && !this.requestTypes.isValid(op)) return this.refuseUnimplemented(cnxn, request)
      this.inProcess += 1
    }
    this.setLocalSessionFlag(request)
    this.firstProcessor.processRequest(request)
  }

  /** Whether a write may go to the pipeline, as far as one can say before. Java: authWriteRequest */
  authWriteRequest(request: Request): boolean {
    const { cnxn, op } = request
    if (!this.config.enableEagerACLCheck || op === null) return true
    const err = authWriteRequest(this.config, this.zkDb.tree, op, request.authInfo)
    if (err === OK.code) return true
    if (cnxn !== null) {
      this.inProcess -= 1
      cnxn.sendReply(request.cxid, 0, err, null)
    }
    return false
  }

  /** A request has come to the end, and is about to be answered. A session that only this server knows ends here. */
  leftPipeline(request: Request): void {
    if (request.cnxn !== null) this.inProcess -= 1
    if (!request.isLocalSession || request.op?.type !== 'closeSession') return
    this.sessionTracker.removeSession(request.sessionId)
    if (request.cnxn === null) this.home.cnxnFactory.closeSession(request.sessionId)
  }

  /** Whether a connection with so many requests under way is read no further for now. */
  shouldThrottle(outstanding: number): boolean {
    return this.inProcess > this.globalOutstandingLimit && outstanding > 0
  }

  protected get globalOutstandingLimit(): number {
    return this.config.globalOutstandingLimit
  }

  /** Says of requests that open or close a session that only this server knows it. */
  protected setLocalSessionFlag(_request: Request): void {}

  /** Java: UnimplementedRequestProcessor */
  private refuseUnimplemented(cnxn: ServerCnxn, request: Request): void {
    cnxn.sendReply(request.cxid, request.zxid, UNIMPLEMENTED.code, null)
    cnxn.close()
  }

  /** A connection of a client is gone. */
  removeCnxn(cnxn: ServerCnxn): void {
    this.watches.removeCnxn(cnxn)
  }

  /** Applies a committed transaction: sessions first, then the database; watches hear of it before anybody is answered. */
  processTxn(txn: Txn): ProcessTxnResult {
    const { body } = txn
    if (body.type === 'createSession') this.sessionTracker.commitSession(txn.sessionId, body.timeout)
    else if (body.type === 'closeSession') this.sessionTracker.removeSession(txn.sessionId)
    const result = this.zkDb.processTxn(txn)
    this.watches.trigger(result.changes, txn.zxid)
    if (!this.zkDb.addCommittedProposal(txn)) this.stopApplying()
    return result
  }

  /**
   * What is to be applied does not follow what is. Java: an exception that ends the commit processor.
   * ZOOKEEPER-4925
   */
  protected stopApplying(): void {
    this.brokenOff = true
    this.threadDied('commit', 'a committed proposal does not follow the one before')
  }
}
