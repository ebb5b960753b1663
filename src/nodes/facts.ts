import type { LogView } from '../base/AppendOnlyLog.ts'
import type { SetWatchesOperation } from './client/setWatchesBatches.ts'
import type { WatchedEvent } from './client/WatchedEvent.ts'
import type { DataTree } from './database/DataTree.ts'
import type { SessionId, Txn } from './database/txns.ts'
import type { DiskError } from './Host.ts'
import type { QuorumConfig } from './PeerConfig.ts'
import type { Operation, PacketType, Result, ServerState } from './packets.ts'
import type { Epoch, Sid, Zxid } from './zxid.ts'

export type SyncMode = 'DIFF' | 'TRUNC' | 'SNAP'

/** Java: QuorumPeer.ZabState. */
export type ZabState = 'ELECTION' | 'DISCOVERY' | 'SYNCHRONIZATION' | 'BROADCAST'

/**
 * Everything a node may tell, past tense. Facts are for those who watch (invariants, transcripts, scenarios that wait);
 * no node ever hears one. `peer` is the teller.
 */
export type Fact =
  // ── process life ──
  /** A process rebuilt its database from its disk. `logged` is what its log holds, oldest first. */
  | {
      readonly type: 'recovered'
      readonly peer: Sid
      readonly snapshotZxid: Zxid
      readonly lastProcessedZxid: Zxid
      readonly acceptedEpoch: Epoch
      readonly currentEpoch: Epoch
      readonly logged: LogView<Txn>
      readonly tree: DataTree
    }
  | { readonly type: 'refusedToStart'; readonly peer: Sid; readonly reason: string }
  /** `zab` refines `state` as Java's ZabState does. */
  | { readonly type: 'stateChanged'; readonly peer: Sid; readonly state: ServerState; readonly zab: ZabState }
  /** A role ended, and why. The database stays. `lastProcessedZxid` is the position it looks for a leader with. */
  | { readonly type: 'lookingAgain'; readonly peer: Sid; readonly reason: string }
  /** In-memory database after a role ended and the log was replayed over it. */
  | { readonly type: 'fastForwarded'; readonly peer: Sid; readonly lastProcessedZxid: Zxid }
  // ── election ──
  /** The vote that a LOOKING peer now broadcasts. */
  | {
      readonly type: 'voted'
      readonly peer: Sid
      readonly leader: Sid
      readonly zxid: Zxid
      readonly peerEpoch: Epoch
      readonly electionEpoch: number
    }
  | {
      readonly type: 'elected'
      readonly peer: Sid
      readonly leader: Sid
      readonly zxid: Zxid
      readonly peerEpoch: Epoch
      readonly electionEpoch: number
      /** The peers whose votes decided it. */
      readonly supporters: readonly Sid[]
      /** Decided from votes of peers that are LOOKING, rather than from an ensemble that stands. */
      readonly fromLookers: boolean
    }
  // ── discovery ──
  /** A leader chose its epoch, from the acceptedEpochs of these peers (its own included). */
  | {
      readonly type: 'epochProposed'
      readonly peer: Sid
      readonly epoch: Epoch
      readonly from: readonly { readonly sid: Sid; readonly acceptedEpoch: Epoch }[]
    }
  /** The `acceptedEpoch` file holds this. */
  | { readonly type: 'acceptedEpochWritten'; readonly peer: Sid; readonly epoch: Epoch }
  | { readonly type: 'currentEpochWritten'; readonly peer: Sid; readonly epoch: Epoch }
  /** A learner answered LEADERINFO. `currentEpoch` -1: it had accepted this epoch before. */
  | {
      readonly type: 'ackedEpoch'
      readonly peer: Sid
      readonly leader: Sid
      readonly epoch: Epoch
      readonly currentEpoch: Epoch
      readonly lastZxid: Zxid
    }
  /** A leader counted ACKEPOCHs of a quorum. */
  | { readonly type: 'epochAcked'; readonly peer: Sid; readonly epoch: Epoch; readonly by: readonly Sid[] }
  // ── synchronisation ──
  /** A LearnerHandler decided how to bring its learner up to date. Java: LearnerHandler.syncFollower */
  | {
      readonly type: 'syncDecided'
      readonly peer: Sid
      readonly learner: Sid
      readonly mode: SyncMode
      readonly packetZxid: Zxid
      readonly from: 'committedLog' | 'txnLog' | 'snapshot' | 'nothing'
      readonly peerLastZxid: Zxid
      readonly minCommittedLog: Zxid
      readonly maxCommittedLog: Zxid
      /** How many transactions committedLog holds, from min to max. */
      readonly committedLogLength: number
      readonly lastProcessedZxid: Zxid
    }
  /** A learner received the first packet of its synchronisation. */
  | {
      readonly type: 'syncStarted'
      readonly peer: Sid
      readonly leader: Sid
      readonly epoch: Epoch
      readonly mode: SyncMode
      readonly zxid: Zxid
    }
  /** A learner cut its log (TRUNC) and rebuilt its database from disk. */
  | { readonly type: 'truncated'; readonly peer: Sid; readonly to: Zxid; readonly lastProcessedZxid: Zxid }
  /** A learner replaced its database by the leader's (SNAP), in memory. */
  | {
      readonly type: 'snapshotReceived'
      readonly peer: Sid
      readonly leader: Sid
      readonly zxid: Zxid
      readonly tree: DataTree
    }
  /** A snapshot file is complete in the page cache; `forced` when it is durable as well. */
  | { readonly type: 'snapshotTaken'; readonly peer: Sid; readonly zxid: Zxid; readonly forced: boolean }
  /** A learner sent its first ACK of NEWLEADER; `lastZxid` is the last transaction the synchronisation gave it to keep. */
  | {
      readonly type: 'ackedNewLeader'
      readonly peer: Sid
      readonly leader: Sid
      readonly epoch: Epoch
      readonly lastZxid: Zxid
    }
  /** A learner received UPTODATE and serves. */
  | { readonly type: 'upToDate'; readonly peer: Sid; readonly leader: Sid; readonly epoch: Epoch }
  // ── leadership ──
  /** Entered lead() with an epoch of its own (phase synchronisation). `lastZxid` is the end of its history. */
  | { readonly type: 'synchronizing'; readonly peer: Sid; readonly epoch: Epoch; readonly lastZxid: Zxid }
  /** A quorum acked NEWLEADER: the initial history of this epoch, up to `lastZxid`, is decided. */
  | {
      readonly type: 'established'
      readonly peer: Sid
      readonly epoch: Epoch
      readonly lastZxid: Zxid
      readonly by: readonly Sid[]
    }
  /** A leader leads for another tick: it looked who follows it still (itself included) and goes on. Java: Leader.lead */
  | { readonly type: 'leadsOn'; readonly peer: Sid; readonly epoch: Epoch; readonly synced: readonly Sid[] }
  // ── broadcast ──
  | { readonly type: 'proposed'; readonly peer: Sid; readonly txn: Txn }
  /** Appended to the log, in the page cache. */
  | { readonly type: 'logged'; readonly peer: Sid; readonly txn: Txn }
  /** The disk answered a force: everything this peer logged up to here is durable. */
  | { readonly type: 'forced'; readonly peer: Sid; readonly zxid: Zxid }
  /** Sent an ACK for a proposal (the leader: counted its own). */
  | { readonly type: 'acked'; readonly peer: Sid; readonly leader: Sid; readonly zxid: Zxid }
  /** A leader's processAck found a quorum. */
  | { readonly type: 'committed'; readonly peer: Sid; readonly txn: Txn; readonly by: readonly Sid[] }
  /** A COMMIT or INFORM reached this learner's main thread. */
  | { readonly type: 'commitReceived'; readonly peer: Sid; readonly zxid: Zxid }
  /** Applied to the tree because it is committed (not by replay of the log). */
  | { readonly type: 'delivered'; readonly peer: Sid; readonly txn: Txn; readonly tree: DataTree }
  /**
   * A learner applied a committed transaction while it was being synchronised. `logged`: it wrote it to its log as well;
   * otherwise the snapshot that ends the synchronisation holds it.
   */
  | { readonly type: 'syncApplied'; readonly peer: Sid; readonly txn: Txn; readonly logged: boolean }
  // ── configurations ──
  /** A configuration has been proposed to this peer, or by it; decisions need its quorum too until it counts alone. */
  | { readonly type: 'configSeen'; readonly peer: Sid; readonly config: QuorumConfig }
  /** This peer goes by a configuration: the one that it starts with, or one that has been agreed on. */
  | { readonly type: 'configActivated'; readonly peer: Sid; readonly config: QuorumConfig }
  // ── sessions and clients, from the server ──
  /** It has no leader, and serves reads until it begins another role. Java: ReadOnlyZooKeeperServer */
  | { readonly type: 'readOnlyStarted'; readonly peer: Sid; readonly lastProcessedZxid: Zxid }
  /** A server found a session due: nobody had touched it for so long. Milliseconds of its own clock. */
  | {
      readonly type: 'sessionExpired'
      readonly peer: Sid
      readonly sessionId: SessionId
      readonly timeout: number
      readonly untouched: number
      /** Known to this server alone. */
      readonly local: boolean
    }
  /** A server ended a client's handshake: the session is new, or came back, or came from elsewhere. */
  | {
      readonly type: 'sessionOpened'
      readonly peer: Sid
      readonly sessionId: SessionId
      /** Milliseconds. */
      readonly timeout: number
      /** Known to this server alone. */
      readonly local: boolean
    }
  /** The leader lets another server speak for a session from now on. */
  | { readonly type: 'sessionMoved'; readonly peer: Sid; readonly sessionId: SessionId; readonly to: Sid }
  /** A session that only this server knew is about to be known to all. */
  | { readonly type: 'sessionUpgraded'; readonly peer: Sid; readonly sessionId: SessionId }
  | {
      readonly type: 'replied'
      readonly peer: Sid
      readonly sessionId: SessionId
      readonly xid: number
      readonly zxid: Zxid
      readonly err: number
    }
  // ── what should not happen ──
  /** The peer itself noticed something that must not be: `code` names the assertion (A1 to A5). */
  | {
      readonly type: 'anomaly'
      readonly peer: Sid
      readonly code: 'A1' | 'A2' | 'A3' | 'A4' | 'A5'
      readonly what: string
      readonly zxid: Zxid
    }
  /** A thread died of an unexpected error. */
  | { readonly type: 'threadDied'; readonly peer: Sid; readonly thread: string; readonly reason: string }
  | { readonly type: 'diskFailed'; readonly peer: Sid; readonly error: DiskError; readonly what: string }
  // ── packets, told by both ends of quorum and election connections ──
  | {
      readonly type: 'sent'
      readonly peer: Sid
      readonly to: Sid
      readonly packet: PacketType
      readonly zxid: Zxid
    }
  // ── clients, from the client ──
  | {
      readonly type: 'clientConnected'
      readonly client: string
      readonly server: Sid
      readonly sessionId: SessionId
      /** The server has no leader, and only reads. */
      readonly readOnly: boolean
      /** The path that is the client's root, where that is not the server's: its operations name what is below. */
      readonly chroot: string | null
    }
  | { readonly type: 'clientDisconnected'; readonly client: string }
  | { readonly type: 'clientExpired'; readonly client: string; readonly sessionId: SessionId }
  | {
      readonly type: 'invoked'
      readonly client: string
      readonly sessionId: SessionId
      readonly id: number
      readonly op: Operation
    }
  | {
      readonly type: 'completed'
      readonly client: string
      readonly sessionId: SessionId
      readonly id: number
      /** As it was sent; 0: it never was. */
      readonly xid: number
      readonly op: Operation
      readonly err: number
      readonly zxid: Zxid
      readonly result: Result | null
    }
  /** A client told its watchers of something, at this place between the replies it got. */
  | {
      readonly type: 'watchEvent'
      readonly client: string
      readonly sessionId: SessionId
      readonly event: WatchedEvent
    }
  /** A client that has reconnected asks for its watches again. The paths are the server's. */
  | {
      readonly type: 'watchesSetAgain'
      readonly client: string
      readonly sessionId: SessionId
      readonly op: SetWatchesOperation
    }

export type FactType = Fact['type']
export type FactOf<T extends FactType> = Fact & { readonly type: T }
