/**
 * Finds the peer with the longest history that a quorum can agree on, or the leader that a quorum already has.
 *
 * Java: server/quorum/FastLeaderElection. Three threads there, one here, whose inbox is the receive queue: a turn is one
 * turn of WorkerReceiver (`receive`) and then, while a round is held, lookForLeader's loop as far as `recvqueue` goes.
 * WorkerSender is gone: what it did, a call does. Where lookForLeader blocks in a poll, the round is in a phase:
 * `exchange` (it polls for notTimeout) or `finalize` (it polls for finalizeWait, with a quorum for its proposal).
 *
 * Left out: the oracle of ensembles of two, and telling a leader that one of those who elected it looks again
 * (`zookeeper.leader.maxTimeToWaitForEpoch`, off by default).
 */

import { assert } from '../../base/assert.ts'
import { Queue } from '../../base/Queue.ts'
import type { TimerOwner } from '../Dispatcher.ts'
import type { DiskError, TimerName } from '../Host.ts'
import { MICROS_PER_MILLI } from '../PeerConfig.ts'
import type { ServerState } from '../packets.ts'
import type { QuorumPeer } from '../quorum/QuorumPeer.ts'
import { sameMembers } from '../quorum/QuorumVerifier.ts'
import { SyncedLearnerTracker } from '../quorum/SyncedLearnerTracker.ts'
import { Thread } from '../Thread.ts'
import { type Epoch, NONE, type Sid, UNKNOWN, type Zxid } from '../zxid.ts'
import type { NotificationPacket, QuorumCnxManager, Recipient } from './QuorumCnxManager.ts'
import { totalOrderPredicate } from './totalOrderPredicate.ts'
import { describeVote, makeVote, type Vote, votesAgree } from './Vote.ts'

/** Of received notifications; the oldest goes when there is no room. Java: QuorumCnxManager.RECV_CAPACITY */
export const RECV_CAPACITY = 100

/** The format of notifications since 3.5. Java: Notification.CURRENTVERSION */
const CURRENT_VERSION = 2

/** A notification and who sent it. Java: QuorumCnxManager.Message, FastLeaderElection.Notification */
export interface Notification {
  readonly sid: Sid
  readonly vote: NotificationPacket
}

export type ElectionPhase =
  /** No round is held. */
  | 'idle'
  /** Waits for votes, at most notTimeout for the next. */
  | 'exchange'
  /** Has a quorum; waits for finalizeWait whether a better vote comes. */
  | 'finalize'

const NOT_TIMEOUT: TimerName = 'notTimeout'
const FINALIZE_WAIT: TimerName = 'finalizeWait'

export class FastLeaderElection extends Thread<Notification> implements Recipient, TimerOwner {
  protected readonly peer: QuorumPeer
  readonly manager: QuorumCnxManager
  phase: ElectionPhase = 'idle'
  /** The number of the round, electionEpoch in votes. Only in memory: it begins at 0 with the process. */
  logicalclock = 0
  proposedLeader: Sid = -1
  proposedZxid: Zxid = -1
  proposedEpoch: Epoch = -1
  /** Who elected this peer. */
  leadingVoteSet: SyncedLearnerTracker | null = null

  /** Received while LOOKING, not read by lookForLeader yet. What comes between two rounds waits here for the next. */
  protected readonly recvqueue = new Queue<Notification>()
  /** The newest vote of each peer in this round. */
  protected readonly recvset = new Map<Sid, Vote>()
  /** The newest vote of each peer that follows or leads, of whatever round. */
  protected readonly outofelection = new Map<Sid, Vote>()
  /** Those who agree with the proposal, when they were a quorum; of the phase `finalize`. */
  private voteSet: SyncedLearnerTracker | null = null
  /** Milliseconds until the next notification; doubles whenever it passes, and traffic does not shorten it again. */
  notTimeout = 0
  /** The notification whose configuration is on its way to the disk. */
  private broughtBy: Notification | null = null
  /** The poll has timed out; what the thread does about it is a turn of its own. */
  private timedOut = false

