import type { Leader } from '../quorum/Leader.ts'
import type { Request } from './Request.ts'
import type { RequestProcessor } from './RequestProcessor.ts'

/**
 * Keeps the leader's list of what is committed and not applied: what a learner that joins now must be sent
 * besides the applied. The next processor applies before it returns. Java: Leader.ToBeAppliedRequestProcessor
 */
export class ToBeAppliedRequestProcessor implements RequestProcessor {
  private readonly next: RequestProcessor
  private readonly leader: Leader

  constructor(next: RequestProcessor, leader: Leader) {
    this.next = next
    this.leader = leader
  }

  processRequest(request: Request): void {
    this.next.processRequest(request)
    const { toBeApplied } = this.leader
    if (request.txn !== null && toBeApplied.first?.zxid === request.txn.zxid) toBeApplied.shift()
  }

  shutdown(): void {
    this.next.shutdown()
  }
}
