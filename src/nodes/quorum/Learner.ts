import { assert } from '../../base/assert.ts'
import { Queue } from '../../base/Queue.ts'
import type { ConnectionOwner } from '../ConnectionOwner.ts'
import type { SessionId, Txn } from '../database/txns.ts'
import type { SnapshotRecord } from '../diskRecords.ts'
import type { SyncMode } from '../facts.ts'
import type { Connection, DiskError, Ticket, TimerName } from '../Host.ts'
import { MICROS_PER_MILLI, type QuorumServer } from '../PeerConfig.ts'
import type { Packet, PacketOf, PacketType, QuorumPacket } from '../packets.ts'
import type { Request } from '../processors/Request.ts'
import type { LearnerZooKeeperServer } from '../server/LearnerZooKeeperServer.ts'
import type { ServerCnxn } from '../server/ServerCnxn.ts'
import { Thread } from '../Thread.ts'
import { counterOf, type Epoch, epochOf, makeZxid, printZxid, type Sid, type Zxid } from '../zxid.ts'
import type { QuorumPeer } from './QuorumPeer.ts'
import type { QuorumVerifier } from './QuorumVerifier.ts'

/** Where a learner is in followLeader() or observeLeader(): one phase per place where the Java blocks. */
type Phase =
  | 'connect' // connectToLeader
  | 'expectLeaderInfo' // registerWithLeader
  | 'writeAcceptedEpoch' // registerWithLeader, QuorumPeer.setAcceptedEpoch
  | 'expectSync' // syncWithLeader, its first packet
  | 'receiveSnapshot' // syncWithLeader, ZKDatabase.deserializeSnapshot
  | 'truncateLog' // syncWithLeader, ZKDatabase.truncateLog
  | 'sync' // syncWithLeader, the loop
  | 'writeLastSeen' // syncWithLeader and processPacket, QuorumPeer.setLastSeenQuorumVerifier
  | 'writeConfig' // the same, QuorumPeer.processReconfig
  | 'forceSnapshot' // at NEWLEADER, zk.takeSnapshot
  | 'forceLog' // at NEWLEADER, ZKDatabase.commit
  | 'writeCurrentEpoch' // at NEWLEADER, QuorumPeer.setCurrentEpoch
  | 'broadcast' // the loop of followLeader, observeLeader

const CONNECT_ATTEMPTS = 5
const CONNECT_RETRY = 100 * MICROS_PER_MILLI
const READ_TIMER = 'learner/read'
const CONNECT_TIMER = 'learner/connect'

/** The connection to the leader is over, one way or another. */
type MainItem = QuorumPacket | { readonly type: 'CONNECTED' | 'REFUSED' | 'CLOSED'; readonly zxid: Zxid }
const CONNECTED: MainItem = Object.freeze({ type: 'CONNECTED', zxid: 0 })
const REFUSED: MainItem = Object.freeze({ type: 'REFUSED', zxid: 0 })
const CLOSED: MainItem = Object.freeze({ type: 'CLOSED', zxid: 0 })

/**
 * The main thread of a follower or observer: discovery and synchronisation, which they share.
 *
 * Java: Learner, run by QuorumPeer.run through Follower.followLeader and Observer.observeLeader. A Java read blocks the
 * thread; here the inbox is the socket, and each blocking call is a phase.
 *
 * The order of the steps at NEWLEADER is that of 3.9.3 and later (ZOOKEEPER-4394, -4643, -4646, -4785): snapshot, committed
 * transactions, force, currentEpoch, ACK. Two steps are stricter than there, see docs/departures.md: a snapshot taken after
 * TRUNC is forced, and a snapshot that came by SNAP replaces the log and the snapshots before it.
 */
