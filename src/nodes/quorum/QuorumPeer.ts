import type { ConnectionOwner } from '../ConnectionOwner.ts'
import type { Cast } from '../cast.ts'
import { Dispatcher } from '../Dispatcher.ts'
import type { SharedApply } from '../database/SharedApply.ts'
import type { ZKDatabase } from '../database/ZKDatabase.ts'
import type { ConfigRecord } from '../diskRecords.ts'
import type { FastLeaderElection } from '../election/FastLeaderElection.ts'
import { makeVote, type Vote } from '../election/Vote.ts'
import type { FactOf, ZabState } from '../facts.ts'
import type {
  Connection,
  DiskError,
  FileName,
  Host,
  Node,
  PortName,
  ThreadName,
  Ticket,
  TimerName,
} from '../Host.ts'
import { type LearnerType, MICROS_PER_MILLI, type PeerConfig, type QuorumServer } from '../PeerConfig.ts'
import type { Packet, QuorumPacket, ServerState } from '../packets.ts'
import { ReadOnlyZooKeeperServer } from '../server/ReadOnlyZooKeeperServer.ts'
import { ServerCnxnFactory } from '../server/ServerCnxnFactory.ts'
import type { Epoch, Sid, Zxid } from '../zxid.ts'
import type { Boot } from './Boot.ts'
import { USUAL_PORTS } from './configText.ts'
import type { Leader } from './Leader.ts'
import type { Learner } from './Learner.ts'
import { parseConfig } from './parseConfig.ts'
import { makeVerifier, type QuorumVerifier, sameMembers } from './QuorumVerifier.ts'

/** The committed configuration and the one seen last, once there has been a reconfig. */
export const CONFIG_FILE = 'zoo.cfg.dynamic'
export const NEXT_CONFIG_FILE = 'zoo.cfg.dynamic.next'
export const ACCEPTED_EPOCH_FILE = 'acceptedEpoch'
export const CURRENT_EPOCH_FILE = 'currentEpoch'

/** Java: zookeeper.observer.election.DelayMs */
const OBSERVER_ELECTION_DELAY = 200 * MICROS_PER_MILLI
const OBSERVER_TIMER = 'observer/delay'

/** Milliseconds at least that a peer looks for a leader before it serves without one. Java: roZkMgr, in QuorumPeer.run */
const READ_ONLY_GRACE = 2_000
const READ_ONLY_TIMER = 'readOnly/grace'

/**
 * One server of an ensemble: LOOKING, then LEADING, FOLLOWING or OBSERVING, and back.
 *
 * Java: QuorumPeer. Its run() is a loop around blocking calls; here each role is the thread `main` while it lasts
 * (Boot, Leader, Follower, Observer), and this class passes from one to the next. The database outlives the roles.
 */
export class QuorumPeer implements Node {
  readonly host: Host
  readonly config: PeerConfig
  readonly cast: Cast
  readonly dispatcher: Dispatcher
  readonly zkDb: ZKDatabase
  readonly cnxnFactory: ServerCnxnFactory
  /** The committed configuration. */
  verifier: QuorumVerifier
  /** The one that was proposed last: the committed one, where none is on its way. */
  lastSeenVerifier: QuorumVerifier
  /** Whoever is in no configuration follows without a vote. Java: getLearnerType */
  learnerType: LearnerType
  state: ServerState = 'LOOKING'
  zabState: ZabState = 'ELECTION'
  currentVote: Vote
  /** In memory; the file is written first. */
  acceptedEpoch: Epoch = 0
  currentEpoch: Epoch = 0
  election: FastLeaderElection | null = null
  leader: Leader | null = null
  learner: Learner | null = null
  private boot: Boot | null = null
  /** What serves while there is no leader. */
  private readOnly: ReadOnlyZooKeeperServer | null = null
  /** A role has ended and its server is still finishing its writes. */
  private stopping: Leader | Learner | null = null
  /** When the role ends the next begins without an election: a reconfig has said who leads, and as what this peer learns. */
  private reconfigFlag = false

  constructor(host: Host, config: PeerConfig, cast: Cast, shared: SharedApply) {
    this.host = host
    this.config = config
    this.cast = cast
    this.dispatcher = new Dispatcher(host)
    this.verifier = makeVerifier(config.quorum)
    this.lastSeenVerifier = this.verifier
    this.learnerType = learnerTypeIn(this.verifier, config.myid)
    this.zkDb = new cast.ZKDatabase(host, config, shared)
    this.cnxnFactory = new ServerCnxnFactory(this)
    this.currentVote = makeVote(config.myid, 0, -1, 0)
  }

