/**
 * What the facts told about one peer. Ghost state: no peer reads it, and it survives the peer's crashes.
 *
 * `history` is what the peer wrote to its log, forced or not, behind what its snapshots hold; `applied` is what its
 * tree holds. Either may be ahead: a leader logs before it applies, a follower may apply what its logger has not
 * reached yet. Both begin at the beginning of time.
 */
import type { AppendOnlyLog } from '../base/AppendOnlyLog.ts'
import type { Txn } from '../nodes/database/txns.ts'
import type { SyncMode } from '../nodes/facts.ts'
import type { Epoch, Sid, Zxid } from '../nodes/zxid.ts'
import { commonLength, countUpTo, cutAfter } from './sequences.ts'

export interface SnapshotGhost {
  /** Its label. */
  readonly zxid: Zxid
  /** What the label claims. */
  readonly content: AppendOnlyLog<Txn>
  /** The tree went on while it was written: replay must reach this zxid before the tree is that of one moment. */
  readonly fuzzyUntil: Zxid
}

/** Where a log is not a segment of some leader's broadcast order. */
export interface Gap {
  readonly before: Txn | undefined
  readonly after: Txn
}

export class PeerGhost {
  readonly sid: Sid
  history: AppendOnlyLog<Txn>
  applied: AppendOnlyLog<Txn>
  /** The history before it was last cut or replaced. */
  before: AppendOnlyLog<Txn>
  /** The last `logged` or `delivered` fact added an entry (rather than repeat or reverse). */
  fresh = false
  /** How many entries of `history` are durable. */
  durable = 0
  /** How many entries of `history` this peer promised to keep, by an ACK. */
  promised = 0
  /** The highest ACK of a proposal, by epoch, in the order in which the epochs came. */
  readonly ackedIn: { epoch: Epoch; zxid: Zxid }[] = []
  snapshots: SnapshotGhost[] = []
  fuzzyUntil: Zxid = 0
  /** Histories that a synchronisation cut, and where. */
  readonly cuts: { readonly log: AppendOnlyLog<Txn>; readonly at: number }[] = []
  /** How many transactions were committed when it last started; -1 before it did. */
  recoveredAfter = -1
  /** It has no leader, and serves reads. */
  readOnly = false
  /** What it said last about its start: that it refused. */
  refused = false
  /** Found at the last recovery. */
  gap: Gap | null = null

  /** As last told; -1 before the first. */
  acceptedEpoch: Epoch = -1
  currentEpoch: Epoch = -1
  /** The highest epoch whose start `<e,0>` is a position that this peer may claim. */
  startedEpoch: Epoch = 0

  /** The synchronisation under way, or the last one of this role. */
  syncLeader: Sid = -1
  syncEpoch: Epoch = -1
  syncMode: SyncMode | null = null
  /** The tree came from a leader and no snapshot of it is on the disk yet. */
  replaced = false
  /** The epoch of whose ensemble it is a synchronised member: a learner from its ACK of NEWLEADER on. */
  memberOf: Epoch = -1
  /** The epoch it leads, from the phase of synchronisation on. */
  leads: Epoch = -1
  /** Its clients see its tree. */
  serving = false

  /** The disk failed since this peer last read it anew. */
  diskFailed = false
  /** Its disk was damaged from outside; what it finds at its next start is nobody's fault. */
  excused = false
  /** How often its disk was emptied from outside: what it promised before is void. */
  wipes = 0

  /** `beginning` is an empty log that all ghosts of a run begin as a copy of: those that agree share one array. */
  constructor(sid: Sid, beginning: AppendOnlyLog<Txn>) {
    this.sid = sid
    this.history = beginning.copy()
    this.applied = beginning.copy()
    this.before = beginning.copy()
  }

  /** The zxid up to which everything is durable. */
  get durableZxid(): Zxid {
    return this.durable === 0 ? 0 : this.history.at(this.durable - 1).zxid
  }

  get lastZxid(): Zxid {
    return this.history.last?.zxid ?? 0
  }

