/**
 * The ghosts: what has happened, worked out from the facts alone and shared by all invariants. Each fact is recorded
 * once, before the invariants see it.
 *
 * Transactions are kept by reference in logs that copy in O(1), so a run of 300,000 transactions costs a pointer per
 * transaction and ghost; the work for one fact of the broadcast phase is constant.
 */
import { AppendOnlyLog } from '../base/AppendOnlyLog.ts'
import type { DataTree } from '../nodes/database/DataTree.ts'
import type { Txn } from '../nodes/database/txns.ts'
import type { Fact, FactOf } from '../nodes/facts.ts'
import type { Micros } from '../nodes/Host.ts'
import { counterOf, type Epoch, epochOf, type Sid, type Zxid } from '../nodes/zxid.ts'
import type { Calm } from './Calm.ts'
import { ClientHistory } from './ClientHistory.ts'
import { EpochGhost } from './EpochGhost.ts'
import type { Membership } from './Membership.ts'
import { type Gap, PeerGhost } from './PeerGhost.ts'
import { sameTxn } from './sameTxn.ts'
import { agreeUpTo, commonLength, countUpTo, cutAfter, entryAt } from './sequences.ts'

/** Where the run is; a World is one. */
export interface RunClock {
  /** Events so far. */
  readonly events: number
  readonly now: Micros
}

export class History {
  readonly membership: Membership
  readonly clock: RunClock
  readonly clients = new ClientHistory()
  /** Null: something disturbs the run, or nobody has said that nothing does. */
  calm: Calm | null = null
  readonly peers: PeerGhost[] = []
  private readonly bySid = new Map<Sid, PeerGhost>()
  private recent: PeerGhost | null = null
  /** In ascending order. */
  readonly epochs: EpochGhost[] = []
  private latest: EpochGhost | null = null
  /** Empty. Logs that are copies of it and take the same entries share one array. */
  private readonly beginning = new AppendOnlyLog<Txn>()
  /** C: what is committed, by a quorum of ACKs or as initial history of an established epoch. */
  readonly committed = this.beginning.copy()
  /** Where the last `committed` fact belongs in `committed`. */
  commitPlace = -1
  /** The first that any serving peer delivered at each place. */
  readonly delivered = this.beginning.copy()
  /** The last `delivered` fact was the first of all peers to reach its place. */
  isFirst = false
  readonly trees = new RecentTrees()
  /** What leaders offered as SNAP, by learner. */
  private readonly offered = new Map<Sid, AppendOnlyLog<Txn>>()

  constructor(membership: Membership, clock: RunClock) {
    this.membership = membership
    this.clock = clock
  }

  get now(): Micros {
    return this.clock.now
  }

  peer(sid: Sid): PeerGhost {
    // All folds of one fact ask for its teller.
    const { recent } = this
    if (recent !== null && recent.sid === sid) return recent
    let peer = this.bySid.get(sid)
    if (peer === undefined) {
      peer = new PeerGhost(sid, this.beginning)
      this.bySid.set(sid, peer)
      this.peers.push(peer)
    }
    this.recent = peer
    return peer
  }

  epoch(epoch: Epoch): EpochGhost | undefined {
    if (this.latest !== null && this.latest.epoch === epoch) return this.latest
    for (let i = this.epochs.length - 1; i >= 0; i -= 1) {
      const ghost = this.epochs[i] as EpochGhost
      if (ghost.epoch === epoch) return ghost
    }
    return undefined
  }

  /** The newest epoch that was established. */
  get lastEstablished(): EpochGhost | undefined {
    for (let i = this.epochs.length - 1; i >= 0; i -= 1) {
      if ((this.epochs[i] as EpochGhost).established) return this.epochs[i]
    }
    return undefined
  }

  /** The first epoch behind this one that was established. */
  nextEstablished(epoch: Epoch): EpochGhost | undefined {
    let next: EpochGhost | undefined
    for (let i = this.epochs.length - 1; i >= 0; i -= 1) {
      const ghost = this.epochs[i] as EpochGhost
      if (ghost.epoch <= epoch) break
      if (ghost.established) next = ghost
    }
    return next
  }

