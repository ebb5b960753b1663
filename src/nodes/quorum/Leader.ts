import { assert } from '../../base/assert.ts'
import { Queue } from '../../base/Queue.ts'
import type { SessionId, Txn } from '../database/txns.ts'
import type { Connection, DiskError, TimerName } from '../Host.ts'
import { MICROS_PER_MILLI } from '../PeerConfig.ts'
import type { QuorumPacket } from '../packets.ts'
import type { Request } from '../processors/Request.ts'
import { XidRolloverException } from '../processors/XidRolloverException.ts'
import { LeaderZooKeeperServer } from '../server/LeaderZooKeeperServer.ts'
import { Thread } from '../Thread.ts'
import { counterOf, type Epoch, makeZxid, printZxid, type Sid, type Zxid } from '../zxid.ts'
import { ConfigWriter } from './ConfigWriter.ts'
import type { LearnerHandler } from './LearnerHandler.ts'
import { Proposal } from './Proposal.ts'
import type { QuorumPeer } from './QuorumPeer.ts'
import { type QuorumVerifier, withVersion } from './QuorumVerifier.ts'
import { SyncedLearnerTracker } from './SyncedLearnerTracker.ts'

/** Where the leader's main thread is in lead(): one phase per place where the Java blocks. */
type Phase =
  | 'awaitEpochQuorum' // getEpochToPropose
  | 'writeAcceptedEpoch' // getEpochToPropose, QuorumPeer.setAcceptedEpoch
  | 'writeFirstConfig' // QuorumPeer.setLastSeenQuorumVerifier
  | 'awaitEpochAckQuorum' // waitForEpochAck
  | 'writeCurrentEpoch' // QuorumPeer.setCurrentEpoch
  | 'awaitNewLeaderAckQuorum' // waitForNewLeaderAck
  | 'writeConfig' // startZkServer, QuorumPeer.processReconfig
  | 'broadcast' // the loop at the end

/** What a learner or the leader itself brings to waitForEpochAck. Java: StateSummary */
export interface StateSummary {
  readonly currentEpoch: Epoch
  readonly lastZxid: Zxid
}

const WAIT_TIMER = 'leader/wait'
const TICK_TIMER = 'leader/tick'

/**
 * The main thread of a leader, and the state its learner handlers share.
 *
 * Java: Leader. Its monitors (`connectingFollowers`, `electingFollowers`, `newLeaderProposal`) are three barriers: a
 * method counts a supporter, a predicate says whether the barrier has fallen, and `signalAll` stands for notifyAll. What
 * the Java does while it holds a monitor happens here within one turn.
 *
 * The barriers can only fall once the leader itself has arrived, and then its own thread is the one that waits; so the
 * leader's thread, not whichever handler completed the quorum, writes acceptedEpoch.
 */
export class Leader extends Thread<never> {
  readonly peer: QuorumPeer
  readonly zk: LeaderZooKeeperServer
  phase: Phase = 'awaitEpochQuorum'

  /** The epoch to propose, and while `waitingForNewEpoch` the least it can be. */
  epoch: Epoch = -1
  waitingForNewEpoch = true
  protected readonly connectingFollowers = new Map<Sid, Epoch>()

  electionFinished = false
  private readonly electingFollowers = new Set<Sid>()
  private leaderStateSummary: StateSummary = { currentEpoch: -1, lastZxid: -1 }

  quorumFormed = false
  private readonly newLeaderAcks = new SyncedLearnerTracker()

  /** All connections of learners, in the order in which they came. */
  readonly learners = new Set<LearnerHandler>()
  private readonly forwardingFollowers = new Set<LearnerHandler>()
  private readonly observingLearners = new Set<LearnerHandler>()
  private handlersMade = 0

  lastProposed: Zxid = 0
  lastCommitted: Zxid = -1
  /** False once a reconfig has said that another leads: what is outstanding is for that one to commit. */
  allowedToCommit = true
  private configWriter: ConfigWriter | null = null
  /** In zxid order, as they were proposed. */
  readonly outstandingProposals = new Map<Zxid, Proposal>()
  /** Committed and not yet applied here: what a new learner must still be told. */
  readonly toBeApplied = new Queue<Txn>()
  private readonly pendingSyncs = new Map<Zxid, Request[]>()
  /** Ticks since this leader began. */
  tick = 0
  private tickSkip = true

