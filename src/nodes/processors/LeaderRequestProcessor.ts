import type { LeaderZooKeeperServer } from '../server/LeaderZooKeeperServer.ts'
import type { Request } from './Request.ts'
import type { RequestProcessor } from './RequestProcessor.ts'

/**
 * Where requests of the leader's own clients enter; those of learners enter behind it, as their own servers have done
 * the same. Java: LeaderRequestProcessor
 */
export class LeaderRequestProcessor implements RequestProcessor {
  private readonly zks: LeaderZooKeeperServer
  private readonly next: RequestProcessor

  constructor(zks: LeaderZooKeeperServer, next: RequestProcessor) {
    this.zks = zks
    this.next = next
  }

  processRequest(request: Request): void {
    if (!this.zks.authWriteRequest(request)) return
    const upgrade = this.zks.checkUpgradeSession(request)
    if (upgrade !== null) this.next.processRequest(upgrade)
    this.next.processRequest(request)
  }

  shutdown(): void {
    this.next.shutdown()
  }
}