  proposal(zxid: Zxid): Txn | undefined {
    return this.epoch(epochOf(zxid))?.at(counterOf(zxid))
  }

  /** Whether `txn` comes right behind `before` in the order of some leader. */
  follows(before: Txn | undefined, txn: Txn): boolean {
    if (before !== undefined && txn.zxid === before.zxid + 1) return counterOf(txn.zxid) !== 0
    if (counterOf(txn.zxid) !== 1) return false
    const initial = this.epoch(epochOf(txn.zxid))?.initial
    if (initial === undefined || initial === null) return true
    return initial.last?.zxid === before?.zxid
  }

  /** The tree as a transaction left it, or as an epoch began with it; null where that is not known, or no longer. */
  treeAt(zxid: Zxid): DataTree | null {
    const ghost = this.epoch(epochOf(zxid))
    if (ghost === undefined || ghost.initial === null) return null
    const counter = counterOf(zxid)
    if (counter > 0) return this.trees.treeOf(ghost.placeOf(counter), zxid)
    const { initial } = ghost
    return initial.length === 0 ? null : this.trees.treeOf(initial.length - 1, (initial.last as Txn).zxid)
  }

  /** The tree that a transaction found. */
  treeBefore(zxid: Zxid): DataTree | null {
    const ghost = this.epoch(epochOf(zxid))
    const place = ghost === undefined || ghost.initial === null ? 0 : ghost.placeOf(counterOf(zxid))
    if (place <= 0 || place > this.delivered.length) return null
    return this.trees.treeOf(place - 1, this.delivered.at(place - 1).zxid)
  }

  /** Where the whole order of what was delivered has this transaction. */
  deliveredAt(zxid: Zxid): Txn | undefined {
    const ghost = this.epoch(epochOf(zxid))
    const place = ghost === undefined || ghost.initial === null ? -1 : ghost.placeOf(counterOf(zxid))
    if (place >= 0 && place < this.delivered.length) {
      const txn = this.delivered.at(place)
      if (txn.zxid === zxid) return txn
    }
    return entryAt(this.delivered, zxid)
  }

  record(fact: Fact): void {
    switch (fact.type) {
      case 'sent':
      case 'commitReceived':
        return
      case 'replied':
      case 'invoked':
      case 'completed':
      case 'clientConnected':
      case 'clientDisconnected':
      case 'clientExpired':
      case 'sessionExpired':
      case 'watchEvent':
      case 'watchesSetAgain':
        this.clients.record(fact, this.clock.now, this.committed.length, this.delivered)
        return
      case 'logged':
        this.noteLogged(fact)
        return
      case 'forced':
        this.peer(fact.peer).markDurable(fact.zxid)
        return
      case 'acked': {
        const peer = this.peer(fact.peer)
        peer.promise(fact.zxid)
        peer.noteAck(epochOf(fact.zxid), fact.zxid)
        return
      }
      case 'delivered':
        this.noteDelivered(fact)
        return
      case 'proposed':
        this.epochGhost(epochOf(fact.txn.zxid)).note(counterOf(fact.txn.zxid), fact.txn)
        return
      case 'committed':
        this.noteCommitted(fact.txn)
        return
      case 'syncApplied':
        this.apply(this.peer(fact.peer), fact.txn)
        return
      case 'recovered':
        this.noteRecovered(fact)
        return
      case 'refusedToStart':
        this.peer(fact.peer).refused = true
        return
      case 'readOnlyStarted':
        this.peer(fact.peer).readOnly = true
        return
      case 'stateChanged':
        if (fact.state !== 'LOOKING') this.peer(fact.peer).readOnly = false
        if (fact.state === 'LOOKING') this.peer(fact.peer).endRole()
        return
      case 'lookingAgain':
        this.peer(fact.peer).endRole()
        return
      case 'fastForwarded':
        this.noteFastForwarded(fact)
        return
      case 'acceptedEpochWritten':
        this.peer(fact.peer).acceptedEpoch = fact.epoch
        return
      case 'currentEpochWritten':
        this.peer(fact.peer).currentEpoch = fact.epoch
        return
      case 'syncDecided':
        if (fact.mode === 'SNAP') this.offered.set(fact.learner, this.peer(fact.peer).applied.copy())
        return
      case 'syncStarted':
        this.noteSyncStarted(fact)
        return
      case 'truncated':
        this.noteTruncated(fact)
        return
      case 'snapshotReceived':
        this.noteSnapshotReceived(fact)
        return
      case 'snapshotTaken':
        this.peer(fact.peer).noteSnapshot(fact.zxid, fact.forced)
        return
      case 'ackedNewLeader':
        this.noteAckedNewLeader(fact)
        return
      case 'upToDate':
        this.beginServing(this.peer(fact.peer))
        return
      case 'diskFailed':
        this.peer(fact.peer).diskFailed = true
        return
      case 'epochAcked':
        this.chooseLeader(this.epochGhost(fact.epoch), this.peer(fact.peer))
        return
      case 'synchronizing':
        this.noteSynchronizing(fact)
        return
      case 'established':
        this.membership.hear(fact)
        this.noteEstablished(fact)
        return
      case 'configSeen':
      case 'configActivated':
        this.membership.hear(fact)
        return
      default:
    }
  }