  endRole(): void {
    this.leads = -1
    this.memberOf = -1
    this.serving = false
    this.syncLeader = -1
    this.syncEpoch = -1
    this.syncMode = null
  }

  markDurable(zxid: Zxid): void {
    const { history } = this
    while (this.durable < history.length && history.at(this.durable).zxid <= zxid) this.durable += 1
  }

  promise(zxid: Zxid): void {
    const { history } = this
    while (this.promised < history.length && history.at(this.promised).zxid <= zxid) this.promised += 1
  }

  noteAck(epoch: Epoch, zxid: Zxid): void {
    const last = this.ackedIn[this.ackedIn.length - 1]
    if (last !== undefined && last.epoch === epoch) {
      if (zxid > last.zxid) last.zxid = zxid
    } else {
      this.ackedIn.push({ epoch, zxid })
    }
  }

  /** Its ACKs in this epoch of what is behind `zxid` are void. */
  takeBackAcks(epoch: Epoch, zxid: Zxid): void {
    for (const acked of this.ackedIn) if (acked.epoch === epoch) acked.zxid = Math.min(acked.zxid, zxid)
  }

  ackedUpTo(epoch: Epoch): Zxid {
    for (const acked of this.ackedIn) if (acked.epoch === epoch) return acked.zxid
    return 0
  }

  /** Replaces the history; what was durable or promised stays so as far as the two agree. */
  replaceHistory(by: AppendOnlyLog<Txn>): void {
    const common = commonLength(this.history, by)
    this.before = this.history
    if (common < this.history.length) {
      this.cuts.push({ log: this.history, at: common })
      if (this.cuts.length > CUTS_KEPT) this.cuts.shift()
    }
    this.history = by
    this.durable = Math.min(this.durable, common)
    this.promised = Math.min(this.promised, common)
  }

  /** After a recovery was judged: what is gone is gone, and excuses have been used. */
  settle(): void {
    this.promised = Math.min(this.promised, commonLength(this.before, this.history))
    this.excused = false
    this.gap = null
  }

  noteSnapshot(label: Zxid, forced: boolean): void {
    const content = cutAfter(this.applied, label)
    const fuzzyUntil = this.applied.last?.zxid ?? 0
    if (this.snapshots[this.snapshots.length - 1]?.zxid === label) this.snapshots.pop()
    this.snapshots.push({ zxid: label, content, fuzzyUntil })
    if (this.snapshots.length > SNAPSHOTS_KEPT) this.snapshots.shift()
    if (this.replaced) {
      this.replaceHistory(content.copy())
      this.replaced = false
    } else if (content.length > this.history.length) {
      this.replaceHistory(content.copy())
    }
    if (forced) this.durable = Math.max(this.durable, Math.min(content.length, this.history.length))
  }

  /** What a snapshot with this label holds, as far as its end is told. */
  snapshotLabelled(label: Zxid): SnapshotGhost {
    for (let i = this.snapshots.length - 1; i >= 0; i -= 1) {
      const snapshot = this.snapshots[i] as SnapshotGhost
      if (snapshot.zxid === label) return snapshot
    }
    // Complete on the disk, but the process died before it said so.
    const fromTree = this.replaced || countUpTo(this.applied, label) > countUpTo(this.history, label)
    const content = cutAfter(fromTree ? this.applied : this.history, label)
    return { zxid: label, content, fuzzyUntil: this.applied.last?.zxid ?? 0 }
  }

  /** All that lay on this peer's disk is gone. */
  forget(): void {
    this.before = this.history
    this.history = cutAfter(this.history, -1)
    this.applied = cutAfter(this.applied, -1)
    this.durable = 0
    this.promised = 0
    this.ackedIn.length = 0
    this.snapshots = []
    this.acceptedEpoch = -1
    this.currentEpoch = -1
    this.startedEpoch = 0
    this.replaced = false
    this.cuts.length = 0
    this.diskFailed = false
    this.wipes += 1
    this.endRole()
  }
}

const CUTS_KEPT = 16

/** Older ones come back only if all these are unreadable. */
const SNAPSHOTS_KEPT = 64
