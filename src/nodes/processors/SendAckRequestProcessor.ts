import type { Learner } from '../quorum/Learner.ts'
import type { Request } from './Request.ts'
import type { RequestProcessor } from './RequestProcessor.ts'

/** A follower's vote for a proposal that its disk has: one ACK each. Java: SendAckRequestProcessor */
export class SendAckRequestProcessor implements RequestProcessor {
  private readonly learner: Learner

  constructor(learner: Learner) {
    this.learner = learner
  }

  processRequest(request: Request): void {
    this.learner.sendAck(request.zxid)
  }

  shutdown(): void {}
}