  constructor(peer: QuorumPeer) {
    super(peer.dispatcher, 'main')
    this.peer = peer
    this.zk = new LeaderZooKeeperServer(peer)
    this.zk.leader = this
  }

  /** Begins lead(). */
  begin(): void {
    this.peer.setZabState('DISCOVERY')
    this.snapshotBeforeLeading()
    const lastZxid = this.peer.lastLoggedZxid()
    this.leaderStateSummary = { currentEpoch: this.peer.currentEpoch, lastZxid }
    this.host.listen('quorum')
    this.addConnectingFollower(this.peer.myid, this.peer.acceptedEpoch)
    this.waitIn('awaitEpochQuorum')
  }

  /**
   * A leader snapshots what it restored before anybody agreed to it, and does not force it. Java: ZooKeeperServer.loadData.
   * That is harmless because TRUNC takes snapshots behind its target away, see ZKDatabase.truncateLog.
   */
  protected snapshotBeforeLeading(): void {
    const zxid = this.peer.zkDb.lastProcessedZxid
    this.peer.zkDb.takeUnforcedSnapshot()
    this.host.tell(Object.freeze({ type: 'snapshotTaken', peer: this.peer.myid, zxid, forced: false }))
  }

  waitingFor(): string {
    switch (this.phase) {
      case 'awaitEpochQuorum':
        return `a quorum to choose an epoch with, has ${[...this.connectingFollowers.keys()].join(' ')}`
      case 'awaitEpochAckQuorum':
        return `a quorum of ACKEPOCH(${this.epoch}), has ${[...this.electingFollowers].join(' ')}`
      case 'awaitNewLeaderAckQuorum':
        return `a quorum of ACK(NEWLEADER ${this.epoch}), has ${this.newLeaderAcks.describe()}`
      case 'writeAcceptedEpoch':
      case 'writeFirstConfig':
      case 'writeCurrentEpoch':
      case 'writeConfig':
        return `the disk (${this.phase})`
      case 'broadcast': {
        const first = this.outstandingProposals.values().next().value
        if (first === undefined) return 'requests'
        return `a quorum of ACK(${printZxid(first.txn.zxid)}), has ${first.describe()}`
      }
    }
  }

  /** Serving: the initial history of this epoch is decided. */
  get established(): boolean {
    return this.phase === 'broadcast'
  }

  // ── learners come and go ──

  /** Java: LearnerCnxAcceptor */
  onAccepted(connection: Connection): void {
    this.handlersMade += 1
    const handler = new this.peer.cast.LearnerHandler(this, connection, this.handlersMade)
    connection.attachment = handler
    this.learners.add(handler)
  }

  removeLearnerHandler(handler: LearnerHandler): void {
    this.learners.delete(handler)
    this.forwardingFollowers.delete(handler)
    this.observingLearners.delete(handler)
  }

  protected isParticipant(sid: Sid): boolean {
    return this.peer.verifier.isVoter(sid)
  }

  // ── the three barriers ──

  /** Java: getEpochToPropose, up to the wait. */
  addConnectingFollower(sid: Sid, lastAcceptedEpoch: Epoch): void {
    // Once it is chosen, on its way to the disk too.
    if (this.phase !== 'awaitEpochQuorum') return
    if (this.reachesEpoch(lastAcceptedEpoch)) this.epoch = lastAcceptedEpoch + 1
    if (this.isParticipant(sid)) this.connectingFollowers.set(sid, lastAcceptedEpoch)
    if (this.hasConnectingQuorum()) this.signal()
  }

  /** The epoch is chosen, or about to be: nobody's wait for it runs out any more. */
  get epochIsChosen(): boolean {
    return this.phase !== 'awaitEpochQuorum' || this.hasConnectingQuorum()
  }

  /** ZOOKEEPER-1343: an equal epoch was promised to somebody too. */
  protected reachesEpoch(lastAcceptedEpoch: Epoch): boolean {
    return lastAcceptedEpoch >= this.epoch
  }