export abstract class Learner extends Thread<MainItem> implements ConnectionOwner {
  readonly peer: QuorumPeer
  readonly zk: LearnerZooKeeperServer
  readonly leaderServer: QuorumServer
  phase: Phase = 'connect'
  /** `<epoch, 0>` of the leader we follow, once it told us. */
  newLeaderZxid: Zxid = 0
  /** Java: QuorumPeer.SyncMode */
  syncMode: SyncMode | 'NONE' = 'NONE'
  /** Proposals of the synchronisation that are in no log yet. */
  protected readonly packetsNotLogged = new Queue<Txn>()
  /** Of those, the zxids that the leader committed. */
  protected readonly packetsCommitted = new Queue<Zxid>()
  /** The last zxid queued, for continuity. 0: none yet, the next is free. */
  protected lastQueued: Zxid = 0
  private connection: Connection | null = null
  private attempts = 0
  private connectDeadline: number
  /** When the read of the socket began, or would have: something was read, or the disk let go of this thread. */
  private lastHeard = 0
  private readTimeout: number
  private ackedZxid: Zxid = 0
  /** Our position, sampled before the exchange with the leader, as Java does. */
  private ackEpochZxid: Zxid = 0
  /** What the SNAP or TRUNC packet carried. */
  private syncZxid: Zxid = 0
  /** The truncation that was asked for cannot be done; see truncateToSnapshot. */
  private rejoins = false
  private snapshotRecords: SnapshotRecord[] = []
  /** The configuration that came with it counts from UPTODATE on. */
  private newLeader: PacketOf<'NEWLEADER'> | null = null
  /** The packet that waits for a configuration to be on the disk, where it came, and the configuration if it is to count. */
  private configPacket: QuorumPacket | null = null
  private phaseBehind: Phase = 'sync'
  private activating: QuorumVerifier | null = null
  /** SNAP and TRUNC leave memory and log apart until a snapshot of memory is taken. */
  private snapshotNeeded = true
  private writeToTxnLog = false
  private readonly pendingRevalidations = new Map<SessionId, ServerCnxn>()

  constructor(peer: QuorumPeer, zk: LearnerZooKeeperServer, leaderServer: QuorumServer) {
    super(peer.dispatcher, 'main')
    this.peer = peer
    this.zk = zk
    this.leaderServer = leaderServer
    this.readTimeout = peer.config.initLimit * peer.config.tickTime * MICROS_PER_MILLI
    this.connectDeadline = this.host.now + this.readTimeout
  }

  protected abstract readonly infoType: 'FOLLOWERINFO' | 'OBSERVERINFO'

  /** What arrives once this learner serves. */
  protected abstract processPacket(packet: QuorumPacket): void

  /** Hands what was buffered between NEWLEADER and UPTODATE to the pipeline that has just started. */
  protected abstract submitBuffered(): void

  /** Whether committed transactions of the synchronisation are written to the log at NEWLEADER, whoever votes. */
  protected abstract readonly logsBeforeAck: boolean

  /** Whether what it applied before is in the log. */
  protected get logsAnyway(): boolean {
    return this.logsBeforeAck || this.peer.config.observerSyncEnabled
  }

  /** Begins: connect, register, synchronise, serve. */
  begin(): void {
    this.peer.setZabState('DISCOVERY')
    this.connectToLeader()
  }

  get epoch(): Epoch {
    return epochOf(this.newLeaderZxid)
  }

  get synced(): boolean {
    return this.phase === 'broadcast'
  }

  waitingFor(): string {
    const leader = this.leaderServer.sid
    switch (this.phase) {
      case 'connect':
        return `a connection to leader ${leader} (attempt ${this.attempts})`
      case 'expectLeaderInfo':
        return `LEADERINFO from ${leader}`
      case 'expectSync':
        return `DIFF, TRUNC or SNAP from ${leader}`
      case 'receiveSnapshot':
        return `the rest of the snapshot from ${leader}`
      case 'sync':
        return this.ackedZxid === 0 ? `NEWLEADER from ${leader}` : `UPTODATE from ${leader}`
      case 'broadcast':
        return `packets from leader ${leader}`
      case 'writeAcceptedEpoch':
      case 'truncateLog':
      case 'writeLastSeen':
      case 'writeConfig':
      case 'forceSnapshot':
      case 'forceLog':
      case 'writeCurrentEpoch':
        return `the disk (${this.phase})`
    }
  }

  // ── the connection ──

  onConnected(_connection: Connection): void {
    this.offer(CONNECTED)
  }

