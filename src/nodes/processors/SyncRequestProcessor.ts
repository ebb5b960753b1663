import type { ZooKeeperServer } from '../server/ZooKeeperServer.ts'
import type { Zxid } from '../zxid.ts'
import { CriticalThread } from './CriticalThread.ts'
import type { Request } from './Request.ts'
import type { RequestProcessor } from './RequestProcessor.ts'
import { SnapshotThread } from './SnapshotThread.ts'

/**
 * Writes transactions to the log, forces them in batches, and passes each request on once it is durable.
 *
 * Java: SyncRequestProcessor. There the thread blocks in commit() while the disk works. Here it parks on the
 * ticket and its inbox grows behind it: the same queue, growing for the same reason, and the next batch is
 * what gathered in it.
 */
export class SyncRequestProcessor extends CriticalThread<Request> implements RequestProcessor {
  /**
   * Written but perhaps not durable, and the reads behind. A crash of the process leaves them; a power cut
   * may not.
   */
  protected toFlush: Request[] = []
  private readonly next: RequestProcessor | null
  private snapshotThread: SnapshotThread | null = null
  /** After the last request that it still has comes the end. Java: REQUEST_OF_DEATH */
  private draining = false

  /** `next` is null for an observer: nobody waits for its disk. */
  constructor(zks: ZooKeeperServer, next: RequestProcessor | null) {
    super(zks, 'sync')
    this.next = next
  }

  processRequest(request: Request): void {
    if (!this.draining) this.offer(request)
  }

  shutdown(): void {
    if (this.draining) return
    this.draining = true
    this.stopIfDrained()
  }

  protected override take(request: Request): void {
    if (request.txn !== null) {
      this.zks.zkDb.append(request.txn)
      if (this.zks.zkDb.shouldSnapshot()) this.rollLogAndSnapshot()
    } else if (this.toFlush.length === 0) {
      // A read that no write stands before.
      this.next?.processRequest(request)
      return this.stopIfDrained()
    }
    this.toFlush.push(request)
    if (this.backlog === 0 || this.toFlush.length >= this.zks.config.maxBatchSize) this.flush()
  }

  protected flush(): void {
    this.park(this.zks.zkDb.commitLog())
  }

  protected override unparked(): void {
    const durable = this.toFlush
    this.toFlush = []
    this.zks.zkDb.logForced()
    this.host.tell(Object.freeze({ type: 'forced', peer: this.zks.sid, zxid: lastZxidOf(durable) }))
    this.passOn(durable)
    this.stopIfDrained()
  }

  /** Who waits for the disk goes on. */
  protected passOn(durable: readonly Request[]): void {
    if (this.next !== null) for (const request of durable) this.next.processRequest(request)
  }

  /** The next append opens a new file. A snapshot that is still being written is not joined by a second. */
  protected rollLogAndSnapshot(): void {
    this.zks.zkDb.rollLog()
    if (this.snapshotThread === null || this.snapshotThread.stopped) {
      this.snapshotThread = new SnapshotThread(this.zks)
    }
  }

  /**
   * Java lets a snapshot go on after the server that began it has stopped, when its tree may take in what was
   * logged and never committed. Here it is abandoned: a snapshot without an end is not one.
   */
  protected abandonSnapshot(): void {
    this.snapshotThread?.stop()
  }

  private stopIfDrained(): void {
    if (!this.draining || this.parked || this.backlog > 0 || this.toFlush.length > 0) return
    this.abandonSnapshot()
    this.stop()
    this.next?.shutdown()
    this.zks.syncStopped()
  }
}

/** Reads among the requests of a standalone server have no transaction. */
function lastZxidOf(requests: readonly Request[]): Zxid {
  for (let i = requests.length - 1; i >= 0; i--) {
    const txn = requests[i]?.txn
    if (txn !== null && txn !== undefined) return txn.zxid
  }
  return 0
}
