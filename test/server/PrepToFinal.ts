import { aclList, type Id, NO_IDS } from '../../src/nodes/acl.ts'
import type { ProcessTxnResult } from '../../src/nodes/database/DataTree.ts'
import type { SessionId, Txn } from '../../src/nodes/database/txns.ts'
import { ideal } from '../../src/nodes/ideal.ts'
import { type KeeperErrorName, keeperErrorName } from '../../src/nodes/keeperErrors.ts'
import type { PeerSettings } from '../../src/nodes/PeerConfig.ts'
import type { Operation, Result } from '../../src/nodes/packets.ts'
import { FinalRequestProcessor } from '../../src/nodes/processors/FinalRequestProcessor.ts'
import { PrepRequestProcessor } from '../../src/nodes/processors/PrepRequestProcessor.ts'
import { Request } from '../../src/nodes/processors/Request.ts'
import type { ServerCnxn } from '../../src/nodes/server/ServerCnxn.ts'
import { SessionTracker } from '../../src/nodes/server/SessionTracker.ts'
import { FakeServer, Sink } from './fakes.ts'

export const ANN: SessionId = '0x1'
export const BOB: SessionId = '0x2'

/** What a connection was told. */
export interface Told {
  readonly xid: number
  readonly zxid: number
  readonly err: KeeperErrorName | `${number}`
  readonly result: Result | null
}

export class FakeCnxn {
  readonly told: Told[] = []
  readonly events: string[] = []
  closed = false
  authInfo: readonly Id[] = NO_IDS

  sendReply(xid: number, zxid: number, err: number, result: Result | null): void {
    this.told.push({ xid, zxid, err: keeperErrorName(err), result })
  }

  sendWatchEvent(event: string, path: string): void {
    this.events.push(`${event} ${path}`)
  }

  close(): void {
    this.closed = true
  }
}

/** A server without disk or network: what prep makes of a request is applied when the test says so, and answered. */
export class PrepToFinal extends FakeServer {
  readonly sessionTracker: SessionTracker
  readonly watches = new ideal.Watches(this.config, ideal)
  readonly prepared = new Sink()
  readonly prep: PrepRequestProcessor
  readonly final: FinalRequestProcessor
  readonly closedSessions: SessionId[] = []
  readonly opened: boolean[] = []
  readonly home = { cnxnFactory: { closeSession: (id: SessionId) => this.closedSessions.push(id) } }
  readonly cnxns = new Map([
    [ANN, new FakeCnxn()],
    [BOB, new FakeCnxn()],
  ])
  brokenOff = false
  left = 0
  private cxid = 0
  private answered = 0

  constructor(settings: Partial<PeerSettings> = {}) {
    super({ extendedTypesEnabled: true, ...settings })
    const known = new Map([
      [ANN, 4_000],
      [BOB, 4_000],
    ])
    this.sessionTracker = new SessionTracker(this.dispatcher, { expire() {} }, known, 2_000, 1)
    this.prep = new PrepRequestProcessor(this.server, this.sessionTracker, this.prepared)
    this.final = new FinalRequestProcessor(this.server)
  }

  cnxn(sessionId: SessionId): FakeCnxn {
    return this.cnxns.get(sessionId) as FakeCnxn
  }

  /** Through prep alone: the request with its transaction. */
  prepare(op: Operation, sessionId = ANN): Request {
    const cnxn = this.cnxn(sessionId)
    const request = new Request(
      cnxn as unknown as ServerCnxn,
      sessionId,
      ++this.cxid,
      op,
      'leader',
      cnxn.authInfo,
    )
    this.prep.processRequest(request)
    this.run()
    return request
  }

  /** Applies and answers all that is prepared. */
  finish(): void {
    for (; this.answered < this.prepared.requests.length; this.answered++) {
      this.final.processRequest(this.prepared.requests[this.answered] as Request)
    }
  }

  /** One operation, and what the client is told. */
  ask(op: Operation, sessionId = ANN): Told {
    this.prepare(op, sessionId)
    this.finish()
    return this.cnxn(sessionId).told.at(-1) as Told
  }

  /** The error that prep makes of an operation; `OK` for none. */
  refusal(op: Operation, sessionId = ANN): KeeperErrorName | `${number}` {
    const { txn, err } = this.prepare(op, sessionId)
    return keeperErrorName(txn?.body.type === 'error' ? txn.body.err : err)
  }

  processTxn(txn: Txn): ProcessTxnResult {
    if (txn.body.type === 'closeSession') this.sessionTracker.removeSession(txn.sessionId)
    const result = this.zkDb.shared.apply(this.zkDb.tree, txn)
    this.zkDb.apply(txn)
    this.watches.trigger(result.changes, txn.zxid)
    return result
  }

  leftPipeline(): void {
    this.left += 1
  }

  finishSessionInit(_cnxn: unknown, valid: boolean): void {
    this.opened.push(valid)
  }
}

export const everybody = (perms: number): ReturnType<typeof aclList> =>
  aclList([{ perms, scheme: 'world', id: 'anyone' }])