  onRefused(_connection: Connection): void {
    this.offer(REFUSED)
  }

  onPacket(_connection: Connection, packet: Packet): void {
    this.offer(packet as QuorumPacket)
  }

  onWritable(_connection: Connection): void {}

  onClosed(_connection: Connection): void {
    this.offer(CLOSED)
  }

  onTimer(name: TimerName): void {
    if (name === CONNECT_TIMER) this.connectTimedOut()
    else this.checkReadTimeout()
  }

  /** Puts a packet on the wire to the leader. Java: Learner.writePacket */
  protected writePacket(packet: QuorumPacket): void {
    if (this.connection === null) return
    this.host.send(this.connection, packet)
    this.peer.tellSent(this.leaderServer.sid, packet)
  }

  // ── what processors ask ──

  /** Forwards a request to the leader. Java: Learner.request */
  request(request: Request): void {
    if (request.op === null) return
    this.writePacket(
      Object.freeze({
        type: 'REQUEST',
        zxid: -1,
        sessionId: request.sessionId,
        cxid: request.cxid,
        op: request.op,
        authInfo: request.authInfo,
      }),
    )
  }

  /** Java: SendAckRequestProcessor */
  sendAck(zxid: Zxid): void {
    if (this.stopped) return // What the log still drains after the connection is gone.
    this.writePacket(Object.freeze({ type: 'ACK', zxid }))
    this.host.tell(
      Object.freeze({ type: 'acked', peer: this.peer.myid, leader: this.leaderServer.sid, zxid }),
    )
  }

  /** Asks the leader whether a session that moved here still lives. Java: Learner.validateSession */
  validateSession(cnxn: ServerCnxn, sessionId: SessionId, timeout: number): void {
    this.pendingRevalidations.set(sessionId, cnxn)
    this.writePacket(Object.freeze({ type: 'REVALIDATE', zxid: -1, sessionId, timeout }))
  }

  // ── the thread ──

  protected override take(item: MainItem): void {
    if (item.type === 'CLOSED') return this.leave('the connection to the leader was closed')
    this.lastHeard = this.host.now
    switch (this.phase) {
      case 'connect':
        return this.onConnectAnswer(item.type)
      case 'expectLeaderInfo':
        return this.onLeaderInfo(item as QuorumPacket)
      case 'expectSync':
        return this.onSyncMode(item as QuorumPacket)
      case 'receiveSnapshot':
        return this.onSnapshotRecord(item as QuorumPacket)
      case 'sync':
        return this.onSyncPacket(item as QuorumPacket)
      case 'broadcast':
        if (!this.zk.running) return this.leave('a critical thread of the server died')
        return this.processPacket(item as QuorumPacket)
      case 'writeAcceptedEpoch':
      case 'truncateLog':
      case 'writeLastSeen':
      case 'writeConfig':
      case 'forceSnapshot':
      case 'forceLog':
      case 'writeCurrentEpoch':
        return // Parked: no turn comes.
    }
  }

  protected override unparked(): void {
    // The socket is read again only now, and a read has the whole timeout.
    this.lastHeard = this.host.now
    switch (this.phase) {
      case 'writeAcceptedEpoch':
        this.peer.acceptedEpochWritten(this.epoch)
        return this.ackEpoch(this.peer.currentEpoch)
      case 'truncateLog':
        return this.truncated()
      case 'writeLastSeen':
      case 'writeConfig':
        return this.configWritten()
      case 'forceSnapshot':
        return this.snapshotForced()
      case 'forceLog':
        return this.logForced()
      case 'writeCurrentEpoch':
        this.peer.currentEpochWritten(this.epoch)
        return this.ackNewLeader()
      case 'connect':
      case 'expectLeaderInfo':
      case 'expectSync':
      case 'receiveSnapshot':
      case 'sync':
      case 'broadcast':
        return
    }
  }

  protected override diskFailed(error: DiskError): void {
    this.peer.diskFailed(error, `${this.phase} of a learner`)
  }

