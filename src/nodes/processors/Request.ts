import { begin, type Copy, finish, type TwoStep, type Unfinished } from '../../base/forkable.ts'
import { type Id, NO_IDS } from '../acl.ts'
import type { SessionId, Txn } from '../database/txns.ts'
import type { Operation } from '../packets.ts'
import type { LearnerHandler } from '../quorum/LearnerHandler.ts'
import type { ServerCnxn } from '../server/ServerCnxn.ts'
import type { Zxid } from '../zxid.ts'

/**
 * The identity that owns a session at the leader: itself for its own clients, else the handler of a learner.
 */
export type SessionOwner = 'leader' | LearnerHandler

/**
 * What goes down a pipeline. Mutable, as in Java: prep adds the transaction, commit the one that was agreed
 * on.
 */
export class Request implements TwoStep {
  /** The client's connection where this server has it; the reply goes there. */
  readonly cnxn: ServerCnxn | null
  readonly sessionId: SessionId
  readonly cxid: number
  /** Null for a transaction that came from the leader: only `txn` says what it does. */
  readonly op: Operation | null
  /** Who speaks for the session at the leader; null where nobody asks. */
  readonly owner: SessionOwner | null
  /** Who the client is, by all that it had proved when it asked. */
  readonly authInfo: readonly Id[]
  /** Of a session that only its server knows. Java: Request.isLocalSession */
  isLocalSession = false
  /** The learner that asked for a sync, at the leader. Java: LearnerSyncRequest */
  syncFor: LearnerHandler | null = null
  /** Null for reads, and for writes that prep has not seen. */
  txn: Txn | null = null
  zxid: Zxid = -1
  /**
   * The code with which prep refused a request that makes no transaction; 0 for none. Java: Request.exception
   */
  err = 0

  constructor(
    cnxn: ServerCnxn | null,
    sessionId: SessionId,
    cxid: number,
    op: Operation | null,
    owner: SessionOwner | null,
    authInfo: readonly Id[] = NO_IDS,
  ) {
    this.cnxn = cnxn
    this.sessionId = sessionId
    this.cxid = cxid
    this.op = op
    this.owner = owner
    this.authInfo = authInfo
  }

  /** A request made of a transaction that the leader sent. */
  static of(txn: Txn): Request {
    const request = new Request(null, txn.sessionId, txn.cxid, null, null)
    request.txn = txn
    request.zxid = txn.zxid
    return request
  }

  [begin](): this {
    const copy = new Request(null, this.sessionId, this.cxid, this.op, null, this.authInfo)
    copy.txn = this.txn
    copy.zxid = this.zxid
    copy.err = this.err
    copy.isLocalSession = this.isLocalSession
    return copy as this
  }

  [finish](into: this, copy: Copy): void {
    const own: Unfinished<Request> = into
    own.cnxn = copy(this.cnxn)
    own.owner = copy(this.owner)
    into.syncFor = copy(this.syncFor)
  }

  describe(): string {
    return `${this.op?.type ?? this.txn?.body.type ?? '?'} session=${this.sessionId} cxid=${this.cxid}`
  }
}
