import { assert } from '../../base/assert.ts'
import { Queue } from '../../base/Queue.ts'
import type { Txn } from '../database/txns.ts'
import { FollowerRequestProcessor } from '../processors/FollowerRequestProcessor.ts'
import { Request } from '../processors/Request.ts'
import { SendAckRequestProcessor } from '../processors/SendAckRequestProcessor.ts'
import type { Zxid } from '../zxid.ts'
import { LearnerZooKeeperServer } from './LearnerZooKeeperServer.ts'

/** The server of a follower. Java: FollowerZooKeeperServer */
export class FollowerZooKeeperServer extends LearnerZooKeeperServer {
  override readonly serverState = 'follower'
  /** Proposed to us and not committed yet, in the order of the proposals. */
  private readonly pendingTxns = new Queue<Request>()

  /**
   *     FollowerRequest → Commit → Final
   *          PROPOSAL → Sync → SendAck
   */
  protected override setupRequestProcessors(): void {
    const { cast, learner } = this
    const final = new cast.FinalRequestProcessor(this)
    this.commitProcessor = new cast.CommitProcessor(this, final, true)
    this.firstProcessor = new FollowerRequestProcessor(this, this.commitProcessor)
    this.syncProcessor = new cast.SyncRequestProcessor(this, new SendAckRequestProcessor(learner))
  }

  /** A PROPOSAL: to the log, and then to wait for its COMMIT. */
  logRequest(txn: Txn): void {
    const request = Request.of(txn)
    this.pendingTxns.push(request)
    this.syncProcessor?.processRequest(request)
  }

  /** The zxid that the next COMMIT must have; null when no proposal waits for one. */
  get firstPending(): Zxid | null {
    return this.pendingTxns.first?.zxid ?? null
  }

  /** The transaction that the next COMMIT is for; null when no proposal waits for one. */
  get firstPendingTxn(): Txn | null {
    return this.pendingTxns.first?.txn ?? null
  }

  /** A COMMIT. The caller has compared it with `firstPending`; Java does so here and ends the process. */
  commit(zxid: Zxid): void {
    const request = this.pendingTxns.shift()
    assert(request !== undefined && request.zxid === zxid, 'commits match proposals in order')
    this.commitProcessor.commit(request)
  }
}
