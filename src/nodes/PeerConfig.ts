import type { HostName } from './Host.ts'
import { MAX_COUNTER, type Sid } from './zxid.ts'

export type LearnerType = 'participant' | 'observer'

/**
 * Java: QuorumPeer.QuorumServer. Which ports of a machine are dialled is the host's business; the numbers of a
 * configuration's text are kept, printed and compared.
 */
export interface QuorumServer {
  readonly sid: Sid
  readonly host: HostName
  readonly type: LearnerType
  /** The numbers of the quorum and the election port; `2888:3888` unless said. */
  readonly ports?: string
  /** Where clients come, and behind another semicolon where they come by TLS; `0.0.0.0:2181` unless said, '' for nowhere. */
  readonly client?: string
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
  /** Nodes may have a time to live. Java: zookeeper.extendedTypesEnabled */
  readonly extendedTypesEnabled: boolean
  /** Access control lists are not looked at. Java: zookeeper.skipACL */
  readonly skipACL: boolean
  /** Refuse what has no permission before it becomes a transaction. Java: zookeeper.enableEagerACLCheck */
  readonly enableEagerACLCheck: boolean
  /** Hard quotas refuse writes. Java: enforceQuota */
  readonly enforceQuota: boolean
  /** Bytes of the longest request. Java: jute.maxbuffer */
  readonly juteMaxBuffer: number
  /** `super:<base64 of the SHA-1 of user and password>`; '' for no super user. Java: zookeeper.DigestAuthenticationProvider.superDigest */
  readonly superDigest: string
  /** Java: zookeeper.X509AuthenticationProvider.superUser */
  readonly x509SuperUser: string
  /** Java: zookeeper.superUser */
  readonly saslSuperUser: string
  /** Java: zookeeper.letAnySaslUserDoX */
  readonly letAnySaslUserDoX: string
  /** Schemes of identities besides `ip` and `digest`, parted by commas: `x509`, `sasl`. Java: zookeeper.authProvider.* */
  readonly authProviders: string
  /** A request needs an identity of one of these schemes, parted by commas; '' asks for none. Java: enforce.auth.schemes */
  readonly enforceAuthSchemes: string
  /** A server without a leader answers reads. Java: readonlymode.enabled */
  readonly readonlymodeEnabled: boolean
  readonly localSessionsEnabled: boolean
  readonly localSessionsUpgradingEnabled: boolean
  readonly reconfigEnabled: boolean
  /** An ensemble of one is a server without a quorum. */
  readonly standaloneEnabled: boolean
  /** Milliseconds between two looks at containers and nodes with a time to live. Java: znode.container.checkIntervalMs */
  readonly containerCheckInterval: number
  /** Java: znode.container.maxPerMinute */
  readonly containerMaxPerMinute: number
  /** Milliseconds after which a container without a child ever is removed; 0 is never. Java: znode.container.maxNeverUsedIntervalMs */
  readonly containerMaxNeverUsedInterval: number
  /** Requests under way past which a server stops reading. Java: zookeeper.globalOutstandingLimit */
  readonly globalOutstandingLimit: number
  /** Connections of one address; 0 sets no limit. */
  readonly maxClientCnxns: number
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
  extendedTypesEnabled: false,
  skipACL: false,
  enableEagerACLCheck: false,
  enforceQuota: false,
  juteMaxBuffer: 0xfffff,
  superDigest: '',
  x509SuperUser: '',
  saslSuperUser: '',
  letAnySaslUserDoX: '',
  authProviders: '',
  enforceAuthSchemes: '',
  readonlymodeEnabled: false,
  localSessionsEnabled: false,
  localSessionsUpgradingEnabled: false,
  reconfigEnabled: false,
  standaloneEnabled: true,
  containerCheckInterval: 60_000,
  containerMaxPerMinute: 10_000,
  containerMaxNeverUsedInterval: 300_000,
  globalOutstandingLimit: 1_000,
  maxClientCnxns: 60,
})

export const MICROS_PER_MILLI = 1_000
