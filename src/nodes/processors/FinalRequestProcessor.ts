import { type AclList, aclList, Perms } from '../acl.ts'
import { getClientInfos } from '../auth/authenticate.ts'
import { checkACL } from '../auth/checkACL.ts'
import type { ProcessTxnResult, SubTxnResult } from '../database/DataTree.ts'
import type { Txn, TxnBody } from '../database/txns.ts'
import { statOf, type ZNode } from '../database/ZNode.ts'
import { keeperErrors } from '../keeperErrors.ts'
import {
  type MultiRead,
  type Operation,
  type OperationOf,
  type OpResult,
  PING_XID,
  type Result,
} from '../packets.ts'
import type { ServerCnxn } from '../server/ServerCnxn.ts'
import type { ZooKeeperServer } from '../server/ZooKeeperServer.ts'
import { AddWatchMode, WatcherType } from '../watch/watcherTypes.ts'
import type { Request } from './Request.ts'
import type { RequestProcessor } from './RequestProcessor.ts'

const { BADARGUMENTS, MARSHALLINGERROR, NOAUTH, NONODE, NOWATCHER, OK, SESSIONMOVED } = keeperErrors

/** What a request comes to: its result, null for one without a body, or the code with which it is refused. */
type Answer = Result | null | number

/** A read that may leave a watch. */
type WatchedRead = OperationOf<'exists' | 'getData' | 'getChildren' | 'getChildren2'>

/**
 * The end of every pipeline: applies what is committed, answers what was asked.
 *
 * Java: FinalRequestProcessor
 */
export class FinalRequestProcessor implements RequestProcessor {
  protected readonly zks: ZooKeeperServer

  constructor(zks: ZooKeeperServer) {
    this.zks = zks
  }

  processRequest(request: Request): void {
    const { cnxn, op, txn } = request
    const applied = txn === null ? null : this.applyTxn(request, txn)
    if (this.zks.brokenOff) return
    this.zks.leftPipeline(request)
    if (cnxn !== null && op !== null) this.reply(cnxn, request, op, applied)
  }

  shutdown(): void {}

  private applyTxn(request: Request, txn: Txn): ProcessTxnResult {
    const result = this.zks.processTxn(txn)
    const { host, sid, zkDb } = this.zks
    host.tell(Object.freeze({ type: 'delivered', peer: sid, txn, tree: zkDb.tree }))
    // Expired, or closed at another server: no reply, the connection is simply gone.
    if (request.cnxn === null && txn.body.type === 'closeSession') {
      this.zks.home.cnxnFactory.closeSession(txn.sessionId)
    }
    return result
  }

  private reply(cnxn: ServerCnxn, request: Request, op: Operation, applied: ProcessTxnResult | null): void {
    const refused = this.refusal(request, applied)
    // Whoever speaks for the session now is elsewhere. An answer would reach a client that has moved on,
    // ZOOKEEPER-710.
    if (refused === SESSIONMOVED.code) return cnxn.close()
    if (op.type === 'createSession' && refused === OK.code) return this.zks.finishSessionInit(cnxn, true)
    const answer = refused === OK.code ? this.answer(cnxn, request, op, applied) : refused
    const xid = op.type === 'ping' && refused === OK.code ? PING_XID : request.cxid
    const zxid = this.zks.zkDb.lastProcessedZxid
    if (typeof answer === 'number') cnxn.sendReply(xid, zxid, answer, null)
    else cnxn.sendReply(xid, zxid, OK.code, answer)
    if (op.type === 'closeSession') cnxn.close()
  }

  /** What this server itself had against the request comes first; then what the transaction says. */
  private refusal(request: Request, applied: ProcessTxnResult | null): number {
    const { err, txn } = request
    if (txn?.body.type === 'error') return err === OK.code ? txn.body.err : err
    if (err === SESSIONMOVED.code || applied?.results?.some(isMoved)) return SESSIONMOVED.code
    return request.op?.type === 'multi' ? OK.code : err
  }