  /** ZOOKEEPER-1270: a quorum without the leader itself knows nothing of what the leader promised. */
  protected hasConnectingQuorum(): boolean {
    const connecting = this.connectingFollowers
    return connecting.has(this.peer.myid) && this.peer.verifier.containsQuorum(new Set(connecting.keys()))
  }

  /**
   * Java: waitForEpochAck, up to the wait.
   *
   * @returns false when this learner knows more than the leader and must go.
   */
  addElectingFollower(sid: Sid, summary: StateSummary): boolean {
    if (this.electionFinished) return true
    if (summary.currentEpoch !== -1) {
      if (isMoreRecentThan(summary, this.leaderStateSummary)) return false
      if (summary.lastZxid !== -1 && this.isParticipant(sid)) this.electingFollowers.add(sid)
    }
    const electing = this.electingFollowers
    if (electing.has(this.peer.myid) && this.peer.verifier.containsQuorum(electing)) {
      this.electionFinished = true
      this.host.tell(
        Object.freeze({
          type: 'epochAcked',
          peer: this.peer.myid,
          epoch: this.epoch,
          by: Object.freeze([...electing].sort(ascending)),
        }),
      )
      this.signalAll()
    }
    return true
  }

  /**
   * Java: waitForNewLeaderAck, up to the wait.
   *
   * @returns false when the ACK is for something else: it is not counted, and its learner does not wait for a quorum.
   */
  addNewLeaderAck(sid: Sid, zxid: Zxid): boolean {
    if (this.quorumFormed) return true
    if (zxid !== makeZxid(this.epoch, 0)) {
      this.peer.anomaly('A4', 'the first ACK of a learner is not for this NEWLEADER', zxid)
      return false
    }
    this.newLeaderAcks.addAck(sid)
    if (this.newLeaderAcks.hasAllQuorums()) {
      this.quorumFormed = true
      this.signalAll()
    }
    return true
  }

  private signalAll(): void {
    this.signal()
    for (const handler of this.learners) handler.signal()
  }

  // ── the thread: lead() ──

  protected override take(_item: never): void {}

  private waitIn(phase: Phase): void {
    this.phase = phase
    this.wait()
    const limit = this.peer.config.initLimit * this.peer.config.tickTime * MICROS_PER_MILLI
    this.dispatcher.setTimer(WAIT_TIMER, limit, this)
    this.signal()
  }

  protected override signalled(): void {
    switch (this.phase) {
      case 'awaitEpochQuorum':
        if (this.hasConnectingQuorum()) this.chooseEpoch()
        return
      case 'awaitEpochAckQuorum':
        if (!this.electionFinished) return
        this.proceed()
        this.phase = 'writeCurrentEpoch'
        this.park(this.peer.writeCurrentEpoch(this.epoch))
        return
      case 'awaitNewLeaderAckQuorum':
        if (this.quorumFormed) this.writeConfig()
        return
      case 'writeAcceptedEpoch':
      case 'writeFirstConfig':
      case 'writeCurrentEpoch':
      case 'writeConfig':
      case 'broadcast':
        return
    }
  }

  private chooseEpoch(): void {
    this.proceed()
    this.phase = 'writeAcceptedEpoch'
    this.park(this.peer.writeAcceptedEpoch(this.epoch))
  }

  protected override unparked(): void {
    if (this.phase === 'writeAcceptedEpoch') this.acceptedEpochWritten()
    else if (this.phase === 'writeFirstConfig') this.awaitEpochAckQuorum()
    else if (this.phase === 'writeCurrentEpoch') this.currentEpochWritten()
    else this.startZkServer()
  }

  protected override diskFailed(error: DiskError): void {
    this.peer.diskFailed(error, `${this.phase} of a leader`)
  }

  private acceptedEpochWritten(): void {
    this.tellEpochProposed()
    this.peer.acceptedEpochWritten(this.epoch)
    this.zk.hzxid = makeZxid(this.epoch, 0)
    this.lastProposed = this.zk.hzxid
    this.waitingForNewEpoch = false
    for (const handler of this.learners) handler.signal()
    this.writeFirstConfig()
  }