  override stop(): void {
    this.dispatcher.clearTimer(READ_TIMER)
    this.dispatcher.clearTimer(CONNECT_TIMER)
    if (this.connection !== null) this.host.hangUp(this.connection)
    this.connection = null
    super.stop()
  }

  /** The role is over: back to LOOKING. Java: an exception out of followLeader. */
  protected leave(reason: string): void {
    this.peer.roleEnded(reason)
  }

  // ── discovery ──

  private connectToLeader(): void {
    this.attempts += 1
    this.connection = this.host.dial({ host: this.leaderServer.host, port: 'quorum' }, this)
    this.dispatcher.setTimer(CONNECT_TIMER, Math.max(1, this.connectDeadline - this.host.now), this)
  }

  private connectTimedOut(): void {
    if (this.phase !== 'connect' || this.stopped) return
    if (this.host.now >= this.connectDeadline || this.attempts >= CONNECT_ATTEMPTS) {
      return this.leave('could not connect to the leader')
    }
    this.connectToLeader()
  }

  private onConnectAnswer(answer: PacketType | MainItem['type']): void {
    if (answer === 'REFUSED') {
      this.connection = null
      const isLast =
        this.attempts >= CONNECT_ATTEMPTS || this.connectDeadline - this.host.now <= CONNECT_RETRY
      if (isLast) return this.leave('the leader refuses connections')
      this.dispatcher.setTimer(CONNECT_TIMER, CONNECT_RETRY, this)
      return
    }
    this.dispatcher.clearTimer(CONNECT_TIMER)
    this.lastHeard = this.host.now
    this.dispatcher.setTimer(READ_TIMER, this.readTimeout, this)
    this.registerWithLeader()
  }

  private registerWithLeader(): void {
    this.phase = 'expectLeaderInfo'
    this.ackEpochZxid = this.peer.lastLoggedZxid()
    this.writePacket(
      Object.freeze({
        type: this.infoType,
        zxid: makeZxid(this.peer.acceptedEpoch, 0),
        sid: this.peer.myid,
        configVersion: this.peer.verifier.version,
      }),
    )
  }

  private onLeaderInfo(packet: QuorumPacket): void {
    if (packet.type !== 'LEADERINFO') return this.unexpected(packet, 'expected LEADERINFO')
    const epoch = epochOf(packet.zxid)
    if (this.isPromisedToAnother(epoch)) {
      return this.leave(`the leader's epoch ${epoch} is less than accepted epoch ${this.peer.acceptedEpoch}`)
    }
    this.newLeaderZxid = packet.zxid
    if (epoch > this.peer.acceptedEpoch) {
      this.phase = 'writeAcceptedEpoch'
      this.park(this.peer.writeAcceptedEpoch(epoch))
    } else {
      // Accepted before, so it may not count again; -1 says so.
      this.ackEpoch(-1)
    }
  }

  /** Whether a later epoch has been accepted already. */
  protected isPromisedToAnother(epoch: Epoch): boolean {
    return epoch < this.peer.acceptedEpoch
  }

  protected ackEpoch(currentEpoch: Epoch): void {
    this.host.tell(
      Object.freeze({
        type: 'ackedEpoch',
        peer: this.peer.myid,
        leader: this.leaderServer.sid,
        epoch: this.epoch,
        currentEpoch,
        lastZxid: this.ackEpochZxid,
      }),
    )
    this.writePacket(Object.freeze({ type: 'ACKEPOCH', zxid: this.ackEpochZxid, currentEpoch }))
    this.peer.setZabState('SYNCHRONIZATION')
    this.phase = 'expectSync'
  }

  // ── synchronisation ──

  private onSyncMode(packet: QuorumPacket): void {
    if (packet.type !== 'DIFF' && packet.type !== 'TRUNC' && packet.type !== 'SNAP') {
      return this.peer.exit(13, `unexpected ${packet.type} at the start of a synchronisation`)
    }
    this.syncMode = packet.type
    this.host.tell(
      Object.freeze({
        type: 'syncStarted',
        peer: this.peer.myid,
        leader: this.leaderServer.sid,
        epoch: this.epoch,
        mode: packet.type,
        zxid: packet.zxid,
      }),
    )
    switch (packet.type) {
      case 'DIFF':
        this.snapshotNeeded = this.peer.zkDb.shouldForceWriteInitialSnapshot()
        return this.beginSyncLoop()
      case 'SNAP':
        this.snapshotRecords = []
        this.syncZxid = packet.zxid
        this.phase = 'receiveSnapshot'
        return
      case 'TRUNC':
        return this.truncateLog(packet.zxid)
    }
  }