  private answer(
    cnxn: ServerCnxn,
    request: Request,
    op: Operation,
    applied: ProcessTxnResult | null,
  ): Answer {
    if (applied !== null) return this.answerToWrite(applied, request.txn?.body ?? null)
    switch (op.type) {
      case 'exists':
        return this.exists(cnxn, request, op)
      case 'getData':
        return this.getData(cnxn, request, op)
      case 'getChildren':
      case 'getChildren2':
        return this.getChildren(cnxn, request, op)
      case 'getACL':
        return this.getACL(request, op.path)
      case 'getAllChildrenNumber':
        return this.getAllChildrenNumber(request, op.path)
      case 'getEphemerals':
        return this.getEphemerals(request, op)
      case 'multiRead':
        return this.multiRead(request, op)
      case 'sync':
        return Object.freeze({ type: 'sync', path: op.path })
      case 'whoAmI':
        return Object.freeze({
          type: 'whoAmI',
          clientInfo: getClientInfos(this.zks.config, request.authInfo),
        })
      case 'addWatch':
      case 'checkWatches':
      case 'removeWatches':
      case 'setWatches':
      case 'setWatches2':
        return this.answerAboutWatches(cnxn, op)
      case 'unparsable':
        return op.err
      default:
        return null
    }
  }

  // ── writes: they are applied ──

  private answerToWrite(applied: ProcessTxnResult, body: TxnBody | null): Answer {
    const { err, path, stat } = applied
    if (body?.type === 'multi') return multiResult(applied)
    if (err !== OK.code) return err
    switch (body?.type) {
      case 'create':
        return path === null ? null : Object.freeze({ type: body.type, path })
      case 'create2':
      case 'createContainer':
      case 'createTTL':
        return path === null || stat === null ? null : Object.freeze({ type: body.type, path, stat })
      case 'setData':
      case 'setACL':
        return stat === null ? null : Object.freeze({ type: body.type, stat })
      case 'reconfig':
        return stat === null ? null : Object.freeze({ type: body.type, data: body.data, stat })
      default:
        return null
    }
  }

  // ── reads ──

  private exists(cnxn: ServerCnxn, request: Request, op: WatchedRead): Answer {
    if (op.path.includes('\0')) return BADARGUMENTS.code
    const node = this.nodeAt(op.path)
    if (node !== undefined && this.existsAsksForRead() && !this.may(request, node, Perms.READ))
      return NOAUTH.code
    if (op.watch) this.zks.watches.addDataWatch(op.path, cnxn)
    return node === undefined ? NONODE.code : Object.freeze({ type: 'exists', stat: statOf(node) })
  }

  /** ZOOKEEPER-2590 */
  protected existsAsksForRead(): boolean {
    return true
  }

  private getData(cnxn: ServerCnxn, request: Request, op: WatchedRead): Answer {
    const node = this.readable(request, op.path)
    if (typeof node === 'number') return node
    if (op.watch) this.zks.watches.addDataWatch(op.path, cnxn)
    return Object.freeze({ type: 'getData', data: node.data, stat: statOf(node) })
  }

  private getChildren(cnxn: ServerCnxn, request: Request, op: WatchedRead): Answer {
    const node = this.readable(request, op.path)
    if (typeof node === 'number') return node
    if (op.watch) this.zks.watches.addChildWatch(op.path, cnxn)
    const children = childrenOf(node)
    if (op.type === 'getChildren') return Object.freeze({ type: 'getChildren', children })
    return Object.freeze({ type: 'getChildren2', children, stat: statOf(node) })
  }

  private getACL(request: Request, path: string): Answer {
    const node = this.nodeAt(path)
    if (node === undefined) return NONODE.code
    if (!this.may(request, node, Perms.READ | Perms.ADMIN)) return NOAUTH.code
    const acl = this.may(request, node, Perms.ADMIN) ? node.acl : withoutHashes(node.acl)
    return Object.freeze({ type: 'getACL', acl, stat: statOf(node) })
  }

  private getAllChildrenNumber(request: Request, path: string): Answer {
    const node = this.readable(request, path)
    if (typeof node === 'number') return node
    const totalNumber = this.zks.zkDb.tree.allChildrenNumber(path)
    return Object.freeze({ type: 'getAllChildrenNumber', totalNumber })
  }

  private getEphemerals(request: Request, { prefixPath }: OperationOf<'getEphemerals'>): Answer {
    const all = this.zks.zkDb.tree.ephemerals(request.sessionId)
    const ephemerals = MEANS_ALL.test(prefixPath)
      ? [...all]
      : all.filter((path) => path.startsWith(prefixPath))
    return Object.freeze({ type: 'getEphemerals', ephemerals: Object.freeze(ephemerals) })
  }

