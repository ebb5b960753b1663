import type { Leader } from '../quorum/Leader.ts'
import type { Request } from './Request.ts'
import type { RequestProcessor } from './RequestProcessor.ts'

/**
 * Where the leader's pipeline forks: every request to the commit processor, and every transaction to the
 * learners and to the leader's own log. Java: ProposalRequestProcessor
 */
export class ProposalRequestProcessor implements RequestProcessor {
  private readonly leader: Leader
  private readonly next: RequestProcessor
  private readonly syncProcessor: RequestProcessor

  constructor(leader: Leader, next: RequestProcessor, syncProcessor: RequestProcessor) {
    this.leader = leader
    this.next = next
    this.syncProcessor = syncProcessor
  }

  /** @throws XidRolloverException */
  processRequest(request: Request): void {
    if (request.syncFor !== null) return this.leader.processSync(request)
    this.next.processRequest(request)
    if (request.txn === null) return
    this.leader.propose(request)
    this.syncProcessor.processRequest(request)
  }

  shutdown(): void {
    this.next.shutdown()
    this.syncProcessor.shutdown()
  }
}
