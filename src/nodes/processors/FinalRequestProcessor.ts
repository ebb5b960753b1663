import type { ProcessTxnResult } from '../database/DataTree.ts'
import type { Txn } from '../database/txns.ts'
import { statOf } from '../database/ZNode.ts'
import { keeperErrors } from '../keeperErrors.ts'
import { type Operation, type OperationOf, PING_XID, type Result } from '../packets.ts'
import type { ServerCnxn } from '../server/ServerCnxn.ts'
import type { ZooKeeperServer } from '../server/ZooKeeperServer.ts'
import type { Request } from './Request.ts'
import type { RequestProcessor } from './RequestProcessor.ts'

const { BADARGUMENTS, NONODE, OK, SESSIONMOVED } = keeperErrors

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
    const applied = request.txn === null ? null : this.applyRequest(request, request.txn)
    this.zks.leftPipeline(request)
    if (this.zks.brokenOff) return
    if (request.cnxn !== null && request.op !== null) this.reply(request.cnxn, request, request.op, applied)
  }

  shutdown(): void {}

  private applyRequest(request: Request, txn: Txn): ProcessTxnResult {
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
    const zxid = this.zks.zkDb.lastProcessedZxid
    const refused = this.refusal(request)
    // Whoever speaks for the session now is elsewhere. An answer would reach a client that has moved on,
    // ZOOKEEPER-710.
    if (refused === SESSIONMOVED.code) return cnxn.close()
    if (refused !== OK.code) return this.sendRefusal(cnxn, request, op, refused)
    switch (op.type) {
      case 'ping':
        return cnxn.sendReply(PING_XID, zxid, OK.code, null)
      case 'createSession':
        return this.zks.finishSessionInit(cnxn, true)
      case 'closeSession':
        cnxn.sendReply(request.cxid, zxid, OK.code, null)
        return cnxn.close()
      case 'create':
      case 'delete':
      case 'setData':
        return this.replyToWrite(cnxn, request, op.type, applied)
      case 'exists':
      case 'getData':
      case 'getChildren':
      case 'getChildren2':
      case 'sync': {
        const result = this.read(op as never)
        if (typeof result === 'number') return cnxn.sendReply(request.cxid, zxid, result, null)
        return cnxn.sendReply(request.cxid, zxid, OK.code, result)
      }
    }
  }

  /** What the transaction says comes first, then what prep said of a request that has none. */
  private refusal(request: Request): number {
    return request.txn?.body.type === 'error' ? request.txn.body.err : request.err
  }

  private sendRefusal(cnxn: ServerCnxn, request: Request, op: Operation, err: number): void {
    cnxn.sendReply(op.type === 'ping' ? PING_XID : request.cxid, this.zks.zkDb.lastProcessedZxid, err, null)
    if (op.type === 'closeSession') cnxn.close()
  }

  private replyToWrite(
    cnxn: ServerCnxn,
    request: Request,
    type: 'create' | 'delete' | 'setData',
    applied: ProcessTxnResult | null,
  ): void {
    const err = applied?.err ?? OK.code
    const result = applied === null || err !== OK.code ? null : resultOfWrite(type, applied)
    cnxn.sendReply(request.cxid, this.zks.zkDb.lastProcessedZxid, err, result)
  }

  /** The answer, or the code of the refusal. */
  private read(
    op: OperationOf<'exists' | 'getData' | 'getChildren' | 'getChildren2' | 'sync'>,
  ): Result | number {
    if (op.type === 'sync') return Object.freeze({ type: 'sync', path: op.path })
    if (op.type === 'exists' && op.path.includes('\0')) return BADARGUMENTS.code
    const { tree } = this.zks.zkDb
    const path = op.path === '' ? '/' : op.path
    const node = tree.get(path)
    if (node === undefined) return NONODE.code
    const stat = statOf(node)
    switch (op.type) {
      case 'exists':
        return Object.freeze({ type: 'exists', stat })
      case 'getData':
        return Object.freeze({ type: 'getData', data: node.data, stat })
      case 'getChildren':
        return Object.freeze({ type: 'getChildren', children: Object.freeze(tree.children(path)) })
      case 'getChildren2':
        return Object.freeze({ type: 'getChildren2', children: Object.freeze(tree.children(path)), stat })
    }
  }
}

function resultOfWrite(type: 'create' | 'delete' | 'setData', applied: ProcessTxnResult): Result | null {
  if (type === 'create' && applied.path !== null) return Object.freeze({ type, path: applied.path })
  if (type === 'setData' && applied.stat !== null) return Object.freeze({ type, stat: applied.stat })
  return null
}