  /** Cuts everything behind a position out of log, snapshots and memory. */
  protected truncateLog(zxid: Zxid): void {
    this.syncZxid = zxid
    const ticket = this.peer.zkDb.truncateLog(zxid)
    if (ticket === null) return this.truncateToSnapshot(zxid)
    this.phase = 'truncateLog'
    this.park(ticket)
  }

  /**
   * The history up to a position is only in a snapshot of `<epoch, 0>` behind it. The real learner exits here, each time
   * it is started; this one drops what it may, and comes back with that position, which a leader answers with SNAP.
   */
  private truncateToSnapshot(zxid: Zxid): void {
    const label = this.peer.zkDb.newestSnapshotZxid()
    const ticket =
      label !== null && label > zxid && counterOf(label) === 0 ? this.peer.zkDb.truncateLog(label) : null
    if (label === null || ticket === null) {
      return this.peer.exit(13, `not able to truncate the log to ${printZxid(zxid)}`)
    }
    this.syncZxid = label
    this.rejoins = true
    this.phase = 'truncateLog'
    this.park(ticket)
  }

  private truncated(): void {
    const db = this.peer.zkDb
    const further = db.truncateFurther()
    if (further !== null) return this.park(further)
    db.reloadAfterTruncate(this.syncZxid)
    this.host.tell(
      Object.freeze({
        type: 'truncated',
        peer: this.peer.myid,
        to: this.syncZxid,
        lastProcessedZxid: db.lastProcessedZxid,
      }),
    )
    if (this.rejoins) return this.leave('cannot truncate below its snapshot, and comes back for a new one')
    this.beginSyncLoop()
  }

  private onSnapshotRecord(packet: QuorumPacket): void {
    if (packet.type !== 'DATABASE') return this.unexpected(packet, 'expected the snapshot')
    this.snapshotRecords.push(packet.record)
    if (packet.record.kind !== 'snapshotEnd') return
    const db = this.peer.zkDb
    db.installSnapshot(this.snapshotRecords, this.syncZxid)
    this.snapshotRecords = []
    this.host.tell(
      Object.freeze({
        type: 'snapshotReceived',
        peer: this.peer.myid,
        leader: this.leaderServer.sid,
        zxid: this.syncZxid,
        tree: db.tree,
      }),
    )
    this.beginSyncLoop()
  }

  private beginSyncLoop(): void {
    this.peer.initConfigInZKDatabase()
    this.zk.createSessionTracker()
    this.writeToTxnLog = !this.snapshotNeeded
    this.phase = 'sync'
  }

  private onSyncPacket(packet: QuorumPacket): void {
    switch (packet.type) {
      case 'PROPOSAL':
        if (!this.isContinuous(packet.txn)) return
        if (packet.txn.body.type === 'reconfig') return this.lastSeen(packet.txn.body.data, packet)
        this.packetsNotLogged.push(packet.txn)
        return
      case 'COMMIT':
        this.tellCommitReceived(packet.zxid)
        return this.onSyncCommit(packet.zxid)
      case 'COMMITANDACTIVATE': {
        this.tellCommitReceived(packet.zxid)
        const head = this.packetsNotLogged.first
        const isNext = head?.zxid === packet.zxid && head.body.type === 'reconfig'
        return isNext ? this.activate(head.body.data, packet) : this.onSyncCommit(packet.zxid)
      }
      case 'INFORM':
        if (!this.isContinuous(packet.txn)) return
        this.tellCommitReceived(packet.zxid)
        return this.onSyncInform(packet.txn)
      case 'INFORMANDACTIVATE':
        this.tellCommitReceived(packet.zxid)
        if (!this.isContinuous(packet.txn)) return
        return this.activate(configOf(packet.txn), packet)
      case 'NEWLEADER':
        this.newLeader = packet
        return this.onNewLeader(packet.zxid)
      case 'UPTODATE':
        return this.onUpToDate(packet)
      case 'PING':
        return // The leader may ping as soon as it sends; before UPTODATE nothing answers.
      default:
        return this.tellUnexpected(packet) // Java ignores it.
    }
  }

