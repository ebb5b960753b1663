import { Queue } from '../../base/Queue.ts'
import type { ConnectionOwner } from '../ConnectionOwner.ts'
import type { SnapshotStream } from '../database/Snapshot.ts'
import type { Connection, DiskError, TimerName } from '../Host.ts'
import { type LearnerType, MICROS_PER_MILLI } from '../PeerConfig.ts'
import type { Packet, QuorumPacket } from '../packets.ts'
import { Request } from '../processors/Request.ts'
import { Thread } from '../Thread.ts'
import { epochOf, makeZxid, type Sid, type Zxid } from '../zxid.ts'
import type { Leader } from './Leader.ts'
import { SyncLimitCheck } from './SyncLimitCheck.ts'
import { type SyncDecision, syncFollower } from './syncFollower.ts'

/** LearnerHandler.run(), one phase per place where the Java blocks or another thread may come between. */
type Phase =
  | 'expectFollowerInfo'
  | 'awaitEpochQuorum' // Leader.getEpochToPropose
  | 'expectAckEpoch'
  | 'awaitEpochAckQuorum' // Leader.waitForEpochAck
  | 'startSnapshot'
  | 'streamSnapshot'
  | 'queueNewLeader'
  | 'expectNewLeaderAck'
  | 'awaitNewLeaderAckQuorum' // Leader.waitForNewLeaderAck
  | 'awaitStartup' // Leader.waitForStartup
  | 'broadcast'

type HandlerItem = QuorumPacket | { readonly type: 'CLOSED'; readonly zxid: Zxid }
const CLOSED: HandlerItem = Object.freeze({ type: 'CLOSED', zxid: 0 })

/**
 * One learner seen from the leader.
 *
 * Java: LearnerHandler. Its sender thread is the queue here: it goes out as fast as the connection takes it, from the
 * moment the synchronisation has been decided (and a snapshot, if one is needed, has gone ahead of it).
 */
export class LearnerHandler extends Thread<HandlerItem> implements ConnectionOwner {
  readonly leader: Leader
  phase: Phase = 'expectFollowerInfo'
  sid: Sid = -1
  learnerType: LearnerType = 'participant'
  /** Java: tickOfNextAckDeadline */
  private tickOfNextAckDeadline: number
  private readonly connection: Connection
  private readonly queuedPackets = new Queue<QuorumPacket>()
  private sending = false
  private writable = true
  private readonly timerName: TimerName
  private readTimeout: number
  /** When the wait began, or when something was last heard. */
  private since: number
  private peerLastZxid: Zxid = 0
  private ackEpochSummary = { currentEpoch: -1, lastZxid: -1 }
  private stream: SnapshotStream | null = null
  /** The learner's end is gone; seen where the inbox is not read. */
  private closed = false
  private readonly syncLimitCheck: SyncLimitCheck

  constructor(leader: Leader, connection: Connection, serial: number) {
    super(leader.peer.dispatcher, `learner/${serial}`)
    this.leader = leader
    this.connection = connection
    const { initLimit, syncLimit, tickTime } = leader.peer.config
    this.tickOfNextAckDeadline = leader.tick + initLimit + syncLimit
    this.readTimeout = initLimit * tickTime * MICROS_PER_MILLI
    this.syncLimitCheck = new SyncLimitCheck(syncLimit * tickTime * MICROS_PER_MILLI)
    this.since = this.host.now
    this.timerName = `${this.name}/timer`
    this.dispatcher.setTimer(this.timerName, this.readTimeout, this)
  }

  waitingFor(): string {
    return `${this.phase} of ${this.sid === -1 ? 'a learner' : `learner ${this.sid}`}`
  }

  // ── the connection ──

  onConnected(_connection: Connection): void {}
  onRefused(_connection: Connection): void {}

  onPacket(_connection: Connection, packet: Packet): void {
    this.offer(packet as QuorumPacket)
  }

  onWritable(_connection: Connection): void {
    this.writable = true
    this.sendPackets()
    if (this.phase === 'streamSnapshot') this.signal()
  }

  onClosed(_connection: Connection): void {
    this.closed = true
    this.offer(CLOSED)
    this.signal()
  }

  /** Queues a packet behind all that were queued before. */
  queuePacket(packet: QuorumPacket): void {
    if (this.stopped) return
    if (this.sending && this.writable && this.queuedPackets.length === 0) this.sendQueued(packet)
    else this.queuedPackets.push(packet)
  }

  private sendPackets(): void {
    while (this.sending && this.writable && this.queuedPackets.length > 0) {
      this.sendQueued(this.queuedPackets.shift() as QuorumPacket)
    }
  }

  private sendQueued(packet: QuorumPacket): void {
    if (packet.type === 'PROPOSAL') this.syncLimitCheck.updateProposal(packet.zxid, this.host.now)
    this.send(packet)
  }

  private send(packet: QuorumPacket): void {
    this.writable = this.host.send(this.connection, packet)
    this.leader.peer.tellSent(this.sid, packet)
  }

