import type { LearnerZooKeeperServer } from '../server/LearnerZooKeeperServer.ts'
import { isQuorumRequest } from './isQuorumRequest.ts'
import type { Request } from './Request.ts'
import type { RequestProcessor } from './RequestProcessor.ts'

/**
 * Gives a client's request to the commit processor, and what needs the leader to the leader as well.
 *
 * Java: FollowerRequestProcessor. There it is a thread of its own, to keep the socket away from the
 * forwarding; nothing in it blocks, so here it is a call. The commit processor comes first: it must know a
 * request before its commit can come.
 */
export class FollowerRequestProcessor implements RequestProcessor {
  private readonly zks: LearnerZooKeeperServer
  private readonly next: RequestProcessor
  private finished = false

  constructor(zks: LearnerZooKeeperServer, next: RequestProcessor) {
    this.zks = zks
    this.next = next
  }

  processRequest(request: Request): void {
    if (this.finished || request.op === null) return
    const upgrade = this.zks.checkUpgradeSession(request)
    if (upgrade !== null) this.forward(upgrade)
    this.forward(request)
  }

  private forward(request: Request): void {
    if (!this.zks.authWriteRequest(request)) return
    this.next.processRequest(request)
    if (request.op?.type === 'sync') this.zks.pendingSyncs.push(request)
    else if (!isQuorumRequest(request)) return
    this.zks.learner.request(request)
  }

  shutdown(): void {
    this.finished = true
    this.next.shutdown()
  }
}