  private onSyncInform(txn: Txn): void {
    if (!this.writeToTxnLog) return this.applyInSync(txn)
    this.packetsNotLogged.push(txn)
    this.packetsCommitted.push(txn.zxid)
  }

  // ── configurations, in the synchronisation and behind it ──

  /** A configuration has been proposed: on the disk, and only then the packet that brought it goes on. */
  protected lastSeen(text: string, packet: QuorumPacket): void {
    const { peer } = this
    const ticket = peer.config.reconfigEnabled ? peer.setLastSeenVerifier(peer.configFromString(text)) : null
    this.writes('writeLastSeen', ticket, packet)
  }

  /** A configuration has been agreed on: on the disk, and only then this peer goes by it. */
  protected activate(text: string, packet: QuorumPacket): void {
    const { peer } = this
    this.activating = peer.config.reconfigEnabled ? peer.configFromString(text) : null
    this.writes('writeConfig', this.activating && peer.writeVerifier(this.activating), packet)
  }

  private writes(phase: 'writeLastSeen' | 'writeConfig', ticket: Ticket | null, packet: QuorumPacket): void {
    this.configPacket = packet
    this.phaseBehind = this.phase
    this.phase = phase
    if (ticket === null) this.configWritten()
    else this.park(ticket)
  }

  private configWritten(): void {
    const { configPacket: packet, activating } = this
    this.phase = this.phaseBehind
    this.configPacket = null
    this.activating = null
    if (packet === null) return
    const majorChange =
      activating !== null && this.peer.processReconfig(activating, designatedLeaderOf(packet), true)
    if (this.phase === 'broadcast') this.processBehindConfig(packet)
    else if (!majorChange) this.syncBehindConfig(packet)
    if (majorChange) this.leave('its role or its leader changes with the configuration')
  }

  /** What the packet of a configuration brings besides, while this learner serves. */
  protected abstract processBehindConfig(packet: QuorumPacket): void

  /** The same, of the synchronisation. */
  private syncBehindConfig(packet: QuorumPacket): void {
    switch (packet.type) {
      case 'PROPOSAL':
        return this.packetsNotLogged.push(packet.txn)
      case 'COMMITANDACTIVATE':
        return this.onSyncCommit(packet.zxid)
      case 'INFORMANDACTIVATE':
        return this.onSyncInform(packet.txn)
      case 'NEWLEADER':
        return this.persistSnapshot()
      case 'UPTODATE':
        this.peer.initConfigInZKDatabase()
        return this.serve()
      default:
    }
  }

  /** The first proposal is free; each later one follows its predecessor or begins an epoch. ZOOKEEPER-4925 */
  private isContinuous(txn: Txn): boolean {
    if (this.lastQueued !== 0 && txn.zxid !== this.lastQueued + 1 && !this.beginsEpoch(txn.zxid)) {
      this.peer.anomaly('A2', 'a proposal of the synchronisation does not follow the one before', txn.zxid)
      this.leave(`${printZxid(txn.zxid)} does not follow ${printZxid(this.lastQueued)}`)
      return false
    }
    this.lastQueued = txn.zxid
    return true
  }

  protected beginsEpoch(zxid: Zxid): boolean {
    return epochOf(zxid) > epochOf(this.lastQueued) && counterOf(zxid) === 1
  }

  private onSyncCommit(zxid: Zxid): void {
    const head = this.packetsNotLogged.first
    // Java: a NullPointerException, whether the transaction would go to the log or not.
    if (head === undefined) {
      this.tellMismatch(zxid)
      return this.leave(`COMMIT ${printZxid(zxid)} with nothing pending`)
    }
    if (this.writeToTxnLog) {
      this.packetsCommitted.push(zxid)
      return
    }
    if (head.zxid !== zxid) return this.tellMismatch(zxid)
    this.packetsNotLogged.shift()
    this.applyInSync(head)
  }

