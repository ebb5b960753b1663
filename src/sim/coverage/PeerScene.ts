/** How far one peer has come, by what it told. Ghost state: it goes on when the process dies. */
import type { FactOf, SyncMode } from '../../nodes/facts.ts'
import type { Micros } from '../../nodes/Host.ts'
import type { QuorumConfig } from '../../nodes/PeerConfig.ts'
import type { ServerState } from '../../nodes/packets.ts'
import type { Epoch, Sid, Zxid } from '../../nodes/zxid.ts'
import type { Ending } from '../kernel/SimHost.ts'

/**
 * Where a process is on its way from its start to its service. A stage begins with a fact and lasts to the next, so a
 * death in it is a death between two deeds of the protocol.
 */
export type Stage =
  /** No process, or one that has told nothing yet. */
  | 'silent'
  | 'looking'
  /** A role has ended, and the log is being flushed. */
  | 'leaving'
  // ── a learner ──
  /** It connects, waits for LEADERINFO, or writes acceptedEpoch. */
  | 'registering'
  /** It has sent ACKEPOCH. */
  | 'promised'
  /** It has been told how it is brought up to date. */
  | 'syncing'
  /** Its log has been cut. */
  | 'truncated'
  /** It holds the leader's database in memory, and nothing of it on the disk. */
  | 'replaced'
  /** What the synchronisation brought is durable. */
  | 'persisted'
  /** currentEpoch is written. */
  | 'claimed'
  /** It has acknowledged NEWLEADER. */
  | 'synced'
  // ── a leader ──
  /** It waits for a quorum to choose an epoch with. */
  | 'aspiring'
  /** It has chosen an epoch, and sends LEADERINFO. */
  | 'proposing'
  /** A quorum has acknowledged the epoch. */
  | 'chosen'
  /** It has claimed the epoch, and waits for a quorum to acknowledge NEWLEADER. */
  | 'synchronizing'
  // ── either ──
  | 'serving'

export class PeerScene {
  readonly sid: Sid
  stage: Stage = 'silent'
  /** Its process has told something and lives. */
  lives = false
  /** How its last process ended; null before the first did. */
  ended: Ending | null = null
  /** When that was; -1 before. */
  endedAt: Micros = -1
  /** A power cut tore a record that it was writing. */
  torn = false
  role: ServerState = 'LOOKING'
  lookingSince: Micros = 0
  /** The last vote of this round of looking; null before the first. */
  vote: FactOf<'voted'> | null = null
  elected: FactOf<'elected'> | null = null
  /** What it goes by; null before it has said. */
  config: QuorumConfig | null = null
  /** A later one that it has seen, or what it goes by. */
  seen: QuorumConfig | null = null
  voters = 0
  isVoter = true
  /** Whom it follows, and in which epoch. */
  leader: Sid = -1
  epoch: Epoch = -1
  syncMode: SyncMode | null = null
  /** It has applied transactions that were committed while it was brought up to date. */
  appliedInSync = false

  // As last told; -1 before the first.
  acceptedEpoch: Epoch = -1
  currentEpoch: Epoch = -1
  logged: Zxid = 0
  forced: Zxid = 0
  acked: Zxid = 0
  /** Committed, by itself or as it heard. */
  committed: Zxid = 0
  delivered: Zxid = 0
  /** By this leader, in its epoch. */
  proposed: Zxid = 0
  snapshot: Zxid = -1
  /** The newest snapshot that its processes left without an end; -1: none. */
  unfinished: Zxid = -1

  constructor(sid: Sid) {
    this.sid = sid
  }

  get leads(): boolean {
    return this.role === 'LEADING' && this.stage === 'serving'
  }

  get learns(): boolean {
    return this.role === 'FOLLOWING' || this.role === 'OBSERVING'
  }

  /** It serves, and some of what it proposed is not committed. */
  get hasInFlight(): boolean {
    return this.leads && this.proposed > this.committed
  }

  goesBy(config: QuorumConfig): void {
    const voters = config.servers.filter(({ type }) => type === 'participant')
    this.config = config
    this.seen = config
    this.voters = voters.length
    this.isVoter = voters.some(({ sid }) => sid === this.sid)
  }

  endRole(stage: Stage): void {
    this.stage = stage
    this.role = 'LOOKING'
    this.leader = -1
    this.syncMode = null
    this.appliedInSync = false
    this.vote = null
    this.elected = null
  }
}
