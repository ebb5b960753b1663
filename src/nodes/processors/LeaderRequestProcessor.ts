import type { Request } from './Request.ts'
import type { RequestProcessor } from './RequestProcessor.ts'

/**
 * Where requests of the leader's own clients enter; those of learners enter behind it. Its work is that of
 * local sessions, which are off by default. Java: LeaderRequestProcessor
 */
export class LeaderRequestProcessor implements RequestProcessor {
  private readonly next: RequestProcessor

  constructor(next: RequestProcessor) {
    this.next = next
  }

  processRequest(request: Request): void {
    this.next.processRequest(request)
  }

  shutdown(): void {
    this.next.shutdown()
  }
}