  /** Each by itself: one that is refused stops no other. */
  private multiRead(request: Request, op: OperationOf<'multiRead'>): Answer {
    const results = op.ops.map((part) => Object.freeze(this.readPart(request, part)))
    return Object.freeze({ type: 'multiRead', results: Object.freeze(results) })
  }

  private readPart(request: Request, { type, path }: MultiRead): OpResult {
    const node = this.readable(request, path)
    if (typeof node === 'number') return { type: 'error', err: node }
    if (type === 'getChildren') return { type, children: childrenOf(node) }
    return { type, data: node.data, stat: statOf(node) }
  }

  // ── watches ──

  private answerAboutWatches(
    cnxn: ServerCnxn,
    op: OperationOf<'addWatch' | 'checkWatches' | 'removeWatches' | 'setWatches' | 'setWatches2'>,
  ): Answer {
    const { watches, zkDb } = this.zks
    switch (op.type) {
      case 'addWatch':
        if (!isAddWatchMode(op.mode)) return MARSHALLINGERROR.code
        watches.addPersistentWatch(op.path, op.mode, cnxn)
        return ADDED
      case 'checkWatches':
        return this.checkWatches(cnxn, op)
      case 'removeWatches':
        if (!this.isWatcherType(op.watcherType)) return MARSHALLINGERROR.code
        return watches.removeWatch(op.path, op.watcherType, cnxn) ? null : NOWATCHER.code
      case 'setWatches':
      case 'setWatches2':
        watches.setWatches(op, zkDb.tree, cnxn)
        return null
    }
  }

  protected checkWatches(
    cnxn: ServerCnxn,
    { path, watcherType }: OperationOf<'checkWatches' | 'removeWatches'>,
  ): Answer {
    if (!this.isWatcherType(watcherType)) return MARSHALLINGERROR.code
    return this.zks.watches.containsWatch(path, watcherType, cnxn) ? null : NOWATCHER.code
  }

  /** Those of persistent watches came with ZOOKEEPER-4472. */
  protected isWatcherType(type: number): boolean {
    return type >= WatcherType.children && type <= WatcherType.persistentRecursive
  }

  // ── what they ask ──

  /** The root answers to the empty path as well. */
  private nodeAt(path: string): ZNode | undefined {
    return this.zks.zkDb.tree.named(path)
  }

  /** The node, or why it is not to be read. */
  private readable(request: Request, path: string): ZNode | number {
    const node = this.nodeAt(path)
    if (node === undefined) return NONODE.code
    return this.may(request, node, Perms.READ) ? node : NOAUTH.code
  }

  private may(request: Request, node: ZNode, perm: number): boolean {
    return checkACL(this.zks.config, node.acl, perm, request.authInfo)
  }
}

const ADDED: Result = Object.freeze({ type: 'addWatch' })

/** Nothing, or the root, with blanks around. Java: String.trim */
const MEANS_ALL = /^[\0-\x20]*\/?[\0-\x20]*$/

function isAddWatchMode(mode: number): boolean {
  return mode === AddWatchMode.persistent || mode === AddWatchMode.persistentRecursive
}

function isMoved(part: SubTxnResult): boolean {
  return part.err === SESSIONMOVED.code
}

function childrenOf(node: ZNode): readonly string[] {
  return Object.freeze(node.children.sortedKeys())
}

/** Who may not change the list sees no more of a password than that there is one. */
function withoutHashes(acl: AclList): AclList {
  if (acl.every(({ scheme }) => scheme !== 'digest')) return acl
  return aclList(
    acl.map(({ perms, scheme, id }) => ({
      perms,
      scheme,
      id: scheme === 'digest' ? id.replaceAll(/:.*/g, ':x') : id,
    })),
  )
}

function multiResult(applied: ProcessTxnResult): Result {
  const results = (applied.results ?? []).map((part) => Object.freeze(resultOfPart(part)))
  return Object.freeze({ type: 'multi', results: Object.freeze(results) })
}

/** A create that was asked for its Stat has one. */
function resultOfPart({ type, err, path, stat }: SubTxnResult): OpResult {
  switch (type) {
    case 'create':
    case 'create2':
    case 'createContainer':
    case 'createTTL':
      return path === null ? { type: 'error', err } : { type: 'create', path, stat }
    case 'setData':
      return stat === null ? { type: 'error', err } : { type, stat }
    case 'delete':
    case 'check':
      return { type }
    case 'error':
      return { type, err }
  }
}