  /** Begins to listen and to answer. A round begins with lookForLeader. */
  constructor(peer: QuorumPeer) {
    super(peer.dispatcher, 'election')
    this.peer = peer
    this.manager = new peer.cast.QuorumCnxManager(peer, this)
  }

  /** Begins a round. The peer is LOOKING; when a leader is found, `peer.electionDecided` is called, in a later turn. */
  lookForLeader(): void {
    assert(this.phase === 'idle', 'a peer holds one round at a time')
    this.recvset.clear()
    this.outofelection.clear()
    this.notTimeout = this.peer.config.minNotificationInterval
    this.logicalclock += 1
    this.voteFor(this.initLeader(), this.initZxid(), this.initEpoch())
    this.pollForVotes()
    if (this.recvqueue.length > 0) this.signal()
  }

  /** Ends everything; for a peer that goes down, or makes itself a new election. */
  shutdown(): void {
    this.stop()
    this.endRound()
    this.proposedLeader = -1
    this.proposedZxid = -1
    this.leadingVoteSet = null
    this.manager.halt()
  }

  /** The live proposal. Java: getVote */
  getVote(): Vote {
    return makeVote(this.proposedLeader, this.proposedZxid, -1, this.proposedEpoch)
  }

  /** One line for people who wonder why nothing happens. */
  waitingFor(): string {
    if (this.phase === 'idle') return 'no election'
    const proposal = describeVote(this.proposal())
    if (this.phase === 'finalize') {
      return `votes for ${proposal} from ${this.voteSet!.describe()}: silence for ${this.peer.config.finalizeWait} ms`
    }
    const agree = this.getVoteTracker(this.recvset, this.proposal()).describe()
    return `a quorum for ${proposal} (has ${agree}), or of a standing ensemble (heard from ${
      [...this.outofelection.keys()].join(' ') || 'nobody'
    }); next notification after ${this.notTimeout} ms`
  }

  // ── the thread ──

  addToRecvQueue(sid: Sid, vote: NotificationPacket): void {
    if (this.inbox.length === RECV_CAPACITY) this.inbox.shift()
    this.offer(Object.freeze({ sid, vote }))
  }

  onTimer(_name: TimerName): void {
    this.timedOut = true
    this.signal()
  }

  override turn(): void {
    super.turn()
    if (this.parked) return
    while (this.phase !== 'idle' && this.recvqueue.length > 0) {
      this.timedOut = false
      const n = this.recvqueue.shift()!
      if (this.phase === 'exchange') this.exchange(n)
      else this.finalize(n)
    }
    // A timeout means that nothing has come, not that this thread was slow to look.
    if (!this.timedOut || this.phase === 'idle' || this.inbox.length > 0) return
    this.timedOut = false
    if (this.phase === 'exchange') this.notificationTimeout()
    else this.decide(this.proposal(), this.voteSet!, true)
  }

  protected override take(n: Notification): void {
    if (this.bringsLaterConfig(n)) this.takeConfig(n)
    else this.receive(n)
  }

  protected override diskFailed(error: DiskError): void {
    this.peer.diskFailed(error, 'configuration of a peer that looks for a leader')
  }

  // ── configurations that come with notifications ──

  /** A configuration only spreads so among those who look for a leader. */
  private bringsLaterConfig({ vote }: Notification): boolean {
    const { state, verifier, config } = this.peer
    if (!config.reconfigEnabled || state !== 'LOOKING' || vote.config === verifier.toText()) return false
    return this.peer.configFromString(vote.config).version > verifier.version
  }

  private takeConfig(n: Notification): void {
    const ticket = this.peer.writeVerifier(this.peer.configFromString(n.vote.config))
    this.broughtBy = n
    if (ticket === null) this.unparked()
    else this.park(ticket)
  }