  /**
   * A configuration without a version is given that of the first epoch that is established with it, so that it counts for
   * more than what those who join later were started with. ZOOKEEPER-1783
   */
  protected writeFirstConfig(): void {
    const { verifier, lastSeenVerifier } = this.peer
    const isFirst = verifier.version === 0 && lastSeenVerifier.version === 0
    const ticket = isFirst ? this.peer.setLastSeenVerifier(withVersion(verifier, this.zk.hzxid)) : null
    if (ticket === null) return this.awaitEpochAckQuorum()
    this.phase = 'writeFirstConfig'
    this.park(ticket)
  }

  private awaitEpochAckQuorum(): void {
    this.newLeaderAcks.addVerifiersOf(this.peer)
    this.waitIn('awaitEpochAckQuorum')
    this.addElectingFollower(this.peer.myid, this.leaderStateSummary)
  }

  private tellEpochProposed(): void {
    const from = [...this.connectingFollowers].map(([sid, acceptedEpoch]) =>
      Object.freeze({ sid, acceptedEpoch }),
    )
    from.sort((a, b) => a.sid - b.sid)
    this.host.tell(
      Object.freeze({
        type: 'epochProposed',
        peer: this.peer.myid,
        epoch: this.epoch,
        from: Object.freeze(from),
      }),
    )
  }

  private currentEpochWritten(): void {
    this.peer.currentEpochWritten(this.epoch)
    this.peer.setZabState('SYNCHRONIZATION')
    this.host.tell(
      Object.freeze({
        type: 'synchronizing',
        peer: this.peer.myid,
        epoch: this.epoch,
        lastZxid: this.leaderStateSummary.lastZxid,
      }),
    )
    this.waitIn('awaitNewLeaderAckQuorum')
    // The leader's own history is durable: QuorumPeer forced it when it loaded it.
    this.addNewLeaderAck(this.peer.myid, makeZxid(this.epoch, 0))
  }

  /** What a quorum has agreed to with NEWLEADER is the configuration, an earlier leader's unfinished reconfig as well. */
  private writeConfig(): void {
    this.proceed()
    this.dispatcher.clearTimer(WAIT_TIMER)
    this.phase = 'writeConfig'
    const ticket = this.peer.writeVerifier(this.peer.lastSeenVerifier)
    if (ticket === null) this.startZkServer()
    else this.park(ticket)
  }

  private startZkServer(): void {
    this.lastCommitted = this.zk.hzxid
    this.activate(this.newLeaderAcks, this.peer.lastSeenVerifier)
    this.peer.initConfigInZKDatabase()
    this.phase = 'broadcast'
    this.zk.startup()
    this.peer.updateElectionVote(this.epoch)
    this.host.tell(
      Object.freeze({
        type: 'established',
        peer: this.peer.myid,
        epoch: this.epoch,
        lastZxid: this.leaderStateSummary.lastZxid,
        by: this.newLeaderAcks.acks(),
      }),
    )
    this.peer.zkDb.setLastProcessedZxid(this.zk.hzxid)
    if (this.peer.config.leaderServes) this.peer.cnxnFactory.setServer(this.zk)
    this.peer.setZabState('BROADCAST')
    for (const handler of this.learners) handler.signal()
    this.armTick()
  }

  onTimer(name: TimerName): void {
    if (this.stopped) return
    if (name === TICK_TIMER) return this.halfTick()
    if (!this.barrierHasFallen()) this.shutdown(`waited too long for ${this.waitingFor()}`)
  }

  /** Whoever wakes too late, but finds it fallen, goes on. A write to the disk is no barrier: nothing interrupts it. */
  private barrierHasFallen(): boolean {
    const { phase } = this
    if (phase === 'awaitEpochQuorum') return this.epochIsChosen
    if (phase === 'awaitEpochAckQuorum') return this.electionFinished
    return phase !== 'awaitNewLeaderAckQuorum' || this.quorumFormed
  }

  private armTick(): void {
    this.dispatcher.setTimer(TICK_TIMER, (this.peer.config.tickTime * MICROS_PER_MILLI) / 2, this)
  }