  private epochGhost(epoch: Epoch): EpochGhost {
    const known = this.epoch(epoch)
    if (known !== undefined) return known
    const ghost = new EpochGhost(epoch)
    let at = this.epochs.length
    while (at > 0 && (this.epochs[at - 1] as EpochGhost).epoch > epoch) at -= 1
    this.epochs.splice(at, 0, ghost)
    this.latest = ghost
    return ghost
  }

  private noteLogged(fact: FactOf<'logged'>): void {
    const peer = this.peer(fact.peer)
    const { history } = peer
    peer.fresh = history.length === 0 || (history.last as Txn).zxid < fact.txn.zxid
    if (peer.fresh) history.push(fact.txn)
  }

  private noteDelivered(fact: FactOf<'delivered'>): void {
    const peer = this.peer(fact.peer)
    this.apply(peer, fact.txn)
    const place = peer.applied.length - 1
    this.isFirst = peer.fresh && place === this.delivered.length
    if (!peer.fresh) return
    if (this.isFirst) this.noteInOrder(fact.txn)
    if (fact.txn.zxid >= peer.fuzzyUntil) this.trees.note(place, fact.peer, fact.txn.zxid, fact.tree)
  }

  private noteInOrder(txn: Txn): void {
    this.delivered.push(txn)
    this.clients.noteInOrder(txn, this.clock.now)
  }

  private apply(peer: PeerGhost, txn: Txn): void {
    const { applied } = peer
    peer.fresh = applied.length === 0 || (applied.last as Txn).zxid < txn.zxid
    if (peer.fresh) applied.push(txn)
  }

  private noteCommitted(txn: Txn): void {
    const ghost = this.epoch(epochOf(txn.zxid))
    const place =
      ghost === undefined || ghost.initial === null
        ? this.committed.length
        : ghost.placeOf(counterOf(txn.zxid))
    this.commitPlace = place
    if (place === this.committed.length) this.committed.push(txn)
  }

  private noteRecovered(fact: FactOf<'recovered'>): void {
    const peer = this.peer(fact.peer)
    peer.endRole()
    peer.diskFailed = false
    peer.recoveredAfter = this.committed.length
    peer.refused = false
    peer.readOnly = false
    peer.acceptedEpoch = Math.max(peer.acceptedEpoch, fact.acceptedEpoch)
    peer.currentEpoch = Math.max(peer.currentEpoch, fact.currentEpoch)
    peer.before = peer.history
    const snapshot = peer.snapshotLabelled(fact.snapshotZxid)
    peer.replaced = false
    peer.fuzzyUntil = snapshot.fuzzyUntil
    if (counterOf(fact.snapshotZxid) === 0 && fact.snapshotZxid > 0) {
      peer.startedEpoch = Math.max(peer.startedEpoch, epochOf(fact.snapshotZxid))
    }
    peer.history = this.rebuild(peer, snapshot.content, fact)
    peer.applied = peer.history.copy()
    // Promises are kept as they were: what is missing of them is for the invariants to say.
    peer.durable = Math.min(peer.durable, commonLength(peer.before, peer.history))
  }