  /** Ends this learner's connection. */
  shutdown(): void {
    if (this.stopped) return
    this.leader.removeLearnerHandler(this)
    this.dispatcher.clearTimer(this.timerName)
    this.host.hangUp(this.connection)
    this.queuedPackets.clear()
    this.stop()
  }

  /** Whether this learner was heard of recently enough to count for the leader's quorum. */
  synced(): boolean {
    return !this.stopped && this.leader.tick <= this.tickOfNextAckDeadline
  }

  ping(): void {
    if (!this.sending) return
    if (this.syncLimitCheck.check(this.host.now)) {
      this.queuePacket(Object.freeze({ type: 'PING', zxid: this.leader.lastProposed, touched: null }))
    } else {
      this.shutdown()
    }
  }

  /** The socket's read timeout, or the limit of a barrier: a thread is only ever in one of them. */
  onTimer(_name: TimerName): void {
    if (this.stopped) return
    const deadline = this.since + this.readTimeout
    const busy = this.isWaiting ? !this.isHeldByBarrier : this.backlog > 0
    if (busy) this.dispatcher.setTimer(this.timerName, this.readTimeout, this)
    else if (this.host.now >= deadline) this.shutdown()
    else this.dispatcher.setTimer(this.timerName, deadline - this.host.now, this)
  }

  private get isHeldByBarrier(): boolean {
    const { phase, leader } = this
    if (phase === 'awaitEpochQuorum') return !leader.epochIsChosen
    if (phase === 'awaitEpochAckQuorum') return !leader.electionFinished
    return phase === 'awaitNewLeaderAckQuorum' && !leader.quorumFormed
  }

  // ── the thread ──

  protected override take(item: HandlerItem): void {
    if (item.type === 'CLOSED') return this.shutdown()
    this.since = this.host.now
    switch (this.phase) {
      case 'expectFollowerInfo':
        return this.onFollowerInfo(item)
      case 'expectAckEpoch':
        return this.onAckEpoch(item)
      case 'expectNewLeaderAck':
        return this.onNewLeaderAck(item)
      case 'broadcast':
        return this.onPacketInBroadcast(item)
      case 'awaitEpochQuorum':
      case 'awaitEpochAckQuorum':
      case 'startSnapshot':
      case 'streamSnapshot':
      case 'queueNewLeader':
      case 'awaitNewLeaderAckQuorum':
      case 'awaitStartup':
        return // Waiting: the inbox is not read.
    }
  }

  protected override diskFailed(_error: DiskError): void {}

  protected override signalled(): void {
    if (this.closed) return this.shutdown()
    switch (this.phase) {
      case 'awaitEpochQuorum':
        if (!this.leader.waitingForNewEpoch) this.sendLeaderInfo()
        return
      case 'awaitEpochAckQuorum':
        if (this.leader.electionFinished) this.decideSync()
        return
      case 'startSnapshot':
        return this.startSnapshot()
      case 'streamSnapshot':
        return this.streamSnapshot()
      case 'queueNewLeader':
        return this.queueNewLeader()
      case 'awaitNewLeaderAckQuorum':
        if (this.leader.quorumFormed) this.awaitStartup()
        return
      case 'awaitStartup':
        if (this.leader.established) this.finishSync()
        return
      case 'expectFollowerInfo':
      case 'expectAckEpoch':
      case 'expectNewLeaderAck':
      case 'broadcast':
        return
    }
  }

  private waitIn(phase: Phase): void {
    this.phase = phase
    this.wait()
    this.since = this.host.now
    this.signal()
  }

  private read(phase: Phase): void {
    this.phase = phase
    this.proceed()
    this.since = this.host.now
  }

  // ── discovery ──

  private onFollowerInfo(packet: HandlerItem): void {
    if (packet.type !== 'FOLLOWERINFO' && packet.type !== 'OBSERVERINFO') return this.illegal(packet.zxid)
    // A learner with a later configuration than ours must not be led by us.
    if (packet.configVersion > this.leader.peer.verifier.version) return this.shutdown()
    this.sid = packet.sid
    if (packet.type === 'OBSERVERINFO') this.learnerType = 'observer'
    this.leader.addConnectingFollower(this.sid, epochOf(packet.zxid))
    this.waitIn('awaitEpochQuorum')
  }

  private sendLeaderInfo(): void {
    this.send(Object.freeze({ type: 'LEADERINFO', zxid: makeZxid(this.leader.epoch, 0) }))
    this.read('expectAckEpoch')
  }

  private onAckEpoch(packet: HandlerItem): void {
    if (packet.type !== 'ACKEPOCH') return this.illegal(packet.zxid)
    this.peerLastZxid = packet.zxid
    this.ackEpochSummary = { currentEpoch: packet.currentEpoch, lastZxid: packet.zxid }
    if (!this.leader.addElectingFollower(this.sid, this.ackEpochSummary)) return this.shutdown()
    this.waitIn('awaitEpochAckQuorum')
  }