  private applyInSync(txn: Txn): void {
    this.zk.processTxn(txn)
    if (this.zk.brokenOff) return this.leaveForGap(txn.zxid)
    // A snapshot that was streamed while transactions went on holds some of those that come behind it.
    if (this.syncMode === 'SNAP' && txn.zxid <= this.syncZxid) return
    this.host.tell(Object.freeze({ type: 'syncApplied', peer: this.peer.myid, txn, logged: false }))
  }

  /** committedLog does not take it: Java throws out of syncWithLeader, ZOOKEEPER-4925. */
  private leaveForGap(zxid: Zxid): void {
    this.leave(`${printZxid(zxid)} does not follow what was committed before`)
  }

  protected onNewLeader(zxid: Zxid): void {
    if (zxid !== this.newLeaderZxid || this.newLeader === null) {
      this.peer.anomaly('A1', 'NEWLEADER is of another epoch than LEADERINFO', zxid)
      return this.leave('NEWLEADER of another epoch')
    }
    this.writeToTxnLog = true
    if (this.mustLog && !this.logsAnyway) this.snapshotNeeded = true
    this.lastSeen(this.newLeader.config, this.newLeader)
  }

  /** First what memory holds and no log does … */
  private persistSnapshot(): void {
    if (!this.snapshotNeeded) return this.persistCommitted()
    this.phase = 'forceSnapshot'
    this.park(this.peer.zkDb.takeSnapshot())
  }

  private snapshotForced(): void {
    const db = this.peer.zkDb
    db.snapshotForced()
    this.host.tell(
      Object.freeze({
        type: 'snapshotTaken',
        peer: this.peer.myid,
        zxid: db.lastProcessedZxid,
        forced: true,
      }),
    )
    if (this.syncMode === 'SNAP') db.discardHistoryBefore(db.lastProcessedZxid)
    this.persistCommitted()
  }

  /** Whether the ACK of NEWLEADER counts, so that what it stands for has to be durable. */
  private get mustLog(): boolean {
    return this.logsBeforeAck || this.isToVote()
  }

  /**
   * An observer that votes in the configuration that came with NEWLEADER is counted by the leader there already, and it
   * claims the epoch. Java has it write its history all the same only if it is a follower.
   */
  protected isToVote(): boolean {
    return this.peer.lastSeenVerifier.isVoter(this.peer.myid)
  }

  /** … then what the leader committed since, ZOOKEEPER-3911 and -4646 … */
  protected persistCommitted(): void {
    if (!this.mustLog || this.packetsCommitted.length === 0) return this.persistCurrentEpoch()
    const db = this.peer.zkDb
    for (let zxid = this.packetsCommitted.shift(); zxid !== undefined; zxid = this.packetsCommitted.shift()) {
      const head = this.packetsNotLogged.first
      if (head === undefined || head.zxid !== zxid) {
        this.tellMismatch(zxid)
        continue
      }
      this.packetsNotLogged.shift()
      db.append(head)
      this.zk.processTxn(head)
      if (this.zk.brokenOff) return this.leaveForGap(zxid)
      this.host.tell(Object.freeze({ type: 'syncApplied', peer: this.peer.myid, txn: head, logged: true }))
    }
    this.forceCommitted()
  }

  protected forceCommitted(): void {
    this.phase = 'forceLog'
    this.park(this.peer.zkDb.commitLog())
  }

  private logForced(): void {
    this.peer.zkDb.logForced()
    this.peer.tellForced()
    this.persistCurrentEpoch()
  }

  /** … and only then the claim to hold it, ZOOKEEPER-4643. */
  protected persistCurrentEpoch(): void {
    this.phase = 'writeCurrentEpoch'
    this.park(this.peer.writeCurrentEpoch(this.epoch))
  }

