import type { DataTree } from '../database/DataTree.ts'
import { makeTxn, NO_SESSION, type TxnBody } from '../database/txns.ts'
import { keeperErrors } from '../keeperErrors.ts'
import { MICROS_PER_MILLI } from '../PeerConfig.ts'
import type { CreateOperation, Operation, OperationOf } from '../packets.ts'
import { isSpecialPath, isValidPath, parentPath } from '../server/paths.ts'
import type { SessionChecking } from '../server/SessionTracking.ts'
import type { ZooKeeperServer } from '../server/ZooKeeperServer.ts'
import type { Zxid } from '../zxid.ts'
import { CriticalThread } from './CriticalThread.ts'
import { GhostChildren } from './GhostChildren.ts'
import type { Request } from './Request.ts'
import type { RequestProcessor } from './RequestProcessor.ts'
import { XidRolloverException } from './XidRolloverException.ts'

/** A transaction's body, or the code with which it is refused. */
type Prepared = TxnBody | number

const { BADARGUMENTS, BADVERSION, NOCHILDRENFOREPHEMERALS, NODEEXISTS, NONODE, NOTEMPTY, OK } = keeperErrors

/**
 * Turns each request that writes into a transaction: gives it a zxid, and decides whether it will succeed. A
 * refused one becomes a transaction as well, of type error, which is logged and committed like any other.
 *
 * Java: PrepRequestProcessor. There `outstandingChanges` lists what was prepared and is not applied yet; here
 * it is the tree itself with all that applied, another immutable value beside the committed one. When its
 * transactions are committed, the database finds the same trees again (SharedApply), so that they are
 * computed once.
 */
export class PrepRequestProcessor extends CriticalThread<Request> implements RequestProcessor {
  /** The committed tree and all outstanding changes. */
  protected outstanding: DataTree
  private readonly ghosts = new GhostChildren()
  private readonly sessions: SessionChecking
  private readonly next: RequestProcessor

  constructor(zks: ZooKeeperServer, sessions: SessionChecking, next: RequestProcessor) {
    super(zks, 'prep')
    this.sessions = sessions
    this.next = next
    this.outstanding = zks.zkDb.tree
  }

  processRequest(request: Request): void {
    this.offer(request)
  }

  shutdown(): void {
    this.stop()
    this.next.shutdown()
  }

  protected override take(request: Request): void {
    this.pRequest(request)
    request.zxid = this.zks.hzxid
    try {
      this.next.processRequest(request)
    } catch (error) {
      // The leader has given up already, and this thread is stopped with its server.
      if (!(error instanceof XidRolloverException)) throw error
    }
  }

  protected pRequest(request: Request): void {
    const { op } = request
    if (op === null) return
    switch (op.type) {
      case 'create':
      case 'delete':
      case 'setData':
      case 'createSession':
      case 'closeSession':
        return this.makeTxn(request, op)
      case 'exists':
      case 'getData':
      case 'getChildren':
      case 'sync':
      case 'ping':
        request.err = this.sessions.checkSession(request.sessionId, request.owner)
    }
  }

  /** The zxid is spent whether the request is refused or not: one zxid, one proposal. */
  private makeTxn(request: Request, op: Operation): void {
    const { sessionId, cxid } = request
    const zxid = this.getNextZxid()
    const time = Math.floor(this.host.wallClock / MICROS_PER_MILLI)
    const prepared = this.prepare(request, op, zxid)
    if (typeof prepared === 'number') {
      request.txn = makeTxn(zxid, sessionId, cxid, time, { type: 'error', err: prepared })
      return
    }
    request.txn = makeTxn(zxid, sessionId, cxid, time, prepared)
    this.outstanding = this.zks.zkDb.shared.apply(this.outstanding, request.txn).tree
  }

  private getNextZxid(): Zxid {
    this.zks.hzxid += 1
    return this.zks.hzxid
  }

  /** Java: pRequest2Txn */
  private prepare(request: Request, op: Operation, zxid: Zxid): Prepared {
    switch (op.type) {
      case 'createSession':
        return this.createSession(request, op)
      case 'closeSession':
        return this.closeSession(request, zxid)
      case 'create':
        return this.checkSession(request) || this.create(op, zxid)
      case 'delete':
        return this.checkSession(request) || this.delete(op, zxid)
      case 'setData':
        return this.checkSession(request) || this.setData(op, zxid)
      default:
        return BADARGUMENTS.code
    }
  }