  /** Half a tick of lead()'s loop: every second time the quorum is checked, every time the learners are pinged. */
  private halfTick(): void {
    if (!this.tickSkip) this.tick += 1
    if (!this.zk.running) return this.shutdown('a critical thread of the server died')
    if (!this.tickSkip && !this.hasSyncedQuorum()) {
      return this.shutdown('not sufficient followers synced')
    }
    if (!this.tickSkip) this.tellLeadsOn()
    this.tickSkip = !this.tickSkip
    for (const handler of this.learners) handler.ping()
    this.armTick()
  }

  protected hasSyncedQuorum(): boolean {
    const synced = new SyncedLearnerTracker()
    synced.addVerifiersOf(this.peer)
    synced.addAck(this.peer.myid)
    for (const handler of this.learners) if (handler.synced()) synced.addAck(handler.sid)
    return synced.hasAllQuorums()
  }

  private tellLeadsOn(): void {
    const synced = [this.peer.myid]
    for (const handler of this.learners) if (handler.synced()) synced.push(handler.sid)
    const { epoch } = this
    this.host.tell(
      Object.freeze({ type: 'leadsOn', peer: this.peer.myid, epoch, synced: Object.freeze(synced) }),
    )
  }

  /** Java: Leader.shutdown, and what lead()'s caller does after it. */
  shutdown(reason: string): void {
    if (!this.stopped) this.peer.roleEnded(reason)
  }

  override stop(): void {
    super.stop()
    this.host.unlisten('quorum')
    this.dispatcher.clearTimer(WAIT_TIMER)
    this.dispatcher.clearTimer(TICK_TIMER)
    this.configWriter?.stop()
    for (const handler of [...this.learners]) handler.shutdown()
  }

  // ── broadcast ──

  /**
   * Registers a transaction and sends it to the followers, in one turn with its registration.
   *
   * @throws XidRolloverException when the epoch's counter is used up (ZOOKEEPER-1277); leadership is given up.
   */
  propose(request: Request): void {
    const txn = request.txn
    assert(txn !== null, 'only transactions are proposed')
    if (this.isCounterUsedUp(txn.zxid)) {
      this.shutdown('the zxid counter rolled over, so a new epoch is needed')
      throw new XidRolloverException()
    }
    const proposal = new Proposal(request, txn)
    if (txn.body.type === 'reconfig') this.proposeConfig(txn.body.data)
    proposal.addVerifiersOf(this.peer)
    this.lastProposed = txn.zxid
    this.outstandingProposals.set(txn.zxid, proposal)
    this.host.tell(Object.freeze({ type: 'proposed', peer: this.peer.myid, txn }))
    this.sendPacket(proposal.packet)
  }

  protected isCounterUsedUp(zxid: Zxid): boolean {
    return counterOf(zxid) >= this.peer.config.maxCounter
  }

  /** Counts an ACK of a proposal. */
  processAck(sid: Sid, zxid: Zxid): void {
    if (!this.allowedToCommit) return
    if (sid === this.peer.myid && this.configWriter?.holds(zxid) === true) return
    if (counterOf(zxid) === 0) return // The second ACK of NEWLEADER, after UPTODATE.
    if (zxid <= this.lastCommitted) return
    const proposal = this.outstandingProposals.get(zxid)
    if (proposal === undefined) {
      this.peer.anomaly('A4', 'an ACK is for no proposal of this leader', zxid)
      return
    }
    proposal.addAck(sid)
    this.tryToCommit(proposal)
  }

  /** Commits in zxid order, each with quorums in every configuration that has a say. */
  protected tryToCommit(proposal: Proposal): boolean {
    const { txn } = proposal
    if (this.outstandingProposals.has(txn.zxid - 1) || !proposal.hasAllQuorums()) return false
    if (txn.zxid !== this.lastCommitted + 1) {
      this.peer.anomaly('A3', 'a leader commits another than the next zxid', txn.zxid)
    }
    if (txn.body.type === 'reconfig') return this.writeCommittedConfig(proposal)
    this.commit(proposal)
    return true
  }