  protected ackNewLeader(): void {
    this.readTimeout = this.peer.config.syncLimit * this.peer.config.tickTime * MICROS_PER_MILLI
    this.lastHeard = this.host.now
    this.dispatcher.setTimer(READ_TIMER, this.readTimeout, this)
    this.syncMode = 'NONE'
    this.phase = 'sync'
    this.ackedZxid = this.newLeaderZxid
    this.host.tell(
      Object.freeze({
        type: 'ackedNewLeader',
        peer: this.peer.myid,
        leader: this.leaderServer.sid,
        epoch: this.epoch,
        lastZxid: this.peer.zkDb.lastProcessedZxid,
      }),
    )
    this.writePacket(Object.freeze({ type: 'ACK', zxid: this.newLeaderZxid }))
  }

  private onUpToDate(packet: PacketOf<'UPTODATE'>): void {
    if (this.ackedZxid === 0 || this.newLeader === null) {
      this.peer.anomaly('A1', 'UPTODATE came before NEWLEADER', this.newLeaderZxid)
      return this.leave('UPTODATE before NEWLEADER')
    }
    this.activate(this.newLeader.config, packet)
  }

  private serve(): void {
    // A second ACK of NEWLEADER: the leader ignores it, the real learner sends it.
    this.writePacket(Object.freeze({ type: 'ACK', zxid: this.newLeaderZxid }))
    this.phase = 'broadcast'
    this.startZkServer()
    this.peer.updateElectionVote(this.epoch)
    this.submitBuffered()
    this.peer.setZabState('BROADCAST')
    this.host.tell(
      Object.freeze({
        type: 'upToDate',
        peer: this.peer.myid,
        leader: this.leaderServer.sid,
        epoch: this.epoch,
      }),
    )
    this.peer.cnxnFactory.setServer(this.zk)
  }

  /** The pipeline begins to work only now; releases before 3.9.3 began it before the ACK of NEWLEADER. */
  protected startZkServer(): void {
    this.zk.startup()
  }

  // ── what both kinds do while they serve ──

  /** Java: Learner.ping */
  protected ping(packet: QuorumPacket): void {
    this.writePacket(Object.freeze({ type: 'PING', zxid: packet.zxid, touched: this.zk.takeTouchTable() }))
  }

  /** Java: Learner.revalidate */
  protected revalidated(sessionId: SessionId, valid: boolean): void {
    const cnxn = this.pendingRevalidations.get(sessionId)
    if (cnxn === undefined) return
    this.pendingRevalidations.delete(sessionId)
    this.zk.finishSessionInit(cnxn, valid)
  }

  protected tellCommitReceived(zxid: Zxid): void {
    this.host.tell(Object.freeze({ type: 'commitReceived', peer: this.peer.myid, zxid }))
  }

  private tellMismatch(zxid: Zxid): void {
    this.peer.anomaly('A3', 'a COMMIT of the synchronisation is not for the first pending proposal', zxid)
  }

  /** A packet that no leader sends here, and that the real learner passes over too. */
  protected tellUnexpected(packet: QuorumPacket): void {
    this.peer.anomaly('A5', 'a packet came that may not come here', packet.zxid)
  }

  private unexpected(packet: QuorumPacket, what: string): void {
    this.tellUnexpected(packet)
    this.leave(`unexpected ${packet.type}: ${what}`)
  }

  private checkReadTimeout(): void {
    if (this.stopped) return
    const deadline = this.lastHeard + this.readTimeout
    // While this thread works on the disk it does not read, so the socket cannot time out.
    if (this.parked || this.backlog > 0) {
      this.dispatcher.setTimer(READ_TIMER, this.readTimeout, this)
    } else if (this.host.now >= deadline) {
      this.leave('read timed out: nothing heard from the leader')
    } else {
      this.dispatcher.setTimer(READ_TIMER, deadline - this.host.now, this)
    }
  }
}

/** The configuration that a reconfig makes. */
export function configOf({ body }: Txn): string {
  assert(body.type === 'reconfig', 'only a reconfig brings a configuration')
  return body.data
}

/** Null where the packet designates nobody. */
function designatedLeaderOf(packet: QuorumPacket): Sid | null {
  return 'designatedLeader' in packet ? packet.designatedLeader : null
}