  get myid(): Sid {
    return this.config.myid
  }

  /** The position this peer votes and registers with. Java: getLastLoggedZxid, which is the tree's, not the log's. */
  lastLoggedZxid(): Zxid {
    return this.zkDb.lastProcessedZxid
  }

  /** A server of the committed configuration. */
  serverOf(sid: Sid): QuorumServer | undefined {
    return serverIn(this.verifier, sid)
  }

  /** What this peer is waiting on, for people who look at a run that is stuck. */
  waitingFor(): string {
    if (this.boot !== null) return 'its disk, to start'
    if (this.stopping !== null) return 'its log to be flushed before it looks for a leader'
    if (this.leader !== null) return this.leader.waitingFor()
    if (this.learner !== null) return this.learner.waitingFor()
    return this.election?.waitingFor() ?? 'nothing'
  }

  // ── stimuli ──

  onStart(): void {
    this.boot = new this.cast.Boot(this)
    this.boot.begin()
  }

  onAccepted(connection: Connection, port: PortName): void {
    if (port === 'client') return this.cnxnFactory.onAccepted(connection)
    const acceptor = port === 'election' ? this.election?.manager : this.leader
    // It knocked before this port was closed.
    if (acceptor === undefined || acceptor === null) return this.host.hangUp(connection)
    acceptor.onAccepted(connection)
  }

  onConnected(connection: Connection): void {
    ;(connection.attachment as ConnectionOwner).onConnected(connection)
  }

  onRefused(connection: Connection): void {
    ;(connection.attachment as ConnectionOwner).onRefused(connection)
  }

  onPacket(connection: Connection, packet: Packet): void {
    ;(connection.attachment as ConnectionOwner).onPacket(connection, packet)
  }

  onWritable(connection: Connection): void {
    ;(connection.attachment as ConnectionOwner).onWritable(connection)
  }

  onClosed(connection: Connection): void {
    ;(connection.attachment as ConnectionOwner).onClosed(connection)
  }

  onForced(ticket: Ticket): void {
    this.dispatcher.onForced(ticket)
  }

  onDiskFailed(ticket: Ticket, error: DiskError): void {
    this.dispatcher.onDiskFailed(ticket, error)
  }

  onTimer(name: TimerName): void {
    if (name === OBSERVER_TIMER) return this.updateServerState()
    if (name === READ_ONLY_TIMER) return this.serveReadOnly()
    this.dispatcher.onTimer(name)
  }

  onTurn(thread: ThreadName): void {
    this.dispatcher.onTurn(thread)
  }

  onUncaught(reason: string): void {
    this.host.tell(Object.freeze({ type: 'threadDied', peer: this.myid, thread: 'process', reason }))
  }

  // ── roles ──

  /** Boot has loaded what the disk holds. */
  booted(): void {
    this.boot = null
    this.election = new this.cast.FastLeaderElection(this)
    this.cnxnFactory.start()
    this.currentVote = makeVote(this.myid, this.lastLoggedZxid(), -1, this.currentEpoch)
    this.lookForLeader()
  }

  private lookForLeader(): void {
    this.reconfigFlag = false
    this.state = 'LOOKING'
    this.setZabState('ELECTION')
    if (this.config.readonlymodeEnabled && this.readOnly === null) {
      const grace = Math.max(READ_ONLY_GRACE, this.config.tickTime)
      this.host.setTimer(READ_ONLY_TIMER, grace * MICROS_PER_MILLI)
    }
    this.election?.lookForLeader()
  }

  /** Still no leader: what is known may be read. */
  private serveReadOnly(): void {
    this.readOnly = new ReadOnlyZooKeeperServer(this)
    this.readOnly.startup()
    this.cnxnFactory.setServer(this.readOnly)
    const { lastProcessedZxid } = this.zkDb
    this.host.tell(Object.freeze({ type: 'readOnlyStarted', peer: this.myid, lastProcessedZxid }))
  }

  private stopReadOnly(): void {
    if (this.config.readonlymodeEnabled) this.host.clearTimer(READ_ONLY_TIMER)
    this.readOnly?.shutdown()
    this.readOnly = null
  }

