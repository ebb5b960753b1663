import { type AclList, Perms } from '../acl.ts'
import { checkACL } from '../auth/checkACL.ts'
import { fixupACL } from '../auth/fixupACL.ts'
import { type CreateMode, createModeOf } from '../createFlags.ts'
import { apply } from '../database/apply.ts'
import type { DataTree } from '../database/DataTree.ts'
import { ephemeralTypeOf, isTtlMode, isValidTtl } from '../database/ephemeralType.ts'
import { type Created, makeTxn, type SubTxn, type TxnBody } from '../database/txns.ts'
import type { ZNode } from '../database/ZNode.ts'
import { keeperErrors } from '../keeperErrors.ts'
import { MICROS_PER_MILLI } from '../PeerConfig.ts'
import type { CreateOperation, MultiWrite, Operation, OperationOf } from '../packets.ts'
import { isSpecialPath, isValidPath, parentPath } from '../server/paths.ts'
import type { SessionChecking } from '../server/SessionTracking.ts'
import type { ZooKeeperServer } from '../server/ZooKeeperServer.ts'
import type { Zxid } from '../zxid.ts'
import { CriticalThread } from './CriticalThread.ts'
import { checkQuota, lengthOf } from './checkQuota.ts'
import { isQuorumRequest } from './isQuorumRequest.ts'
import { multiOperation } from './multiOperation.ts'
import { prepReconfig } from './prepReconfig.ts'
import type { Request } from './Request.ts'
import type { RequestProcessor } from './RequestProcessor.ts'
import { StaleRecords } from './StaleRecords.ts'
import { XidRolloverException } from './XidRolloverException.ts'

/** A transaction's body, or the code with which it is refused. */
type Prepared<Body extends TxnBody = TxnBody> = Body | number

const {
  BADARGUMENTS,
  BADVERSION,
  INVALIDACL,
  MARSHALLINGERROR,
  NOAUTH,
  NOCHILDRENFOREPHEMERALS,
  NODEEXISTS,
  NONODE,
  NOTEMPTY,
  OK,
  RUNTIMEINCONSISTENCY,
  UNIMPLEMENTED,
} = keeperErrors

/** What a create without a time to live has for one. Java: TTL -1 */
const NO_TTL = -1

const BEHIND_ERROR: SubTxn = Object.freeze({ type: 'error', err: RUNTIMEINCONSISTENCY.code })

/**
 * Turns each request that writes into a transaction: gives it a zxid, and decides whether it will succeed. A
 * refused one becomes a transaction as well, of type error, which is logged and committed like any other.
 *
 * Java: PrepRequestProcessor. There `outstandingChanges` lists what was prepared and is not applied yet; here
 * it is the tree itself with all that applied, another immutable value beside the committed one. When its
 * transactions are committed, the database finds the same trees again (SharedApply), so that they are
 * computed once.
 *
 * Two things that Java's list has wrong are kept, since clients can see them. A session's end does not count down the
 * children of a parent whose ephemerals go: a delete of the parent that comes close behind is refused (NOTEMPTY).
 * And setACL leaves the old list in place: what comes close behind is still judged by it.
 */