  /** With other members the election begins anew, and the vote that came with them is lost. */
  protected override unparked(): void {
    const { broughtBy, peer } = this
    this.broughtBy = null
    if (broughtBy === null) return
    const before = peer.verifier
    const verifier = peer.configFromString(broughtBy.vote.config)
    peer.processReconfig(verifier, null, false)
    peer.initConfigInZKDatabase()
    if (!sameMembers(before, verifier)) return peer.lookAnew()
    this.receive(broughtBy)
    this.signal()
  }

  // ── Java: WorkerReceiver ──

  /** Every notification, whatever this peer's state. */
  protected receive(n: Notification): void {
    if (!this.validVoter(n.sid)) this.answerNonVoter(n)
    else if (this.peer.state === 'LOOKING') {
      this.recvqueue.push(n)
      if (n.vote.state === 'LOOKING' && n.vote.electionEpoch < this.logicalclock) this.answerLaggard(n)
    } else if (n.vote.state === 'LOOKING') this.answerLooker(n)
  }

  /** Its vote never counts. While this peer is LOOKING it says what it found last time, not what it proposes now. */
  protected answerNonVoter(n: Notification): void {
    const { leader, zxid, peerEpoch } = this.peer.currentVote
    this.manager.toSend(n.sid, this.notification(this.peer.state, leader, zxid, this.logicalclock, peerEpoch))
  }

  /** Both look, and the sender's round is over. */
  protected answerLaggard(n: Notification): void {
    this.manager.toSend(
      n.sid,
      this.notification(
        this.peer.state,
        this.proposedLeader,
        this.proposedZxid,
        this.logicalclock,
        this.proposedEpoch,
      ),
    )
  }

  /** Tells a peer that looks for a leader whom this one has. */
  protected answerLooker(n: Notification): void {
    const { leader, zxid, electionEpoch, peerEpoch } = this.peer.currentVote
    this.manager.toSend(n.sid, this.notification(this.peer.state, leader, zxid, electionEpoch, peerEpoch))
  }

  // ── Java: lookForLeader ──

  /** Phase `exchange`: one notification. */
  protected exchange(n: Notification): void {
    if (this.validVoter(n.sid) && this.validVoter(n.vote.leader)) {
      const { state } = n.vote
      if (state === 'LOOKING') this.voteFromLooker(n)
      else if (state !== 'OBSERVING') this.voteFromEnsemble(n)
    }
    if (this.phase === 'exchange') this.pollForVotes()
  }

  /** Phase `finalize`: a vote that beats the proposal is read again, at its turn; all others are lost. */
  protected finalize(n: Notification): void {
    if (this.beatsProposal(n.vote)) {
      this.recvqueue.push(n)
      this.voteSet = null
      this.pollForVotes()
    } else {
      this.pollForSilence()
    }
  }

  /** Nothing has come for notTimeout. */
  protected notificationTimeout(): void {
    if (this.manager.haveDelivered()) this.sendNotifications()
    else this.manager.connectAll()
    this.notTimeout = Math.min(2 * this.notTimeout, this.peer.config.maxNotificationInterval)
    this.pollForVotes()
  }

  protected voteFromLooker(n: Notification): void {
    const { leader, zxid, electionEpoch, peerEpoch } = n.vote
    if (this.initZxid() === UNKNOWN || zxid === UNKNOWN) return
    // `receive` has answered.
    if (electionEpoch < this.logicalclock && !this.mayGoBack()) return
    if (electionEpoch !== this.logicalclock) this.joinRound(n)
    else if (this.beatsProposal(n.vote)) this.voteFor(leader, zxid, peerEpoch)

    this.recvset.set(n.sid, makeVote(leader, zxid, electionEpoch, peerEpoch))
    const voteSet = this.getVoteTracker(this.recvset, this.proposal())
    if (!voteSet.hasAllQuorums()) return
    this.voteSet = voteSet
    this.pollForSilence()
  }

