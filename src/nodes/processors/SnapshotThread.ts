import type { SnapshotWriter } from '../database/Snapshot.ts'
import type { DiskError } from '../Host.ts'
import type { ZooKeeperServer } from '../server/ZooKeeperServer.ts'
import { Thread } from '../Thread.ts'

/**
 * Writes one snapshot while transactions go on being applied, some nodes a turn, so that each part shows the
 * tree of another moment: fuzzy, as in Java, where replaying the log from the snapshot's zxid puts it right.
 *
 * Java: the "Snapshot Thread" of SyncRequestProcessor, FileTxnSnapLog.save. Like there it is not forced,
 * unless old ones are purged behind it (in the Java a task of its own does so, by the clock, and forces
 * nothing).
 */
export class SnapshotThread extends Thread<'write'> {
  private readonly zks: ZooKeeperServer
  private readonly writer: SnapshotWriter

  constructor(zks: ZooKeeperServer) {
    super(zks.dispatcher, 'snapshot')
    this.zks = zks
    this.writer = zks.zkDb.beginSnapshot()
    this.offer('write')
  }

  protected override take(_item: 'write'): void {
    if (this.writer.step()) return this.offer('write')
    // Java: ZooKeeperServer.takeSnapshot, ExitCode.TXNLOG_ERROR_TAKING_SNAPSHOT
    if (this.writer.refused) this.diskFailed('full')
    // Memory was exchanged meanwhile: there is no snapshot.
    if (!this.writer.complete) return this.stop()
    this.tellTaken(false)
    if (this.zks.config.snapRetainCount > 0) this.park(this.writer.force())
    else this.stop()
  }

  /** What a purge takes away must not be the only durable copy. */
  protected override unparked(): void {
    this.tellTaken(true)
    this.zks.zkDb.purge()
    this.stop()
  }

  private tellTaken(forced: boolean): void {
    const { zxid } = this.writer
    this.host.tell(Object.freeze({ type: 'snapshotTaken', peer: this.zks.sid, zxid, forced }))
  }

  protected override diskFailed(error: DiskError): void {
    this.zks.diskFailed(error, 'a snapshot')
  }
}