  protected commit(proposal: Proposal): void {
    const { txn } = proposal
    this.outstandingProposals.delete(txn.zxid)
    this.toBeApplied.push(txn)
    this.lastCommitted = txn.zxid
    this.host.tell(Object.freeze({ type: 'committed', peer: this.peer.myid, txn, by: proposal.acks() }))
    if (txn.body.type === 'reconfig') {
      this.commitAndActivate(proposal)
    } else {
      this.sendPacket(Object.freeze({ type: 'COMMIT', zxid: txn.zxid }))
      this.inform(txn)
    }
    this.zk.commitProcessor.commit(proposal.request)
    const syncs = this.pendingSyncs.get(txn.zxid)
    if (syncs === undefined) return
    this.pendingSyncs.delete(txn.zxid)
    for (const request of syncs) this.sendSync(request)
  }

  private inform(txn: Txn): void {
    if (this.observingLearners.size === 0) return
    const packet: QuorumPacket = Object.freeze({ type: 'INFORM', zxid: txn.zxid, txn })
    for (const handler of this.observingLearners) handler.queuePacket(packet)
  }

  private sendPacket(packet: QuorumPacket): void {
    for (const handler of this.forwardingFollowers) handler.queuePacket(packet)
  }

  // ── reconfigurations ──

  /** Whether a quorum of a configuration follows this leader. Observers do not count yet, even if they are to vote. */
  isQuorumSynced(verifier: QuorumVerifier): boolean {
    const synced = new SyncedLearnerTracker()
    synced.addQuorumVerifier(verifier)
    synced.addAck(this.peer.myid)
    for (const handler of this.forwardingFollowers) if (handler.synced()) synced.addAck(handler.sid)
    return synced.hasAllQuorums()
  }

  /**
   * From here on proposals need the quorum of the next configuration too. Java writes it to the disk before it sends the
   * proposal, and nothing else happens meanwhile; here this leader's own ACKs wait for the disk.
   */
  private proposeConfig(text: string): void {
    const ticket = this.peer.setLastSeenVerifier(this.peer.configFromString(text))
    if (ticket !== null) this.writer().write(ticket, null)
  }

  /**
   * The next configuration is agreed on. Nothing is committed until this leader has it on the disk. Java writes it in
   * processReconfig, while it holds the leader's monitor.
   *
   * @returns false: it is not committed yet.
   */
  private writeCommittedConfig(proposal: Proposal): boolean {
    if (this.configWriter?.parked === true) return false
    const ticket = this.peer.writeVerifier(proposal.lastVerifier)
    if (ticket === null) this.commit(proposal)
    else this.writer().write(ticket, proposal)
    return ticket === null
  }

  /**
   * A configuration is on the disk.
   *
   * @param agreedOn the reconfig that can be committed now; null where it was but proposed
   * @param held this leader's own ACKs meanwhile
   */
  configWritten(agreedOn: Proposal | null, held: readonly Zxid[]): void {
    if (agreedOn !== null) this.commit(agreedOn)
    for (const zxid of held) this.processAck(this.peer.myid, zxid)
    // Those behind a reconfig may have had enough ACKs for some time, and so may the reconfig itself.
    for (let next = this.firstOutstanding(); next !== undefined; next = this.firstOutstanding()) {
      if (!this.allowedToCommit || !this.tryToCommit(next)) return
    }
  }

  private firstOutstanding(): Proposal | undefined {
    return this.outstandingProposals.get(this.lastCommitted + 1)
  }

  private writer(): ConfigWriter {
    this.configWriter ??= new ConfigWriter(this)
    return this.configWriter
  }

  private commitAndActivate(proposal: Proposal): void {
    const { txn } = proposal
    const designatedLeader = this.activate(proposal, proposal.lastVerifier)
    this.sendPacket(Object.freeze({ type: 'COMMITANDACTIVATE', zxid: txn.zxid, designatedLeader }))
    for (const handler of this.observingLearners) {
      handler.queuePacket(Object.freeze({ type: 'INFORMANDACTIVATE', zxid: txn.zxid, designatedLeader, txn }))
    }
  }