  /**
   * Who is in no committed configuration proposes nobody, and nobody takes part in a round with such a vote: it has to
   * come to theirs. In Java it waits in a later round for ever, even where the next configuration needs its vote.
   */
  protected mayGoBack(): boolean {
    return this.initLeader() === NONE
  }

  /** Others are further: this peer's round so far is void. Its proposal is theirs or its own, not what it had adopted. */
  protected joinRound(n: Notification): void {
    const { leader, zxid, electionEpoch, peerEpoch } = n.vote
    this.logicalclock = electionEpoch
    this.recvset.clear()
    const wins = this.totalOrderPredicate(
      leader,
      zxid,
      peerEpoch,
      this.initLeader(),
      this.initZxid(),
      this.initEpoch(),
    )
    if (wins) this.voteFor(leader, zxid, peerEpoch)
    else this.voteFor(this.initLeader(), this.initZxid(), this.initEpoch())
  }

  /** From a peer that follows or leads. Java: receivedFollowingNotification, receivedLeadingNotification */
  protected voteFromEnsemble(n: Notification): void {
    const { state, leader, zxid, electionEpoch, peerEpoch } = n.vote
    const probe = makeVote(leader, zxid, electionEpoch, peerEpoch, state, CURRENT_VERSION)
    if (electionEpoch === this.logicalclock) {
      // Without a version, unlike the probe: in this set such votes agree as soon as they name the same leader.
      this.recvset.set(n.sid, makeVote(leader, zxid, electionEpoch, peerEpoch, state))
      const voteSet = this.getVoteTracker(this.recvset, probe)
      if (voteSet.hasAllQuorums() && this.checkLeader(this.recvset, leader, electionEpoch)) {
        this.decide(makeVote(leader, zxid, electionEpoch, peerEpoch), voteSet, false)
        return
      }
    }
    this.outofelection.set(n.sid, probe)
    const voteSet = this.getVoteTracker(this.outofelection, probe)
    if (voteSet.hasAllQuorums() && this.checkLeader(this.outofelection, leader, electionEpoch)) {
      this.logicalclock = electionEpoch
      this.decide(makeVote(leader, zxid, electionEpoch, peerEpoch), voteSet, false)
    }
  }

  /** The end of a round. */
  protected decide(vote: Vote, voteSet: SyncedLearnerTracker, fromLookers: boolean): void {
    const { leader, zxid, peerEpoch, electionEpoch } = vote
    this.endRound()
    this.recvqueue.clear()
    if (leader === this.peer.myid) this.leadingVoteSet = voteSet
    this.host.tell(
      Object.freeze({
        type: 'elected',
        peer: this.peer.myid,
        leader,
        zxid,
        peerEpoch,
        electionEpoch,
        supporters: voteSet.acks(),
        fromLookers,
      }),
    )
    this.peer.electionDecided(vote)
  }

  // ── rules ──

  protected totalOrderPredicate(
    newLeader: Sid,
    newZxid: Zxid,
    newEpoch: Epoch,
    curLeader: Sid,
    curZxid: Zxid,
    curEpoch: Epoch,
  ): boolean {
    return totalOrderPredicate(this.peer.verifier, newLeader, newZxid, newEpoch, curLeader, curZxid, curEpoch)
  }

  /** Those whose votes agree with this one, for the committed configuration and one that is to replace it. */
  protected getVoteTracker(votes: ReadonlyMap<Sid, Vote>, vote: Vote): SyncedLearnerTracker {
    const voteSet = new SyncedLearnerTracker()
    voteSet.addVerifiersOf(this.peer)
    for (const [sid, theirs] of votes) if (votesAgree(vote, theirs)) voteSet.addAck(sid)
    return voteSet
  }

