import { Queue } from '../../base/Queue.ts'
import type { SessionId } from '../database/txns.ts'
import type { CommitProcessor } from '../processors/CommitProcessor.ts'
import type { Request } from '../processors/Request.ts'
import type { SyncRequestProcessor } from '../processors/SyncRequestProcessor.ts'
import type { Learner } from '../quorum/Learner.ts'
import { LearnerSessionTracker } from './LearnerSessionTracker.ts'
import { QuorumZooKeeperServer } from './QuorumZooKeeperServer.ts'
import type { ServerCnxn } from './ServerCnxn.ts'
import type { ServerHome } from './ZooKeeperServer.ts'

/** What the servers of followers and observers share. Java: LearnerZooKeeperServer */
export abstract class LearnerZooKeeperServer extends QuorumZooKeeperServer {
  /** Set by the learner, before startup. */
  learner!: Learner
  commitProcessor!: CommitProcessor
  override sessionTracker: LearnerSessionTracker
  /** Syncs that the leader was asked for, in the order in which it will answer. */
  readonly pendingSyncs = new Queue<Request>()
  protected syncProcessor: SyncRequestProcessor | null = null

  constructor(peer: ServerHome) {
    super(peer)
    this.sessionTracker = this.makeSessionTracker()
  }

  override createSessionTracker(): void {
    this.sessionTracker = this.makeSessionTracker()
  }

  /** The leader answered our oldest sync. Java: FollowerZooKeeperServer.sync, ObserverZooKeeperServer.sync */
  sync(): void {
    const request = this.pendingSyncs.shift()
    if (request !== undefined) this.commitProcessor.commit(request)
  }

  /** Java: getTouchSnapshot */
  takeTouchTable(): readonly (readonly [SessionId, number])[] {
    return this.sessionTracker.takeTouchTable()
  }

  protected override revalidateSession(cnxn: ServerCnxn, sessionId: SessionId, timeout: number): void {
    if (this.sessionTracker.isLocalSession(sessionId)) {
      return super.revalidateSession(cnxn, sessionId, timeout)
    }
    this.learner.validateSession(cnxn, sessionId, timeout)
  }

  /** First the log, while commits may still be applied; then the rest. ZOOKEEPER-4712 */
  protected override shutdownComponents(): void {
    if (this.syncProcessor === null) this.syncStopped()
    else this.syncProcessor.shutdown()
  }

  override syncStopped(): void {
    super.shutdownComponents()
    this.componentsStopped()
  }

  protected override stopApplying(): void {
    if (this.state !== 'INITIAL') this.commitProcessor.stop()
    super.stopApplying()
  }

  private makeSessionTracker(): LearnerSessionTracker {
    return new LearnerSessionTracker(this, this.zkDb.sessions)
  }
}