  /** Snapshot, then the entries of the log behind it. Shares the known history's array where the two agree. */
  private rebuild(
    peer: PeerGhost,
    content: AppendOnlyLog<Txn>,
    fact: FactOf<'recovered'>,
  ): AppendOnlyLog<Txn> {
    const known = peer.history
    const { logged } = fact
    const shared = agreeUpTo(content, known, content.length)
    let built = shared ? cutAfter(known, known.length === 0 ? 0 : (content.last?.zxid ?? 0)) : content.copy()
    let at = countUpTo(logged, fact.snapshotZxid)
    if (shared) {
      let length = built.length
      while (at < logged.length && length < known.length && sameTxn(known.at(length), logged.at(at))) {
        length += 1
        at += 1
      }
      built = known.copy()
      built.truncate(length)
    }
    let gap: Gap | null = this.firstGap(content, logged, fact.snapshotZxid)
    for (; at < logged.length; at += 1) {
      const txn = logged.at(at)
      if (built.length > 0 && (built.last as Txn).zxid >= txn.zxid) gap ??= { before: built.last, after: txn }
      else built.push(txn)
    }
    peer.gap = gap
    return built
  }

  private firstGap(content: AppendOnlyLog<Txn>, logged: { length: number; at(i: number): Txn }, label: Zxid) {
    let before = content.last
    for (let i = countUpTo(logged, label); i < logged.length; i += 1) {
      const txn = logged.at(i)
      if (!this.follows(before, txn)) return { before, after: txn }
      before = txn
    }
    return null
  }

  private noteFastForwarded(fact: FactOf<'fastForwarded'>): void {
    const peer = this.peer(fact.peer)
    peer.diskFailed = false
    // An observer may be told not to log: then its tree is all it has.
    const unlogged = this.membership.isObserver(fact.peer) && !peer.replaced
    const kept = unlogged && peer.applied.length > peer.history.length ? peer.applied : peer.history
    peer.applied = cutAfter(kept, fact.lastProcessedZxid)
    peer.replaced = false
  }

  private noteSyncStarted(fact: FactOf<'syncStarted'>): void {
    const peer = this.peer(fact.peer)
    peer.syncLeader = fact.leader
    peer.syncEpoch = fact.epoch
    peer.syncMode = fact.mode
    // From here on it may drop what the leader does not have.
    if (fact.mode === 'TRUNC') peer.promised = Math.min(peer.promised, countUpTo(peer.history, fact.zxid))
  }

  private noteTruncated(fact: FactOf<'truncated'>): void {
    const peer = this.peer(fact.peer)
    // A reload that was told as a recovery has cut the history already; then `before` is still the longer one.
    peer.replaceHistory(cutAfter(peer.history, fact.to))
    peer.applied = peer.history.copy()
    // The leader that proposed it takes it back, and will send it again: it no longer counts that ACK.
    peer.takeBackAcks(peer.syncEpoch, fact.to)
  }

  private noteSnapshotReceived(fact: FactOf<'snapshotReceived'>): void {
    const peer = this.peer(fact.peer)
    const leader = this.peer(fact.leader)
    const offered = this.offered.get(fact.peer)
    const live = leader.leads === peer.syncEpoch || offered === undefined
    const content = cutAfter(live ? leader.applied : offered, fact.zxid)
    peer.before = peer.history
    peer.applied = content
    peer.replaced = true
    peer.fuzzyUntil = leader.applied.last?.zxid ?? 0
    peer.promised = Math.min(peer.promised, commonLength(peer.history, content))
    // As behind TRUNC: the leader that proposed what is not in it will send it again, and no longer counts those ACKs.
    peer.takeBackAcks(peer.syncEpoch, fact.zxid)
    if (fact.zxid > 0 && counterOf(fact.zxid) === 0) {
      peer.startedEpoch = Math.max(peer.startedEpoch, epochOf(fact.zxid))
    }
  }

  private noteAckedNewLeader(fact: FactOf<'ackedNewLeader'>): void {
    const peer = this.peer(fact.peer)
    peer.memberOf = fact.epoch
    peer.startedEpoch = Math.max(peer.startedEpoch, fact.epoch)
    peer.promise(fact.lastZxid)
  }

