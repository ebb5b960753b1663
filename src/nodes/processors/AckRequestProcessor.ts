import type { Leader } from '../quorum/Leader.ts'
import type { Sid } from '../zxid.ts'
import type { Request } from './Request.ts'
import type { RequestProcessor } from './RequestProcessor.ts'

/** The leader's own vote for a proposal: its disk has it. Java: AckRequestProcessor */
export class AckRequestProcessor implements RequestProcessor {
  private readonly leader: Leader
  private readonly sid: Sid

  constructor(leader: Leader, sid: Sid) {
    this.leader = leader
    this.sid = sid
  }

  processRequest(request: Request): void {
    const { leader, sid } = this
    leader.host.tell(Object.freeze({ type: 'acked', peer: sid, leader: sid, zxid: request.zxid }))
    leader.processAck(sid, request.zxid)
  }

  shutdown(): void {}
}