  /**
   * Goes by a configuration from now on. A leader that is not to lead it commits nothing any more, and leads on until
   * those who follow the next one have left it.
   *
   * @returns who shall lead.
   */
  private activate(acks: SyncedLearnerTracker, verifier: QuorumVerifier): Sid {
    if (!this.peer.config.reconfigEnabled) return this.peer.myid
    const designated = this.designatedLeader(acks)
    this.peer.processReconfig(verifier, designated, true)
    if (designated !== this.peer.myid) this.allowedToCommit = false
    return designated
  }

  /**
   * This leader, if it votes in the next configuration and is found where it is now. Else one of those who have the
   * reconfig, and of those, one that has as many of the proposals behind it as any. Java takes the first in the order of
   * a hash table.
   */
  protected designatedLeader(acks: SyncedLearnerTracker): Sid {
    const { myid, verifier } = this.peer
    if (this.peer.isSameVoter(myid, verifier, acks.lastVerifier)) return myid
    let candidates = acks.acksOf(acks.verifierCount - 1).filter((sid) => sid !== myid)
    let best = candidates[0] ?? myid
    for (let zxid = this.lastCommitted + 1; candidates.length > 1; zxid += 1) {
      const proposal = this.outstandingProposals.get(zxid)
      if (proposal === undefined) break
      for (let i = 0; i < proposal.verifierCount; i++) {
        const acked = proposal.acksOf(i)
        candidates = candidates.filter((sid) => acked.includes(sid))
        best = candidates[0] ?? best
      }
    }
    return best
  }

  /** A learner's sync: answered when all that is outstanding now has committed. */
  processSync(request: Request): void {
    if (this.outstandingProposals.size === 0) return this.sendSync(request)
    const waiting = this.pendingSyncs.get(this.lastProposed)
    if (waiting === undefined) this.pendingSyncs.set(this.lastProposed, [request])
    else waiting.push(request)
  }

  private sendSync(request: Request): void {
    request.syncFor?.queuePacket(Object.freeze({ type: 'SYNC', zxid: 0 }))
  }

  /**
   * A learner that is brought to `zxid` is sent everything behind it anew: what it acknowledged of that no longer counts,
   * nor does what may still come of its earlier connections. Java lets both count, though the learner may have just cut
   * it from its log.
   */
  forgetAcks(handler: LearnerHandler, zxid: Zxid): void {
    for (const other of [...this.learners]) {
      if (other !== handler && other.sid === handler.sid) other.shutdown()
    }
    for (const proposal of this.outstandingProposals.values()) {
      if (proposal.txn.zxid > zxid) proposal.removeAck(handler.sid)
    }
  }

  /**
   * From here on the learner gets all that is proposed and committed; what it missed since `lastSeenZxid` goes first. One
   * turn with the decision what to send before it, ZOOKEEPER-962.
   */
  startForwarding(handler: LearnerHandler, lastSeenZxid: Zxid): void {
    const participant = handler.learnerType === 'participant'
    if (this.lastProposed > lastSeenZxid) {
      for (const txn of this.toBeApplied.toArray()) {
        if (txn.zxid <= lastSeenZxid) continue
        handler.queuePacket(Object.freeze({ type: 'PROPOSAL', zxid: txn.zxid, txn }))
        handler.queuePacket(Object.freeze({ type: 'COMMIT', zxid: txn.zxid }))
      }
      if (participant) {
        for (const proposal of this.outstandingProposals.values()) {
          if (proposal.txn.zxid > lastSeenZxid) handler.queuePacket(proposal.packet)
        }
      }
    }
    if (participant) this.forwardingFollowers.add(handler)
    else this.observingLearners.add(handler)
  }

  // ── sessions, on behalf of learners ──

  touch(sessionId: SessionId, timeout: number): void {
    this.zk.touch(sessionId, timeout)
  }
}

function isMoreRecentThan(a: StateSummary, b: StateSummary): boolean {
  return a.currentEpoch > b.currentEpoch || (a.currentEpoch === b.currentEpoch && a.lastZxid > b.lastZxid)
}

function ascending(a: number, b: number): number {
  return a - b
}