  /** The election thread has found a leader. Java: lookForLeader returns. */
  electionDecided(vote: Vote): void {
    this.stopReadOnly()
    this.currentVote = vote
    this.beginRole(vote)
  }

  private beginRole(vote: Vote): void {
    if (vote.leader === this.myid) {
      this.state = 'LEADING'
      this.leader = new this.cast.Leader(this)
      return this.leader.begin()
    }
    this.state = this.learnerType === 'participant' ? 'FOLLOWING' : 'OBSERVING'
    const server = this.serverOf(vote.leader)
    if (server === undefined) return this.lookForLeader()
    const Role = this.state === 'FOLLOWING' ? this.cast.Follower : this.cast.Observer
    this.learner = new Role(this, server)
    this.learner.begin()
  }

  /** A role is over: its server flushes its log and stops, then this peer looks for a leader again. */
  roleEnded(reason: string): void {
    const role = this.leader ?? this.learner
    if (role === null) return
    this.host.tell(Object.freeze({ type: 'lookingAgain', peer: this.myid, reason }))
    role.stop()
    this.leader = null
    this.learner = null
    this.stopping = role
    this.cnxnFactory.setServer(null)
    role.zk.shutdown()
  }

  /** The server of the role that ended has stopped, its log flushed. ZOOKEEPER-4712: only now is memory brought up to it. */
  serverStopped(): void {
    const role = this.stopping
    if (role === null) return
    this.stopping = null
    this.bringMemoryToDisk(role)
    this.host.tell(
      Object.freeze({
        type: 'fastForwarded',
        peer: this.myid,
        lastProcessedZxid: this.zkDb.lastProcessedZxid,
      }),
    )
    const wasObserving = this.state === 'OBSERVING'
    if (!wasObserving) return this.updateServerState()
    if (!this.reconfigFlag) {
      this.state = 'LOOKING'
      this.setZabState('ELECTION')
    }
    this.host.setTimer(OBSERVER_TIMER, Math.floor(this.host.random() * OBSERVER_ELECTION_DELAY))
  }

  /** Java: updateServerState. After a reconfig the next role is known; any other end of a role leads to an election. */
  private updateServerState(): void {
    if (!this.reconfigFlag) return this.lookForLeader()
    this.reconfigFlag = false
    this.beginRole(this.currentVote)
  }

  /**
   * What a synchronisation put into memory alone is forgotten (ZOOKEEPER-3642; the real peer does so for SNAP, and keeps
   * what came behind a TRUNC). Otherwise the log may be ahead of memory, never behind it.
   */
  protected bringMemoryToDisk(role: Leader | Learner): void {
    const isReplaced = 'syncMode' in role && role.syncMode !== 'NONE' && role.syncMode !== 'DIFF'
    if (isReplaced || this.isPromotedWithoutLog()) {
      this.zkDb.clear()
      this.zkDb.loadDataBase()
    } else {
      this.zkDb.fastForward()
    }
  }

  /**
   * What an observer did not log, because it was told not to, must not count once it votes. It looks for a leader with what
   * its disk has; Java keeps the memory, and counts it as durable.
   */
  protected isPromotedWithoutLog(): boolean {
    const wasObserving = this.state === 'OBSERVING'
    return wasObserving && this.learnerType === 'participant' && !this.config.observerSyncEnabled
  }

  /** All members tell newcomers the same vote, ZOOKEEPER-1732. */
  updateElectionVote(newEpoch: Epoch): void {
    const { leader, zxid, electionEpoch } = this.currentVote
    this.currentVote = makeVote(leader, zxid, electionEpoch, newEpoch, this.state)
  }

  // ── configurations ──

  /**
   * What reconfigs have left on the disk comes before what this server was started with. Java: QuorumPeerConfig.parse
   *
   * @returns why this server cannot start with it, or null.
   */
  readConfig(): string | null {
    const committed = this.readConfigFile(CONFIG_FILE)
    const next = this.readConfigFile(NEXT_CONFIG_FILE)
    if (committed === 'damaged' || next === 'damaged') return 'a file of its configuration is damaged'
    if (committed !== null) this.verifier = committed
    this.lastSeenVerifier = next !== null && this.config.reconfigEnabled ? next : this.verifier
    if (this.lastSeenVerifier.version < this.verifier.version) this.lastSeenVerifier = this.verifier
    this.learnerType = learnerTypeIn(this.verifier, this.myid)
    this.tellConfig('configActivated', this.verifier)
    if (this.lastSeenVerifier !== this.verifier) this.tellConfig('configSeen', this.lastSeenVerifier)
    return this.serverOf(this.myid) === undefined ? `its id ${this.myid} is not in its configuration` : null
  }