  // ── synchronisation ──

  /** Decides and registers for live packets in one turn: nothing may commit between the two. */
  protected decideSync(): void {
    const { peer } = this.leader
    const lastProcessedZxid = peer.zkDb.lastProcessedZxid
    const decision = syncFollower(
      this.peerLastZxid,
      peer.zkDb,
      this.leader.lastCommitted,
      peer.config.forceSnapshotSync,
    )
    this.host.tell(
      Object.freeze({
        type: 'syncDecided',
        peer: peer.myid,
        learner: this.sid,
        mode: decision.mode,
        packetZxid: decision.packetZxid,
        from: decision.from,
        peerLastZxid: this.peerLastZxid,
        minCommittedLog: decision.minCommittedLog,
        maxCommittedLog: decision.maxCommittedLog,
        lastProcessedZxid,
        committedLogLength: peer.zkDb.committedLog.length,
      }),
    )
    this.leader.forgetAcks(this, decision.lastQueued)
    this.queueDecision(decision)
    this.leader.startForwarding(this, decision.lastQueued)
    this.waitIn(decision.mode === 'SNAP' ? 'startSnapshot' : 'queueNewLeader')
  }

  protected queueDecision(decision: SyncDecision): void {
    if (decision.mode === 'SNAP') return
    this.queuePacket(Object.freeze({ type: decision.mode, zxid: decision.packetZxid }))
    for (const txn of decision.txns) {
      this.queuePacket(Object.freeze({ type: 'PROPOSAL', zxid: txn.zxid, txn }))
      this.queuePacket(Object.freeze({ type: 'COMMIT', zxid: txn.zxid }))
    }
  }

  private startSnapshot(): void {
    const db = this.leader.peer.zkDb
    this.stream = db.streamSnapshot()
    this.send(Object.freeze({ type: 'SNAP', zxid: db.lastProcessedZxid }))
    this.waitIn('streamSnapshot')
  }

  /** A chunk a turn, of the tree as it is in that turn: as fuzzy as the Java's. */
  private streamSnapshot(): void {
    if (!this.writable || this.stream === null) return
    const record = this.stream.next()
    if (record === null) {
      this.stream = null
      return this.waitIn('queueNewLeader')
    }
    this.send(Object.freeze({ type: 'DATABASE', zxid: 0, record }))
    this.signal()
  }

  private queueNewLeader(): void {
    this.queuePacket(
      Object.freeze({
        type: 'NEWLEADER',
        zxid: makeZxid(this.leader.epoch, 0),
        config: this.leader.peer.lastSeenVerifier.toText(),
      }),
    )
    this.sending = true
    this.read('expectNewLeaderAck')
    this.sendPackets()
  }

  private onNewLeaderAck(packet: HandlerItem): void {
    if (packet.type !== 'ACK') return this.illegal(packet.zxid)
    if (this.leader.addNewLeaderAck(this.sid, packet.zxid)) this.waitIn('awaitNewLeaderAckQuorum')
    else this.awaitStartup()
  }

  private awaitStartup(): void {
    const { syncLimit, tickTime } = this.leader.peer.config
    this.syncLimitCheck.start()
    this.readTimeout = syncLimit * tickTime * MICROS_PER_MILLI
    this.waitIn('awaitStartup')
  }

  private finishSync(): void {
    this.queuePacket(Object.freeze({ type: 'UPTODATE', zxid: -1 }))
    this.read('broadcast')
    this.onTimer(this.timerName)
  }

  // ── broadcast ──

  private onPacketInBroadcast(packet: HandlerItem): void {
    const { leader } = this
    this.tickOfNextAckDeadline = leader.tick + leader.peer.config.syncLimit
    switch (packet.type) {
      case 'ACK':
        this.syncLimitCheck.updateAck(packet.zxid)
        return leader.processAck(this.sid, packet.zxid)
      case 'PING':
        for (const [sessionId, timeout] of packet.touched ?? []) leader.touch(sessionId, timeout)
        return
      case 'REVALIDATE': {
        const valid = leader.zk.revalidate(packet.sessionId, packet.timeout, this)
        return this.queuePacket(
          Object.freeze({ type: 'REVALIDATED', zxid: -1, sessionId: packet.sessionId, valid }),
        )
      }
      case 'REQUEST': {
        const request = new Request(null, packet.sessionId, packet.cxid, packet.op, this, packet.authInfo)
        if (packet.op.type === 'sync') request.syncFor = this
        return leader.zk.submitLearnerRequest(request)
      }
      default:
        return this.tellIllegal(packet.zxid) // Java warns, and goes on.
    }
  }

  private illegal(zxid: Zxid): void {
    this.tellIllegal(zxid)
    this.shutdown()
  }

  private tellIllegal(zxid: Zxid): void {
    this.leader.peer.anomaly('A5', 'a learner sent a packet that it may not send here', zxid)
  }
}
