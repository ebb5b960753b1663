import type { HostName } from './Host.ts'
import { MAX_COUNTER, type Sid } from './zxid.ts'

export type LearnerType = 'participant' | 'observer'

/** Java: QuorumPeer.QuorumServer. The ports are the host's business. */
export interface QuorumServer {
  readonly sid: Sid
  readonly host: HostName
  readonly type: LearnerType
}

/** A weighted hierarchy: groups of servers, a weight each. Java: QuorumHierarchical */
export interface Hierarchy {
  readonly groups: readonly { readonly id: number; readonly servers: readonly Sid[] }[]
  /** Weights other than 1. */
  readonly weights: readonly (readonly [Sid, number])[]
}

/** A membership; `version` is the zxid of the reconfig that made it, 0 for the first. Java: QuorumVerifier, as configured */
export interface QuorumConfig {
  readonly version: number
  readonly servers: readonly QuorumServer[]
  readonly hierarchy: Hierarchy | null
}

/** One server's configuration; frozen. Names and defaults are zoo.cfg's; times in milliseconds unless said. */
export interface PeerConfig {
  readonly myid: Sid
  readonly quorum: QuorumConfig
  readonly tickTime: number
  /** Ticks. */
  readonly initLimit: number
  /** Ticks. */
  readonly syncLimit: number
  readonly minSessionTimeout: number
  readonly maxSessionTimeout: number
  /** Java: FastLeaderElection.finalizeWait */
  readonly finalizeWait: number
  readonly minNotificationInterval: number
  readonly maxNotificationInterval: number
  /** How long a dial to an election port may take. */
  readonly cnxTimeout: number
  /** Transactions between snapshots (at random between half of it and all of it). */
  readonly snapCount: number
  /** The size of committedLog. The real server raises values below 500 to 500. */
  readonly commitLogCount: number
  /** Negative: never synchronise from the transaction log. */
  readonly snapshotSizeFactor: number
  readonly forceSnapshotSync: boolean
  /** Bytes by which the files of the transaction log grow. */
  readonly preAllocSize: number
  /** Requests in one group commit. */
  readonly maxBatchSize: number
  /** An empty disk may vote. Java: zookeeper.db.autocreate */
  readonly dbAutocreate: boolean
  /** A log without a snapshot may be replayed from nothing. Java: zookeeper.snapshot.trust.empty */
  readonly snapshotTrustEmpty: boolean
  /** Observers write what they are informed of to disk. Java: zookeeper.observer.syncEnabled */
  readonly observerSyncEnabled: boolean
  /** Snapshots kept by the purge; 0 purges nothing. Java: autopurge.snapRetainCount */
  readonly snapRetainCount: number
  /** The counter at which a leader gives up its epoch; smaller than 2^32 - 1 to reach the roll-over soon. */
  readonly maxCounter: number
  /** Nodes a turn when a snapshot is written or streamed. */
  readonly snapshotChunk: number
  /** Clients may connect to the leader. Java: leaderServes */
  readonly leaderServes: boolean
}

export type PeerSettings = Omit<PeerConfig, 'myid' | 'quorum'>

export const defaultSettings: PeerSettings = Object.freeze({
  tickTime: 2_000,
  initLimit: 10,
  syncLimit: 5,
  minSessionTimeout: 4_000,
  maxSessionTimeout: 40_000,
  finalizeWait: 200,
  minNotificationInterval: 200,
  maxNotificationInterval: 60_000,
  cnxTimeout: 5_000,
  snapCount: 100_000,
  commitLogCount: 500,
  snapshotSizeFactor: 0.33,
  forceSnapshotSync: false,
  preAllocSize: 65_536 * 1_024,
  maxBatchSize: 1_000,
  dbAutocreate: true,
  snapshotTrustEmpty: false,
  observerSyncEnabled: true,
  snapRetainCount: 0,
  maxCounter: MAX_COUNTER,
  snapshotChunk: 100,
  leaderServes: true,
})

export const MICROS_PER_MILLI = 1_000