  private readConfigFile(file: FileName): QuorumVerifier | null | 'damaged' {
    const image = this.host.read(file)
    if (image === undefined || image.records.length === 0) return null
    if (image.damage !== null) return 'damaged'
    return this.configFromString((image.records.at(0) as ConfigRecord).text)
  }

  /** Java: configFromString */
  configFromString(text: string): QuorumVerifier {
    return parseConfig(text, this.config.standaloneEnabled)
  }

  /**
   * A configuration has been proposed. An older one replaces a later one that has come to nothing: its leader is gone.
   * Java: setLastSeenQuorumVerifier
   *
   * @returns what to wait for until it is on the disk; null where there is nothing to write.
   */
  setLastSeenVerifier(verifier: QuorumVerifier): Ticket | null {
    if (!this.config.reconfigEnabled || this.lastSeenVerifier.version === verifier.version) return null
    this.lastSeenVerifier = verifier
    this.tellConfig('configSeen', verifier)
    this.connectNewPeers()
    return this.host.replace(NEXT_CONFIG_FILE, configRecord(verifier))
  }

  private connectNewPeers(): void {
    for (const { sid } of this.lastSeenVerifier.config.servers) {
      if (sid !== this.myid && this.serverOf(sid) === undefined) this.election?.manager.connectNewPeer(sid)
    }
  }

  /**
   * The disk's part of `processReconfig`, which follows when it is done.
   *
   * @returns what to wait for; null where there is nothing to write.
   */
  writeVerifier(verifier: QuorumVerifier): Ticket | null {
    if (!this.config.reconfigEnabled || verifier.version <= this.verifier.version) return null
    return this.host.replace(CONFIG_FILE, configRecord(verifier))
  }

  /**
   * A configuration has been agreed on. Java: processReconfig
   *
   * @param suggestedLeader null: nobody has said
   * @param restartLE begin elections anew, with other connections
   * @returns whether this peer's role, or its leader, changes.
   */
  processReconfig(verifier: QuorumVerifier, suggestedLeader: Sid | null, restartLE: boolean): boolean {
    if (!this.config.reconfigEnabled) return false
    const before = this.setVerifier(verifier)
    if (verifier.version <= before.version || sameMembers(before, verifier)) return false
    if (restartLE) this.restartLeaderElection()
    this.moveClientPort(before, verifier)
    const roleChange = this.updateLearnerType()
    if (suggestedLeader !== null) return this.updateVote(suggestedLeader) || roleChange
    const { leader } = this.currentVote
    const leaderChange = !this.isSameVoter(leader, before, verifier)
    this.reconfigFlag = false
    return roleChange || leaderChange
  }

  /** Java: setQuorumVerifier. @returns what counted before */
  private setVerifier(verifier: QuorumVerifier): QuorumVerifier {
    const before = this.verifier
    if (before.version >= verifier.version) return before
    this.verifier = verifier
    if (verifier.version > this.lastSeenVerifier.version) this.lastSeenVerifier = verifier
    if (verifier.version === this.lastSeenVerifier.version) this.host.remove(NEXT_CONFIG_FILE)
    this.tellConfig('configActivated', verifier)
    return before
  }

  /** What clients see of it. A reconfig shows it again, with its own time, when it is applied. */
  initConfigInZKDatabase(): void {
    this.zkDb.initConfigInZKDatabase(this.verifier)
  }

  private tellConfig(type: 'configSeen' | 'configActivated', { config }: QuorumVerifier): void {
    this.host.tell(Object.freeze({ type, peer: this.myid, config }))
  }

  /** All connections between election ports are dropped. */
  private restartLeaderElection(): void {
    this.election?.shutdown()
    this.election = new this.cast.FastLeaderElection(this)
  }

  /** A peer that looks for a leader has heard of a later configuration. Java: `shuttingDownLE` */
  lookAnew(): void {
    this.restartLeaderElection()
    this.currentVote = makeVote(this.myid, this.lastLoggedZxid(), -1, this.currentEpoch)
    this.lookForLeader()
  }

