import type { ConnectionOwner } from '../ConnectionOwner.ts'
import type { Cast } from '../cast.ts'
import { Dispatcher } from '../Dispatcher.ts'
import { DatabaseError } from '../database/DatabaseError.ts'
import type { SharedApply } from '../database/SharedApply.ts'
import type { ZKDatabase } from '../database/ZKDatabase.ts'
import type {
  Connection,
  DiskError,
  Host,
  Node,
  NodeFactory,
  ThreadName,
  Ticket,
  TimerName,
} from '../Host.ts'
import type { PeerConfig } from '../PeerConfig.ts'
import type { Packet } from '../packets.ts'
import { epochOf, type Sid, type Zxid } from '../zxid.ts'
import { ServerCnxnFactory } from './ServerCnxnFactory.ts'
import { StandaloneZooKeeperServer } from './StandaloneZooKeeperServer.ts'
import type { ServerHome } from './ZooKeeperServer.ts'

/** Makes the process of a server that is alone in its configuration. */
export function makeStandaloneFactory(config: PeerConfig, cast: Cast, shared: SharedApply): NodeFactory {
  return new StandaloneFactory(config, cast, shared)
}

class StandaloneFactory implements NodeFactory {
  private readonly config: PeerConfig
  private readonly cast: Cast
  private readonly shared: SharedApply

  constructor(config: PeerConfig, cast: Cast, shared: SharedApply) {
    this.config = config
    this.cast = cast
    this.shared = shared
  }

  create(host: Host): StandaloneServer {
    return new StandaloneServer(host, this.config, this.cast, this.shared)
  }
}

/**
 * A process that serves alone: no election, no quorum, one disk. For a configuration with one participant.
 *
 * Java: ZooKeeperServerMain. Like QuorumPeer it forces what it read before it builds on it, and ends when its
 * disk fails.
 */
export class StandaloneServer implements Node, ServerHome {
  readonly host: Host
  readonly config: PeerConfig
  readonly cast: Cast
  readonly dispatcher: Dispatcher
  readonly zkDb: ZKDatabase
  readonly cnxnFactory: ServerCnxnFactory
  /** Null until the database is loaded. */
  zk: StandaloneZooKeeperServer | null = null
  private loading: Ticket | null = null

  constructor(host: Host, config: PeerConfig, cast: Cast, shared: SharedApply) {
    this.host = host
    this.config = config
    this.cast = cast
    this.dispatcher = new Dispatcher(host)
    this.zkDb = new cast.ZKDatabase(host, config, shared)
    this.cnxnFactory = new ServerCnxnFactory(this)
  }

  get myid(): Sid {
    return this.config.myid
  }

  /** What this server is waiting on, for people who look at a run that is stuck. */
  waitingFor(): string {
    return this.zk === null ? 'its disk, to start' : 'requests'
  }

  // ── stimuli ──

  onStart(): void {
    try {
      this.zkDb.loadDataBase()
    } catch (error) {
      if (!(error instanceof DatabaseError)) throw error
      this.host.tell(Object.freeze({ type: 'refusedToStart', peer: this.myid, reason: error.message }))
      this.host.exit(1, error.message)
    }
    this.forceLoaded()
  }

  private forceLoaded(): void {
    this.loading = this.zkDb.forceLoaded()
    if (this.loading === null) this.serve()
  }

  onAccepted(connection: Connection): void {
    this.cnxnFactory.onAccepted(connection)
  }

  onPacket(connection: Connection, packet: Packet): void {
    ;(connection.attachment as ConnectionOwner).onPacket(connection, packet)
  }

  onClosed(connection: Connection): void {
    ;(connection.attachment as ConnectionOwner).onClosed(connection)
  }

  onForced(ticket: Ticket): void {
    if (ticket !== this.loading) return this.dispatcher.onForced(ticket)
    this.forceLoaded()
  }

  onDiskFailed(ticket: Ticket, error: DiskError): void {
    if (ticket === this.loading) this.diskFailed(error, 'what was loaded at the start')
    this.dispatcher.onDiskFailed(ticket, error)
  }

  onTimer(name: TimerName): void {
    this.dispatcher.onTimer(name)
  }

  onTurn(thread: ThreadName): void {
    this.dispatcher.onTurn(thread)
  }

  onConnected(): void {}
  onRefused(): void {}
  onWritable(): void {}

  // ── what its server asks ──

  serverStopped(): void {}

  diskFailed(error: DiskError, what: string): never {
    this.host.tell(Object.freeze({ type: 'diskFailed', peer: this.myid, error, what }))
    return this.host.exit(1, `disk ${error === 'full' ? 'full' : 'error'}: ${what}`)
  }

  /** Java: ZooKeeperServer.startdata, then startup. */
  private serve(): void {
    this.tellRecovered()
    const zxid = this.zkDb.lastProcessedZxid
    this.zkDb.takeUnforcedSnapshot()
    this.host.tell(Object.freeze({ type: 'snapshotTaken', peer: this.myid, zxid, forced: false }))
    this.tellAlone(zxid)
    this.zk = new StandaloneZooKeeperServer(this)
    this.cnxnFactory.start()
    this.zk.startup()
    this.cnxnFactory.setServer(this.zk)
  }

  /** What a leader would tell whose quorum is itself. It begins no epoch of its own. */
  private tellAlone(lastZxid: Zxid): void {
    const { host, myid: peer } = this
    const epoch = epochOf(lastZxid)
    const by = Object.freeze([peer])
    host.tell(Object.freeze({ type: 'synchronizing', peer, epoch, lastZxid }))
    host.tell(Object.freeze({ type: 'established', peer, epoch, lastZxid, by }))
    host.tell(Object.freeze({ type: 'stateChanged', peer, state: 'LEADING', zab: 'BROADCAST' }))
  }

  private tellRecovered(): void {
    const { zkDb } = this
    const epoch = epochOf(zkDb.lastProcessedZxid)
    this.host.tell(
      Object.freeze({
        type: 'recovered',
        peer: this.myid,
        snapshotZxid: zkDb.snapshotZxid,
        lastProcessedZxid: zkDb.lastProcessedZxid,
        acceptedEpoch: epoch,
        currentEpoch: epoch,
        logged: zkDb.loggedTxns(),
        tree: zkDb.tree,
      }),
    )
  }
}