  private noteSynchronizing(fact: FactOf<'synchronizing'>): void {
    const peer = this.peer(fact.peer)
    const ghost = this.epochGhost(fact.epoch)
    peer.leads = fact.epoch
    peer.memberOf = fact.epoch
    // A leader acknowledges its own NEWLEADER here, without a packet.
    peer.promised = peer.history.length
    this.chooseLeader(ghost, peer)
  }

  /** From the quorum of ACKEPOCHs on its history is what the epoch begins with; its learners may be ahead of its disk. */
  private chooseLeader(ghost: EpochGhost, peer: PeerGhost): void {
    if (ghost.leader !== -1) return
    ghost.leader = peer.sid
    ghost.initial = peer.history.copy()
  }

  private noteEstablished(fact: FactOf<'established'>): void {
    const peer = this.peer(fact.peer)
    const ghost = this.epochGhost(fact.epoch)
    ghost.initial ??= peer.history.copy()
    // A server alone begins no epoch when it starts again: what its log holds of this one it has committed by that, and
    // what its log lost of it was never proposed to anybody.
    const goesOn = ghost.established && ghost.leader === fact.peer
    const decided = goesOn ? peer.history : ghost.initial
    if (goesOn) ghost.proposed.truncate(Math.min(ghost.proposed.length, counterOf(fact.lastZxid)))
    ghost.established = true
    peer.startedEpoch = Math.max(peer.startedEpoch, fact.epoch)
    ghost.committedBefore = this.committed.length
    if (agreeUpTo(this.committed, decided, this.committed.length)) {
      for (let i = this.committed.length; i < decided.length; i += 1) this.committed.push(decided.at(i))
    }
    this.beginServing(peer)
  }

  private beginServing(peer: PeerGhost): void {
    peer.serving = true
    const { applied } = peer
    if (!agreeUpTo(this.delivered, applied, this.delivered.length)) return
    for (let i = this.delivered.length; i < applied.length; i += 1) this.noteInOrder(applied.at(i))
  }
}

/**
 * What the trees of the last places of the order were like, as the first peer to get there told it. Of all but the
 * latest their digests, not the trees: every copy of a run would keep all of them alive.
 */
export class RecentTrees {
  private readonly zxids: Zxid[] = new Array<Zxid>(KEPT).fill(-1)
  private readonly sids: Sid[] = new Array<Sid>(KEPT).fill(-1)
  private readonly digests: number[] = new Array<number>(KEPT).fill(0)
  private readonly fingerprints: number[] = new Array<number>(KEPT).fill(0)
  private readonly latest: (DataTree | null)[] = new Array<DataTree | null>(TREES_KEPT).fill(null)
  private highest = -1

  note(place: number, sid: Sid, zxid: Zxid, tree: DataTree): void {
    if (place <= this.highest) return
    this.highest = place
    const slot = place % KEPT
    this.zxids[slot] = zxid
    this.sids[slot] = sid
    this.digests[slot] = tree.digest
    this.fingerprints[slot] = tree.fingerprint
    this.latest[place % TREES_KEPT] = tree
  }

  /** The tree of a place, where that is one of the latest; null where not, or where the transaction is another. */
  treeOf(place: number, zxid: Zxid): DataTree | null {
    if (place < 0 || place <= this.highest - TREES_KEPT || !this.knows(place, zxid)) return null
    return this.latest[place % TREES_KEPT] as DataTree | null
  }

  /** Whether the tree of this place is known still, and of this transaction. */
  knows(place: number, zxid: Zxid): boolean {
    return this.zxids[place % KEPT] === zxid
  }

  /** Whether this is the tree that is known of a place. */
  agrees(place: number, tree: DataTree): boolean {
    const slot = place % KEPT
    return this.digests[slot] === tree.digest && this.fingerprints[slot] === tree.fingerprint
  }

  toldBy(place: number): Sid {
    return this.sids[place % KEPT] as Sid
  }
}

/** More than a live replica ever lags. */
const KEPT = 256
/** More than an answer on its way to a client lags, mostly; a divisor of KEPT. */
const TREES_KEPT = 128
