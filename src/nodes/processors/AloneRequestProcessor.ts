import type { ZooKeeperServer } from '../server/ZooKeeperServer.ts'
import type { Request } from './Request.ts'
import type { RequestProcessor } from './RequestProcessor.ts'

/**
 * Tells of each transaction of a server that is alone what a leader tells: behind prep that it is proposed, behind the
 * disk that it is committed, by a quorum of one. Java has no such processor: nobody judges there.
 */
export class AloneRequestProcessor implements RequestProcessor {
  private readonly zks: ZooKeeperServer
  private readonly what: 'proposed' | 'committed'
  private readonly next: RequestProcessor

  constructor(zks: ZooKeeperServer, what: 'proposed' | 'committed', next: RequestProcessor) {
    this.zks = zks
    this.what = what
    this.next = next
  }

  processRequest(request: Request): void {
    if (request.txn !== null) {
      const { host, sid: peer } = this.zks
      const told = { peer, txn: request.txn }
      if (this.what === 'proposed') host.tell(Object.freeze({ type: 'proposed', ...told }))
      else host.tell(Object.freeze({ type: 'committed', ...told, by: Object.freeze([peer]) }))
    }
    this.next.processRequest(request)
  }

  shutdown(): void {
    this.next.shutdown()
  }
}
