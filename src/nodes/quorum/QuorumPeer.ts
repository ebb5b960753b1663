import type { ConnectionOwner } from '../ConnectionOwner.ts'
import type { Cast } from '../cast.ts'
import { Dispatcher } from '../Dispatcher.ts'
import type { SharedApply } from '../database/SharedApply.ts'
import type { ZKDatabase } from '../database/ZKDatabase.ts'
import type { FastLeaderElection } from '../election/FastLeaderElection.ts'
import { makeVote, type Vote } from '../election/Vote.ts'
import type { FactOf, ZabState } from '../facts.ts'
import type { Connection, DiskError, Host, Node, PortName, ThreadName, Ticket, TimerName } from '../Host.ts'
import { type LearnerType, MICROS_PER_MILLI, type PeerConfig, type QuorumServer } from '../PeerConfig.ts'
import type { Packet, QuorumPacket, ServerState } from '../packets.ts'
import { ServerCnxnFactory } from '../server/ServerCnxnFactory.ts'
import type { Epoch, Sid, Zxid } from '../zxid.ts'
import type { Boot } from './Boot.ts'
import type { Leader } from './Leader.ts'
import type { Learner } from './Learner.ts'
import { makeVerifier, type QuorumVerifier } from './QuorumVerifier.ts'

export const ACCEPTED_EPOCH_FILE = 'acceptedEpoch'
export const CURRENT_EPOCH_FILE = 'currentEpoch'

/** Java: zookeeper.observer.election.DelayMs */
const OBSERVER_ELECTION_DELAY = 200 * MICROS_PER_MILLI
const OBSERVER_TIMER = 'observer/delay'

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
  /** A later one that has been proposed; null where there is none. */
  lastSeenVerifier: QuorumVerifier | null = null
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
  /** A role has ended and its server is still finishing its writes. */
  private stopping: Leader | Learner | null = null

  constructor(host: Host, config: PeerConfig, cast: Cast, shared: SharedApply) {
    this.host = host
    this.config = config
    this.cast = cast
    this.dispatcher = new Dispatcher(host)
    this.verifier = makeVerifier(config.quorum)
    this.zkDb = new cast.ZKDatabase(host, config, shared)
    this.cnxnFactory = new ServerCnxnFactory(this)
    this.currentVote = makeVote(config.myid, 0, -1, 0)
  }

  get myid(): Sid {
    return this.config.myid
  }

  get learnerType(): LearnerType {
    return this.serverOf(this.myid)?.type ?? 'participant'
  }

  /** The position this peer votes and registers with. Java: getLastLoggedZxid, which is the tree's, not the log's. */
  lastLoggedZxid(): Zxid {
    return this.zkDb.lastProcessedZxid
  }

  serverOf(sid: Sid): QuorumServer | undefined {
    return this.verifier.config.servers.find((server) => server.sid === sid)
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
    if (name === OBSERVER_TIMER) return this.lookForLeader()
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
    this.state = 'LOOKING'
    this.setZabState('ELECTION')
    this.election?.lookForLeader()
  }

  /** The election thread has found a leader. Java: lookForLeader returns. */
  electionDecided(vote: Vote): void {
    this.currentVote = vote
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
    if (this.learnerType === 'participant') return this.lookForLeader()
    this.state = 'LOOKING'
    this.setZabState('ELECTION')
    this.host.setTimer(OBSERVER_TIMER, Math.floor(this.host.random() * OBSERVER_ELECTION_DELAY))
  }

  /**
   * What a synchronisation put into memory alone is forgotten (ZOOKEEPER-3642; the real peer does so for SNAP, and keeps
   * what came behind a TRUNC). Otherwise the log may be ahead of memory, never behind it.
   */
  protected bringMemoryToDisk(role: Leader | Learner): void {
    if ('syncMode' in role && role.syncMode !== 'NONE' && role.syncMode !== 'DIFF') {
      this.zkDb.clear()
      this.zkDb.loadDataBase()
    } else {
      this.zkDb.fastForward()
    }
  }

  /** All members tell newcomers the same vote, ZOOKEEPER-1732. */
  updateElectionVote(newEpoch: Epoch): void {
    const { leader, zxid, electionEpoch } = this.currentVote
    this.currentVote = makeVote(leader, zxid, electionEpoch, newEpoch, this.state)
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
