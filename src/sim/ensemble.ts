import { Checker } from '../invariants/Checker.ts'
import type { Cast } from '../nodes/cast.ts'
import { type Client, idealClient, makeClientFactory } from '../nodes/client/Client.ts'
import type { ClientCast } from '../nodes/client/ClientCast.ts'
import type { ClientProgramFactory } from '../nodes/client/ClientProgram.ts'
import { SharedApply } from '../nodes/database/SharedApply.ts'
import type { Host, HostName, NodeFactory } from '../nodes/Host.ts'
import { ideal } from '../nodes/ideal.ts'
import {
  defaultSettings,
  type Hierarchy,
  type LearnerType,
  type PeerConfig,
  type QuorumConfig,
  type QuorumServer,
} from '../nodes/PeerConfig.ts'
import { CONFIG_FILE, NEXT_CONFIG_FILE, QuorumPeer } from '../nodes/quorum/QuorumPeer.ts'
import { StandaloneServer } from '../nodes/server/StandaloneServer.ts'
import type { Sid } from '../nodes/zxid.ts'
import { fork } from './kernel/fork.ts'
import type { Machine } from './kernel/Machine.ts'
import { World } from './kernel/World.ts'
import type { ClientManners, EnsembleApi } from './scenario/EnsembleApi.ts'
import { defaultSpec, type EnsembleSpec, membersOf, sidsOf } from './scenario/EnsembleSpec.ts'
import { setUp } from './scenario/setUp.ts'

export interface EnsembleOptions {
  /** The parts peers are made of; `ideal` by default. */
  readonly cast?: Cast
  /** The parts clients are made of; `idealClient` by default. */
  readonly clientCast?: ClientCast
  /** Listen with the invariants; on by default. */
  readonly check?: boolean
  /** What an error inside a node does; see WorldOptions. Default 'crash': the peer dies, invariant A6 tells. */
  readonly onNodeError?: 'throw' | 'crash'
  /** How configurations name the servers, in the order of their sids; by sid and with the usual ports unless said. */
  readonly servers?: readonly Pick<QuorumServer, 'host' | 'ports' | 'client'>[]
}

const NAMED_BY_SID: readonly never[] = Object.freeze([])

/** Milliseconds. */
const DEFAULT_SESSION_TIMEOUT = 10_000

/**
 * ZooKeeper peers and clients in a world: where the kernel and the nodes meet.
 *
 * Machines of peers are named by their sid (or as the options name them), clients by their name. Everything here is state of the run and is copied
 * with it; `fork()` gives an ensemble that goes its own way.
 */
export class Ensemble implements EnsembleApi {
  readonly spec: EnsembleSpec
  readonly world: World
  readonly sids: readonly Sid[]
  readonly quorum: QuorumConfig
  readonly checker: Checker
  readonly clients = new Map<HostName, Machine>()
  private readonly factories = new Map<Sid, PeerFactory>()
  /** In the order of the sids, which count from 1. */
  private readonly machines: readonly Machine[]
  private readonly servers: NonNullable<EnsembleOptions['servers']>
  private readonly clientCast: ClientCast

  constructor(spec: Partial<EnsembleSpec> = {}, options: EnsembleOptions = {}) {
    const settings = Object.freeze({ ...spec.settings })
    this.spec = Object.freeze({ ...defaultSpec, ...spec, settings })
    this.world = new World({
      seed: this.spec.seed,
      lockstep: this.spec.lockstep,
      priorityChanges: this.spec.priorityChanges,
      onNodeError: options.onNodeError ?? 'crash',
    })
    this.sids = Object.freeze(sidsOf(this.spec))
    this.servers = options.servers ?? NAMED_BY_SID
    const quorum = this.quorumOf(this.spec)
    this.quorum = quorum
    const shared = new SharedApply()
    const cast = options.cast ?? ideal
    this.clientCast = options.clientCast ?? idealClient
    let first: Machine | null = null
    const machines: Machine[] = []
    for (const myid of this.sids) {
      const own = this.quorumOfServer(this.spec, quorum, myid)
      const config: PeerConfig = Object.freeze({
        ...defaultSettings,
        ...this.spec.settings,
        myid,
        quorum: own,
      })
      const factory = new PeerFactory(config, cast, shared)
      this.factories.set(myid, factory)
      const beside: Machine | null = this.spec.oneComputer ? first : null
      const machine = this.world.addMachine(this.hostOf(myid), factory, beside)
      first ??= machine
      machines.push(machine)
    }
    this.machines = machines
    this.checker = new Checker(this.world, quorum, undefined, { ...defaultSettings, ...this.spec.settings })
    if (options.check ?? true) this.world.listeners.push(this.checker)
    setUp(this, this.spec)
  }

  machineOf(sid: Sid): Machine {
    return this.machines[sid - 1] ?? this.world.machine(this.hostOf(sid))
  }

