import type { AclList } from './acl.ts'
import type { Bytes, SessionId, Txn } from './database/txns.ts'
import type { Epoch, Zxid } from './zxid.ts'

/** Stat as it is stored. Java: StatPersisted. Times in milliseconds. */
export interface StatPersisted {
  readonly czxid: Zxid
  readonly mzxid: Zxid
  readonly pzxid: Zxid
  readonly ctime: number
  readonly mtime: number
  readonly version: number
  /** How many children were ever created here; the cversion that clients see is computed from it. */
  readonly cversion: number
  readonly aversion: number
  readonly ephemeralOwner: SessionId
}

/** A node as snapshots hold it: child names are not stored, parents come first. */
export interface SnapshotNode {
  readonly path: string
  readonly data: Bytes | null
  /** In ZooKeeper's file a number, under which the list stands before all nodes. */
  readonly acl: AclList
  readonly stat: StatPersisted
}

/**
 * A snapshot is a sequence of records: header, nodes in chunks, end. It is complete only with its end. The same records
 * make the stream behind a SNAP packet. Java: FileSnap.serialize, SerializeUtils.serializeSnapshot.
 */
export type SnapshotRecord =
  | {
      readonly kind: 'snapshotHeader'
      readonly zxid: Zxid
      readonly sessions: readonly (readonly [SessionId, number])[]
    }
  | { readonly kind: 'snapshotNodes'; readonly nodes: readonly SnapshotNode[] }
  | { readonly kind: 'snapshotEnd' }

/** The content of `acceptedEpoch` and `currentEpoch`. */
export interface EpochRecord {
  readonly kind: 'epoch'
  readonly epoch: Epoch
}

/** The content of `zoo.cfg.dynamic` and `zoo.cfg.dynamic.next`: a configuration's text, the version in it. */
export interface ConfigRecord {
  readonly kind: 'config'
  readonly text: string
}

/** Everything that stands in files; frozen all the way down. */
export type DiskRecord = Txn | SnapshotRecord | EpochRecord | ConfigRecord