  /** Another number of the port changes nothing here; no port at all does. */
  private moveClientPort(before: QuorumVerifier, after: QuorumVerifier): void {
    const old = serverIn(before, this.myid)
    const now = serverIn(after, this.myid)
    if (now === undefined || (old?.client === '') === (now.client === '')) return
    if (now.client === '') {
      this.cnxnFactory.closeAll()
      this.host.unlisten('client')
    } else {
      this.host.listen('client')
    }
  }

  private updateLearnerType(): boolean {
    const type = learnerTypeIn(this.verifier, this.myid)
    if (type === this.learnerType) return false
    this.learnerType = type
    this.reconfigFlag = true
    return true
  }

  private updateVote(leader: Sid): boolean {
    if (leader === this.currentVote.leader) return false
    this.currentVote = makeVote(leader, this.currentVote.zxid, -1, -1)
    this.reconfigFlag = true
    return true
  }

  /** Whether a server votes in both, and is found in the same place. */
  isSameVoter(sid: Sid, a: QuorumVerifier, b: QuorumVerifier): boolean {
    return (
      a.isVoter(sid) && b.isVoter(sid) && quorumAddress(serverIn(a, sid)) === quorumAddress(serverIn(b, sid))
    )
  }

  // ── epochs: the file first, then memory ──

  writeAcceptedEpoch(epoch: Epoch): Ticket {
    return this.host.replace(ACCEPTED_EPOCH_FILE, Object.freeze({ kind: 'epoch', epoch }))
  }

  acceptedEpochWritten(epoch: Epoch): void {
    this.acceptedEpoch = epoch
    this.host.tell(Object.freeze({ type: 'acceptedEpochWritten', peer: this.myid, epoch }))
  }

  writeCurrentEpoch(epoch: Epoch): Ticket {
    return this.host.replace(CURRENT_EPOCH_FILE, Object.freeze({ kind: 'epoch', epoch }))
  }

  currentEpochWritten(epoch: Epoch): void {
    this.currentEpoch = epoch
    this.host.tell(Object.freeze({ type: 'currentEpochWritten', peer: this.myid, epoch }))
  }

  // ── telling ──

  setZabState(zab: ZabState): void {
    this.zabState = zab
    this.host.tell(Object.freeze({ type: 'stateChanged', peer: this.myid, state: this.state, zab }))
  }

  tellSent(to: Sid, packet: QuorumPacket): void {
    this.host.tell(
      Object.freeze({ type: 'sent', peer: this.myid, to, packet: packet.type, zxid: packet.zxid }),
    )
  }

  /** Everything in the log is durable. */
  tellForced(): void {
    this.host.tell(Object.freeze({ type: 'forced', peer: this.myid, zxid: this.zkDb.lastLoggedZxid }))
  }

  anomaly(code: FactOf<'anomaly'>['code'], what: string, zxid: Zxid): void {
    this.host.tell(Object.freeze({ type: 'anomaly', peer: this.myid, code, what, zxid }))
  }

  /**
   * A disk that does not take what must be on it ends the process; what is on it decides when it starts again. The real
   * peer goes LOOKING in the same process, with a memory that may be ahead of its disk; see docs/departures.md.
   */
  diskFailed(error: DiskError, what: string): never {
    this.host.tell(Object.freeze({ type: 'diskFailed', peer: this.myid, error, what }))
    this.zkDb.takeBackUnforced()
    return this.exit(1, `disk ${error === 'full' ? 'full' : 'error'}: ${what}`)
  }

  exit(code: number, reason: string): never {
    return this.host.exit(code, reason)
  }
}

function serverIn({ config }: QuorumVerifier, sid: Sid): QuorumServer | undefined {
  return config.servers.find((server) => server.sid === sid)
}

function learnerTypeIn(verifier: QuorumVerifier, sid: Sid): LearnerType {
  return serverIn(verifier, sid)?.type ?? 'participant'
}

function quorumAddress(server: QuorumServer | undefined): string {
  return server === undefined ? '' : `${server.host}:${(server.ports ?? USUAL_PORTS).split(':')[0]}`
}

function configRecord(verifier: QuorumVerifier): ConfigRecord {
  return Object.freeze({ kind: 'config', text: verifier.toText() })
}