  private get applied(): Zxid {
    return this.zks.zkDb.lastProcessedZxid
  }

  private checkSession(request: Request): number {
    return this.sessions.checkSession(request.sessionId, request.owner)
  }

  /** Java: pRequest2TxnCreate */
  protected create(op: CreateOperation, zxid: Zxid): Prepared {
    const parent = parentPath(op.path)
    if (parent === null) return BADARGUMENTS.code
    const parentNode = this.outstanding.get(parent)
    if (parentNode === undefined) return NONODE.code
    const { cversion, ephemeralOwner } = parentNode.stat
    const path = isSequential(op) ? op.path + sequentialSuffix(cversion) : op.path
    if (!isValidPath(path)) return BADARGUMENTS.code
    if (this.outstanding.get(path) !== undefined) return NODEEXISTS.code
    if (ephemeralOwner !== NO_SESSION) return NOCHILDRENFOREPHEMERALS.code
    this.ghosts.changed(parent, zxid, this.applied)
    const ephemeral = op.flags === 1 || op.flags === 3
    return {
      type: 'create',
      path,
      data: op.data,
      acl: op.acl ?? [],
      ephemeral,
      parentCVersion: (cversion + 1) | 0,
    }
  }

  protected delete(op: OperationOf<'delete'>, zxid: Zxid): Prepared {
    const { path } = op
    const parent = parentPath(path)
    if (parent === null || isSpecialPath(path)) return BADARGUMENTS.code
    if (this.outstanding.get(parent) === undefined) return NONODE.code
    const node = this.outstanding.get(path)
    if (node === undefined) return NONODE.code
    if (!versionMatches(node.stat.version, op.version)) return BADVERSION.code
    if (node.children.size > 0 || this.ghosts.has(path, this.applied)) return NOTEMPTY.code
    this.ghosts.changed(parent, zxid, this.applied)
    return { type: 'delete', path }
  }

  protected setData(op: OperationOf<'setData'>, zxid: Zxid): Prepared {
    const { path } = op
    if (!isValidPath(path)) return BADARGUMENTS.code
    const node = this.outstanding.get(path)
    if (node === undefined) return NONODE.code
    if (!versionMatches(node.stat.version, op.version)) return BADVERSION.code
    this.ghosts.changed(path, zxid, this.applied)
    return { type: 'setData', path, data: op.data, version: this.nextVersion(node.stat.version) }
  }

  /** Versions wrap, and step over -1, which would mean any version: ZOOKEEPER-4743 */
  protected nextVersion(version: number): number {
    const next = (version + 1) | 0
    return next === -1 ? 0 : next
  }

  /** The session is tracked from here on; the database learns of it with the commit. */
  private createSession(request: Request, op: OperationOf<'createSession'>): Prepared {
    this.sessions.trackSession(request.sessionId, op.timeout)
    const err = this.sessions.setOwner(request.sessionId, request.owner)
    return err === OK.code ? { type: 'createSession', timeout: op.timeout } : err
  }

  /**
   * Not refused for its session: the expirer asks for it, who owns none. Java deletes in hash order, here it
   * is sorted.
   */
  protected closeSession(request: Request, zxid: Zxid): Prepared {
    const paths = this.outstanding.ephemerals(request.sessionId)
    for (const path of paths) this.ghosts.add(parentPath(path) ?? '/', zxid, this.applied)
    this.sessions.setSessionClosing(request.sessionId)
    return { type: 'closeSession', paths: Object.freeze(paths) }
  }
}

function isSequential(op: CreateOperation): boolean {
  return op.flags === 2 || op.flags === 3
}

/** Java: `String.format("%010d", cversion)`; a sign counts in the width. */
function sequentialSuffix(cversion: number): string {
  return cversion < 0 ? `-${String(-cversion).padStart(9, '0')}` : String(cversion).padStart(10, '0')
}

/** -1 matches any. */
function versionMatches(version: number, expected: number): boolean {
  return expected === -1 || expected === version
}
