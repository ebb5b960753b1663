import { keeperErrors } from '../keeperErrors.ts'
import type { ZooKeeperServer } from '../server/ZooKeeperServer.ts'
import { isQuorumRequest } from './isQuorumRequest.ts'
import type { Request } from './Request.ts'
import type { RequestProcessor } from './RequestProcessor.ts'

/**
 * Lets reads pass, and what concerns local sessions; refuses all that needs a leader.
 *
 * Java: ReadOnlyRequestProcessor. There it is a thread of its own; nothing in it blocks, so here it is a call.
 */
export class ReadOnlyRequestProcessor implements RequestProcessor {
  private readonly zks: ZooKeeperServer
  private readonly next: RequestProcessor

  constructor(zks: ZooKeeperServer, next: RequestProcessor) {
    this.zks = zks
    this.next = next
  }

  processRequest(request: Request): void {
    if (!isQuorumRequest(request) && request.op?.type !== 'sync') return this.next.processRequest(request)
    this.zks.leftPipeline(request)
    const { lastProcessedZxid } = this.zks.zkDb
    request.cnxn?.sendReply(request.cxid, lastProcessedZxid, keeperErrors.NOTREADONLY.code, null)
  }

  shutdown(): void {
    this.next.shutdown()
  }
}
