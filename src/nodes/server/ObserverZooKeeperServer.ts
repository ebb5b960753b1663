import type { Txn } from '../database/txns.ts'
import { ObserverRequestProcessor } from '../processors/ObserverRequestProcessor.ts'
import { Request } from '../processors/Request.ts'
import { LearnerZooKeeperServer } from './LearnerZooKeeperServer.ts'

/** The server of an observer. Java: ObserverZooKeeperServer */
export class ObserverZooKeeperServer extends LearnerZooKeeperServer {
  override readonly serverState = 'observer'
  /**
   *     ObserverRequest → Commit → Final
   *            INFORM → Sync, and Commit
   */
  protected override setupRequestProcessors(): void {
    const { cast } = this
    const final = new cast.FinalRequestProcessor(this)
    this.commitProcessor = new cast.CommitProcessor(this, final, true)
    this.firstProcessor = new ObserverRequestProcessor(this, this.commitProcessor)
    if (this.config.observerSyncEnabled) this.syncProcessor = new cast.SyncRequestProcessor(this, null)
  }

  /** An INFORM: it is committed, so it is applied without waiting for the disk. */
  commitRequest(txn: Txn): void {
    const request = Request.of(txn)
    this.syncProcessor?.processRequest(request)
    this.commitProcessor.commit(request)
  }
}