export class PrepRequestProcessor extends CriticalThread<Request> implements RequestProcessor {
  /** The committed tree and all outstanding changes. */
  protected outstanding: DataTree
  /** Nodes that seem to have children still. */
  private readonly ghostChildren = new StaleRecords<true>()
  /** Nodes that seem to have an earlier access control list still, by `recordOfParent` too. */
  private readonly oldAcls = new StaleRecords<AclList>()
  protected readonly sessions: SessionChecking
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
    if (isQuorumRequest(request)) this.makeTxn(request, op)
    else if (op.type !== 'createSession' && op.type !== 'closeSession')
      request.err = this.checkSession(request)
  }

  /** The zxid is spent whether the request is refused or not: one zxid, one proposal. */
  private makeTxn(request: Request, op: Operation): void {
    const { sessionId, cxid } = request
    const zxid = this.getNextZxid()
    const time = Math.floor(this.host.wallClock / MICROS_PER_MILLI)
    const prepared = this.pRequest2Txn(request, op, zxid, time)
    if (typeof prepared === 'number') {
      request.txn = makeTxn(zxid, sessionId, cxid, time, { type: 'error', err: prepared })
      return
    }
    request.txn = makeTxn(zxid, sessionId, cxid, time, prepared)
    this.addChangeRecords(prepared, zxid)
    this.outstanding = this.zks.zkDb.shared.apply(this.outstanding, request.txn).tree
  }

  private getNextZxid(): Zxid {
    this.zks.hzxid += 1
    return this.zks.hzxid
  }

  protected pRequest2Txn(request: Request, op: Operation, zxid: Zxid, time: number): Prepared {
    switch (op.type) {
      case 'create':
      case 'create2':
      case 'createContainer':
      case 'createTTL':
      case 'delete':
      case 'setData':
      case 'check':
        return this.prepareWrite(request, op)
      case 'setACL':
        return this.setACL(request, op)
      case 'multi':
        return this.multi(request, op, zxid, time)
      case 'deleteContainer':
        return this.deleteContainer(op)
      case 'reconfig':
        return this.reconfig(request, op, zxid)
      case 'createSession':
        return this.createSession(request, op)
      case 'closeSession':
        return this.closeSession(request)
      case 'unparsable':
        return op.err
      default:
        return BADARGUMENTS.code
    }
  }

  private prepareWrite(request: Request, op: MultiWrite): Prepared<SubTxn> {
    switch (op.type) {
      case 'delete':
        return this.delete(request, op)
      case 'setData':
        return this.setData(request, op)
      case 'check':
        return this.check(request, op)
      default:
        return this.create(request, op)
    }
  }

  private get applied(): Zxid {
    return this.zks.zkDb.lastProcessedZxid
  }

  private checkSession(request: Request): number {
    return this.sessions.checkSession(request.sessionId, request.owner)
  }

  // ── one operation each, what is wrong with it in the order in which it is looked for ──

  /** Java: pRequest2TxnCreate */
  protected create(request: Request, op: CreateOperation): Prepared<SubTxn> {
    const mode = createModeOf(op.flags)
    if (mode === undefined) return BADARGUMENTS.code
    const invalid = this.validateCreateRequest(request, op, mode)
    if (invalid !== OK.code) return invalid
    const parent = parentPath(op.path)
    if (parent === null) return BADARGUMENTS.code
    const acl = this.fixupACL(request, op.acl)
    if (acl === null) return INVALIDACL.code
    const parentNode = this.outstanding.get(parent)
    if (parentNode === undefined) return NONODE.code
    if (!this.mayChangeChildren(request, parent, parentNode, Perms.CREATE)) return NOAUTH.code
    const { cversion, ephemeralOwner } = parentNode.stat
    const path = isSequential(mode) ? op.path + sequentialSuffix(cversion) : op.path
    if (!isValidPath(path)) return BADARGUMENTS.code
    if (this.outstanding.has(path)) return NODEEXISTS.code
    if (ephemeralTypeOf(ephemeralOwner) === 'normal') return NOCHILDRENFOREPHEMERALS.code
    const exceeded = this.checkQuota(path, 1, lengthOf(op.data))
    if (exceeded !== OK.code) return exceeded
    // Java logs it, and ends the thread that applies it.
    if (op.type === 'createTTL' && op.ttl < 0) return BADARGUMENTS.code
    const created = { path, data: op.data, acl, parentCVersion: (cversion + 1) | 0 }
    return createTxn(op, mode, created)
  }

  private validateCreateRequest(request: Request, op: CreateOperation, mode: CreateMode): number {
    if (isTtlMode(mode) && !this.zks.config.extendedTypesEnabled) return UNIMPLEMENTED.code
    if (!isValidTtl(mode, op.type === 'createTTL' ? op.ttl : NO_TTL)) return BADARGUMENTS.code
    if (!isEphemeral(mode)) return this.checkSession(request)
    // Its own server could not make a global session of a local one.
    if (request.err !== OK.code) return request.err
    return this.sessions.checkGlobalSession(request.sessionId, request.owner)
  }

  protected delete(request: Request, op: OperationOf<'delete'>): Prepared<SubTxn> {
    const { path } = op
    const invalid = this.checkSession(request)
    if (invalid !== OK.code) return invalid
    const parent = this.parentOfDeleted(path)
    if (parent === null) return BADARGUMENTS.code
    const parentNode = this.outstanding.get(parent)
    if (parentNode === undefined) return NONODE.code
    if (!this.mayChangeChildren(request, parent, parentNode, Perms.DELETE)) return NOAUTH.code
    const node = this.outstanding.get(path)
    if (node === undefined) return NONODE.code
    if (!versionMatches(node.stat.version, op.version)) return BADVERSION.code
    return this.hasChildren(path, node) ? NOTEMPTY.code : { type: 'delete', path }
  }

  protected setData(request: Request, op: OperationOf<'setData'>): Prepared<SubTxn> {
    const { path, data } = op
    const invalid = this.checkSession(request)
    if (invalid !== OK.code) return invalid
    if (!isValidPath(path)) return BADARGUMENTS.code
    const node = this.outstanding.get(path)
    if (node === undefined) return NONODE.code
    if (!this.may(request, path, node, Perms.WRITE)) return NOAUTH.code
    const exceeded = this.checkQuota(path, 0, lengthOf(data) - lengthOf(node.data))
    if (exceeded !== OK.code) return exceeded
    if (!versionMatches(node.stat.version, op.version)) return BADVERSION.code
    return { type: 'setData', path, data, version: this.nextVersion(node.stat.version) }
  }

  protected setACL(request: Request, op: OperationOf<'setACL'>): Prepared {
    const { path } = op
    const invalid = this.checkSession(request)
    if (invalid !== OK.code) return invalid
    if (!isValidPath(path)) return BADARGUMENTS.code
    const acl = this.fixupACL(request, op.acl)
    if (acl === null) return INVALIDACL.code
    const node = this.outstanding.get(path)
    if (node === undefined) return NONODE.code
    if (!this.may(request, path, node, Perms.ADMIN)) return NOAUTH.code
    if (!versionMatches(node.stat.aversion, op.version)) return BADVERSION.code
    return { type: 'setACL', path, acl, version: this.nextVersion(node.stat.aversion) }
  }

  protected check(request: Request, op: OperationOf<'check'>): Prepared<SubTxn> {
    const { path } = op
    const invalid = this.checkSession(request)
    if (invalid !== OK.code) return invalid
    if (!isValidPath(path)) return BADARGUMENTS.code
    const node = this.outstanding.get(path)
    if (node === undefined) return NONODE.code
    if (!this.may(request, path, node, Perms.READ)) return NOAUTH.code
    if (!versionMatches(node.stat.version, op.version)) return BADVERSION.code
    return { type: 'check', path, version: this.nextVersion(node.stat.version) }
  }

  /** Nobody's session asks for it. */
  protected deleteContainer({ path }: OperationOf<'deleteContainer'>): Prepared {
    if (this.parentOfDeleted(path) === null) return BADARGUMENTS.code
    const node = this.outstanding.get(path)
    if (node === undefined) return NONODE.code
    if (this.hasChildren(path, node)) return NOTEMPTY.code
    if (ephemeralTypeOf(node.stat.ephemeralOwner) === 'normal') return BADVERSION.code
    return { type: 'deleteContainer', path }
  }

  /**
   * All parts under one zxid, each upon what those before it lead to. The first that fails takes them all with it; what
   * the ones before it would have done is logged all the same.
   */
  protected multi(request: Request, op: OperationOf<'multi'>, zxid: Zxid, time: number): Prepared {
    const { sessionId, cxid } = request
    const asked = op.ops.map((part) => this.multiOperation(part))
    if (asked.includes(null)) return MARSHALLINGERROR.code
    const before = this.outstanding
    const txns: SubTxn[] = []
    let refused = false
    for (const part of asked as readonly MultiWrite[]) {
      const prepared = refused ? BEHIND_ERROR : this.prepareWrite(request, part)
      if (typeof prepared === 'number') {
        refused = true
        txns.push(Object.freeze({ type: 'error', err: prepared }))
      } else {
        txns.push(Object.freeze(prepared))
        if (!refused)
          this.outstanding = apply(this.outstanding, makeTxn(zxid, sessionId, cxid, time, prepared)).tree
      }
    }
    this.outstanding = before
    // Not a refusal but an exception, which ends it as a whole.
    if (txns.some((txn) => txn.type === 'error' && txn.err === MARSHALLINGERROR.code))
      return MARSHALLINGERROR.code
    return { type: 'multi', txns: Object.freeze(txns) }
  }

  /** What a part of a multi is; null for one with which the whole fails. */
  protected multiOperation(op: MultiWrite): MultiWrite | null {
    return multiOperation(op)
  }

  protected reconfig(request: Request, op: OperationOf<'reconfig'>, zxid: Zxid): Prepared {
    return prepReconfig(this.zks, this.sessions, request, op, zxid, this.outstanding)
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
  protected closeSession(request: Request): Prepared {
    const paths = this.outstanding.ephemerals(request.sessionId)
    this.sessions.setSessionClosing(request.sessionId)
    return { type: 'closeSession', paths: Object.freeze(paths) }
  }

  // ── what they ask ──

  /** What the node is to have for a list; null for one that no node may have. */
  protected fixupACL(request: Request, acl: AclList | null): AclList | null {
    return fixupACL(this.zks.config, request.authInfo, acl)
  }

  /** `record`: the node's path; or, of the root as a parent, which has a record of its own, the empty one. */
  protected may(request: Request, record: string, node: ZNode, perm: number): boolean {
    const acl = this.oldAcls.get(record, this.applied) ?? node.acl
    return checkACL(this.zks.config, acl, perm, request.authInfo)
  }

  private mayChangeChildren(request: Request, path: string, node: ZNode, perm: number): boolean {
    return this.may(request, recordOfParent(path), node, perm)
  }

  private checkQuota(path: string, count: number, bytes: number): number {
    return this.zks.config.enforceQuota ? checkQuota(this.zks.zkDb.tree, path, count, bytes) : OK.code
  }

  private hasChildren(path: string, node: ZNode): boolean {
    return node.children.size > 0 || this.ghostChildren.get(path, this.applied) !== undefined
  }

  /** Null for what cannot be deleted. Java: getParentPathAndValidate */
  private parentOfDeleted(path: string): string | null {
    return isSpecialPath(path) ? null : parentPath(path)
  }

  /** Versions wrap, and step over -1, which would mean any version: ZOOKEEPER-4743 */
  protected nextVersion(version: number): number {
    const next = (version + 1) | 0
    return next === -1 ? 0 : next
  }

  // ── what remains of a change until it is applied ──

  /** Before `outstanding` has it. Java: addChangeRecord */
  protected addChangeRecords(body: TxnBody, zxid: Zxid): void {
    switch (body.type) {
      case 'create':
      case 'create2':
      case 'createContainer':
      case 'createTTL':
      case 'delete':
      case 'deleteContainer':
        return this.changed(recordOfParent(parentPath(body.path) ?? '/'), zxid)
      case 'setData':
      case 'reconfig':
        return this.changed(body.path, zxid)
      case 'setACL':
        this.changed(body.path, zxid)
        return this.keepOldAcl(body.path, zxid)
      case 'multi':
        if (body.txns.some((part) => part.type === 'error')) return
        for (const part of body.txns) this.addChangeRecords(part, zxid)
        return
      case 'closeSession':
        for (const path of body.paths) this.keepGhostChild(recordOfParent(parentPath(path) ?? '/'), zxid)
        return
      case 'check':
      case 'error':
      case 'createSession':
    }
  }

  private changed(record: string, zxid: Zxid): void {
    this.ghostChildren.changed(record, zxid, this.applied)
    this.oldAcls.changed(record, zxid, this.applied)
  }

  protected keepGhostChild(record: string, zxid: Zxid): void {
    this.changed(record, zxid)
    this.ghostChildren.set(record, true, zxid, this.applied)
  }

  protected keepOldAcl(path: string, zxid: Zxid): void {
    const acl = this.outstanding.get(path)?.acl
    if (acl === undefined) return
    for (const record of path === '/' ? ['/', recordOfParent('/')] : [path]) {
      const old = this.oldAcls.get(record, this.applied) ?? acl
      this.oldAcls.set(record, old, zxid, this.applied)
    }
  }
}

/** Java keeps two records of the root: under the empty path, what its children change of it. */
function recordOfParent(path: string): string {
  return path === '/' ? '' : path
}

function createTxn(op: CreateOperation, mode: CreateMode, created: Created): SubTxn {
  switch (op.type) {
    case 'createContainer':
      return { type: op.type, ...created }
    case 'createTTL':
      return { type: op.type, ...created, ttl: op.ttl }
    default:
      return { type: op.type, ...created, ephemeral: isEphemeral(mode) }
  }
}

function isEphemeral(mode: CreateMode): boolean {
  return mode === 'ephemeral' || mode === 'ephemeralSequential'
}

function isSequential(mode: CreateMode): boolean {
  return (
    mode === 'persistentSequential' || mode === 'ephemeralSequential' || mode === 'persistentSequentialTTL'
  )
}

/** Java: `String.format("%010d", cversion)`; a sign counts in the width. */
function sequentialSuffix(cversion: number): string {
  return cversion < 0 ? `-${String(-cversion).padStart(9, '0')}` : String(cversion).padStart(10, '0')
}

/** -1 matches any. */
function versionMatches(version: number, expected: number): boolean {
  return expected === -1 || expected === version
}