  /** The running process, alone or of a quorum. */
  peer(sid: Sid): QuorumPeer | StandaloneServer | null {
    const { node } = this.machineOf(sid)
    return node instanceof QuorumPeer || node instanceof StandaloneServer ? node : null
  }

  quorumPeer(sid: Sid): QuorumPeer | null {
    const { node } = this.machineOf(sid)
    return node instanceof QuorumPeer ? node : null
  }

  start(sid: Sid): void {
    this.machineOf(sid).start()
  }

  configure(sid: Sid, voters: readonly Sid[], observers: readonly Sid[]): void {
    const factory = this.factories.get(sid)
    if (factory === undefined) return
    factory.config = Object.freeze({ ...factory.config, quorum: this.configOf(voters, observers, null) })
    const { disk } = this.machineOf(sid)
    for (const file of [CONFIG_FILE, NEXT_CONFIG_FILE]) disk.place(file, [])
  }

  /** The established leader of the highest epoch; a server that serves alone leads itself. */
  leader(): Sid | null {
    let found: QuorumPeer | null = null
    for (const sid of this.sids) {
      const peer = this.peer(sid)
      if (peer instanceof StandaloneServer) return peer.zk?.running === true ? sid : null
      if (peer?.leader?.established !== true) continue
      if (found === null || peer.leader.epoch > (found.leader?.epoch ?? 0)) found = peer
    }
    return found?.myid ?? null
  }

  client(name: HostName, sessionTimeout = DEFAULT_SESSION_TIMEOUT, manners?: ClientManners): Client {
    const machine = this.clients.get(name) ?? this.addClient(name, [], null, sessionTimeout, manners)
    if (machine.state === 'down') machine.start()
    return machine.node as Client
  }

  /** A client machine that runs a program (null: waits to be told), started at once. */
  addClient(
    name: HostName,
    servers: readonly Sid[],
    program: ClientProgramFactory | null,
    sessionTimeout = DEFAULT_SESSION_TIMEOUT,
    manners: ClientManners = {},
  ): Machine {
    const hosts = servers.map((sid) => this.hostOf(sid))
    const options = { ...manners, name, servers: hosts, sessionTimeout, program }
    const factory = makeClientFactory(options, this.clientCast)
    const machine = this.world.addMachine(name, factory)
    this.clients.set(name, machine)
    machine.start()
    return machine
  }

  fork(): Ensemble {
    return fork(this)
  }

  private hostOf(sid: Sid): HostName {
    return this.servers[sid - 1]?.host ?? String(sid)
  }

  private quorumOf(spec: EnsembleSpec): QuorumConfig {
    const sids = membersOf(spec)
    return this.configOf(sids.slice(0, spec.peers), sids.slice(spec.peers), spec.hierarchy)
  }

  /** A joiner is started with the ensemble's first configuration and itself in it. */
  private quorumOfServer(spec: EnsembleSpec, quorum: QuorumConfig, sid: Sid): QuorumConfig {
    if (quorum.servers.some((server) => server.sid === sid)) return quorum
    // In a hierarchy only an observer needs no group.
    const joiner = this.serverOf(sid, spec.hierarchy === null ? 'participant' : 'observer')
    return Object.freeze({ ...quorum, servers: Object.freeze([...quorum.servers, joiner]) })
  }

  private configOf(
    voters: readonly Sid[],
    observers: readonly Sid[],
    hierarchy: Hierarchy | null,
  ): QuorumConfig {
    const servers = [
      ...voters.map((sid) => this.serverOf(sid, 'participant')),
      ...observers.map((sid) => this.serverOf(sid, 'observer')),
    ]
    return Object.freeze({ version: 0, servers: Object.freeze(servers), hierarchy })
  }

  private serverOf(sid: Sid, type: LearnerType): QuorumServer {
    return Object.freeze({ sid, host: String(sid), ...this.servers[sid - 1], type })
  }
}

/** Makes the process of a server, alone or of a quorum, as its configuration says when it starts. */
class PeerFactory implements NodeFactory {
  config: PeerConfig
  private readonly cast: Cast
  /** One memo for all peers of a world. */
  private readonly shared: SharedApply

  constructor(config: PeerConfig, cast: Cast, shared: SharedApply) {
    this.config = config
    this.cast = cast
    this.shared = shared
  }

  create(host: Host): QuorumPeer | StandaloneServer {
    if (isStandalone(this.config)) return new StandaloneServer(host, this.config, this.cast, this.shared)
    return new this.cast.QuorumPeer(host, this.config, this.cast, this.shared)
  }
}

/** Java: QuorumPeerConfig.isDistributed, QuorumPeerMain.initializeAndRun */
function isStandalone({ quorum, standaloneEnabled }: PeerConfig): boolean {
  return standaloneEnabled && quorum.servers.length === 1
}
