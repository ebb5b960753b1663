/** Defects of what is kept on disk, and of what is made of it again. */
import type { ProcessTxnResult } from '../../src/nodes/database/DataTree.ts'
import type { SnapshotWriter } from '../../src/nodes/database/Snapshot.ts'
import type { LogReading } from '../../src/nodes/database/TxnLog.ts'
import type { Txn } from '../../src/nodes/database/txns.ts'
import type { DiskError, Ticket } from '../../src/nodes/Host.ts'
import type { Request } from '../../src/nodes/processors/Request.ts'
import { CURRENT_EPOCH_FILE } from '../../src/nodes/quorum/QuorumPeer.ts'
import type { Zxid } from '../../src/nodes/zxid.ts'
import { mutant } from './Mutant.ts'

export const acksBeforeDisk = mutant(
  'acksBeforeDisk',
  ['D1', 'D2'],
  'Proposals are acknowledged when they are written, not when they are durable.',
  (cast) => ({
    SyncRequestProcessor: class extends cast.SyncRequestProcessor {
      protected override flush(): void {
        super.passOn(this.toFlush)
        super.flush()
      }

      protected override passOn(_durable: readonly Request[]): void {}
    },
  }),
)

export const neverForces = mutant('neverForces', ['D8'], 'The log is left in the page cache.', (cast) => ({
  SyncRequestProcessor: class extends cast.SyncRequestProcessor {
    protected override flush(): void {
      const written = this.toFlush
      this.toFlush = []
      this.passOn(written)
    }
  },
}))

export const replaysOneLess = mutant(
  'replaysOneLess',
  ['D2'],
  'The last record of the log is not replayed.',
  (cast) => ({
    ZKDatabase: class extends cast.ZKDatabase {
      protected override replay(reading: LogReading): void {
        super.replay({ ...reading, txns: reading.txns.slice(0, -1) })
      }
    },
  }),
)

export const memoryStaysBehindLog = mutant(
  'memoryStaysBehindLog',
  ['P17'],
  'Who looks for a leader again keeps its memory as it is, though its log may be ahead (ZOOKEEPER-2845).',
  (cast) => ({
    QuorumPeer: class extends cast.QuorumPeer {
      protected override bringMemoryToDisk(): void {}
    },
  }),
)

export const snapshotNotForced = mutant(
  'snapshotNotForced',
  ['D2', 'D3'],
  'A snapshot that came from a leader is not forced, and the old log is kept before it (ZOOKEEPER-2872).',
  (cast) => ({
    ZKDatabase: class extends cast.ZKDatabase {
      override takeSnapshot(): Ticket {
        this.takeUnforcedSnapshot()
        return this.host.force(CURRENT_EPOCH_FILE)
      }

      override discardHistoryBefore(_zxid: Zxid): void {}

      protected override leavesGap(_last: Zxid, _zxid: Zxid): boolean {
        return false
      }
    },
  }),
)

export const snapshotLabelledAhead = mutant(
  'snapshotLabelledAhead',
  ['D4'],
  'A snapshot is labelled with the end of the log instead of the position of the tree.',
  (cast) => ({
    ZKDatabase: class extends cast.ZKDatabase {
      override beginSnapshot(): SnapshotWriter {
        const position = this.lastProcessedZxid
        this.lastProcessedZxid = Math.max(position, this.lastLoggedZxid)
        const writer = super.beginSnapshot()
        this.lastProcessedZxid = position
        return writer
      }
    },
  }),
)

export const keepsTruncatedSnapshots = mutant(
  'keepsTruncatedSnapshots',
  ['D6'],
  'Snapshots that hold what is truncated stay where they are (ZOOKEEPER-4837).',
  (cast) => ({
    ZKDatabase: class extends cast.ZKDatabase {
      protected override keepsSnapshotsBehindTruncation(): boolean {
        return true
      }
    },
  }),
)

export const goesOnAfterDiskError = mutant(
  'goesOnAfterDiskError',
  ['D9'],
  'A peer whose disk fails goes on (ZOOKEEPER-2247).',
  (cast) => ({
    QuorumPeer: class extends cast.QuorumPeer {
      override diskFailed(error: DiskError, what: string): never {
        this.host.tell(Object.freeze({ type: 'diskFailed', peer: this.myid, error, what }))
        return undefined as never
      }
    },
  }),
)

export const forgetsEphemeral = mutant(
  'forgetsEphemeral',
  ['D10'],
  'One peer applies the creation of ephemeral nodes as if they were to stay.',
  (cast) => ({
    ZKDatabase: class extends cast.ZKDatabase {
      protected override applyToTree(txn: Txn): ProcessTxnResult {
        const { body } = txn
        if (this.config.myid !== 1 || body.type !== 'create' || !body.ephemeral) return super.applyToTree(txn)
        const lasting = Object.freeze({ ...body, ephemeral: false })
        return super.applyToTree(Object.freeze({ ...txn, body: lasting }))
      }
    },
  }),
)