  /**
   * Whether the leader of an ensemble leads: it has said so itself, lest a dead one be elected over and over. If it is
   * this peer, the votes must be of its present round (ZOOKEEPER-1514); rounds begin anew with the process, so that a
   * leader that restarts at once may find its old followers' votes and lead again.
   */
  protected checkLeader(votes: ReadonlyMap<Sid, Vote>, leader: Sid, electionEpoch: number): boolean {
    if (leader === this.peer.myid) return this.logicalclock === electionEpoch
    return votes.get(leader)?.state === 'LEADING'
  }

  /** A voter of the committed configuration or of the one seen last. */
  protected validVoter(sid: Sid): boolean {
    const { verifier, lastSeenVerifier } = this.peer
    return verifier.isVoter(sid) || lastSeenVerifier.isVoter(sid)
  }

  /** Java: getInitId */
  protected initLeader(): Sid {
    return this.peer.verifier.isVoter(this.peer.myid) ? this.peer.myid : NONE
  }

  /** Java: getInitLastLoggedZxid, which is the database's lastProcessedZxid. */
  protected initZxid(): Zxid {
    return this.peer.learnerType === 'participant' ? this.peer.lastLoggedZxid() : NONE
  }

  /** Java: getPeerEpoch */
  protected initEpoch(): Epoch {
    return this.peer.learnerType === 'participant' ? this.peer.currentEpoch : NONE
  }

  private beatsProposal(vote: NotificationPacket): boolean {
    return this.totalOrderPredicate(
      vote.leader,
      vote.zxid,
      vote.peerEpoch,
      this.proposedLeader,
      this.proposedZxid,
      this.proposedEpoch,
    )
  }

  private proposal(): Vote {
    return makeVote(this.proposedLeader, this.proposedZxid, this.logicalclock, this.proposedEpoch)
  }

  // ── deeds ──

  /** A proposal for all to know. Java: updateProposal and sendNotifications */
  protected voteFor(leader: Sid, zxid: Zxid, peerEpoch: Epoch): void {
    this.proposedLeader = leader
    this.proposedZxid = zxid
    this.proposedEpoch = peerEpoch
    const { myid } = this.peer
    const electionEpoch = this.logicalclock
    this.host.tell(Object.freeze({ type: 'voted', peer: myid, leader, zxid, peerEpoch, electionEpoch }))
    this.sendNotifications()
  }

  /** To all voters, this peer among them: its own vote comes back to it through the receive queue. */
  protected sendNotifications(): void {
    const packet = this.notification(
      'LOOKING',
      this.proposedLeader,
      this.proposedZxid,
      this.logicalclock,
      this.proposedEpoch,
    )
    const { verifier, lastSeenVerifier } = this.peer
    for (const sid of verifier.voters) this.manager.toSend(sid, packet)
    if (lastSeenVerifier === verifier) return
    for (const sid of lastSeenVerifier.voters) if (!verifier.isVoter(sid)) this.manager.toSend(sid, packet)
  }

  private notification(
    state: ServerState,
    leader: Sid,
    zxid: Zxid,
    electionEpoch: number,
    peerEpoch: Epoch,
  ): NotificationPacket {
    const config = this.peer.verifier.toText()
    return Object.freeze({ type: 'NOTIFICATION', state, leader, zxid, electionEpoch, peerEpoch, config })
  }

  private pollForVotes(): void {
    this.dispatcher.clearTimer(FINALIZE_WAIT)
    this.phase = 'exchange'
    this.dispatcher.setTimer(NOT_TIMEOUT, this.notTimeout * MICROS_PER_MILLI, this)
  }

  private pollForSilence(): void {
    this.dispatcher.clearTimer(NOT_TIMEOUT)
    this.phase = 'finalize'
    this.dispatcher.setTimer(FINALIZE_WAIT, this.peer.config.finalizeWait * MICROS_PER_MILLI, this)
  }

  private endRound(): void {
    this.phase = 'idle'
    this.voteSet = null
    this.timedOut = false
    this.dispatcher.clearTimer(NOT_TIMEOUT)
    this.dispatcher.clearTimer(FINALIZE_WAIT)
  }
}
