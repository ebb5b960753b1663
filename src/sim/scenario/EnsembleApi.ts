/**
 * What a scenario needs of an ensemble, and no more: the real one is sim/ensemble.ts, tests have a paper one.
 */

import type { ClientState } from '../../nodes/client/Client.ts'
import type { ClientOptions, SessionCredentials } from '../../nodes/client/ClientOptions.ts'
import type { ClientProgramFactory } from '../../nodes/client/ClientProgram.ts'
import type { DataTree } from '../../nodes/database/DataTree.ts'
import type { Txn } from '../../nodes/database/txns.ts'
import type { HostName, Micros } from '../../nodes/Host.ts'
import type { QuorumConfig } from '../../nodes/PeerConfig.ts'
import type { Operation } from '../../nodes/packets.ts'
import type { Sid, Zxid } from '../../nodes/zxid.ts'
import type { Machine } from '../kernel/Machine.ts'
import type { World } from '../kernel/World.ts'
import type { EnsembleSpec } from './EnsembleSpec.ts'

/** A running peer, as scenarios look at it. QuorumPeer is one. */
export interface PeerApi {
  /** What this peer, and each of its threads that is blocked, waits for; in words. */
  waitingFor(): string
  readonly zkDb: {
    readonly tree: DataTree
    readonly lastProcessedZxid: Zxid
    readonly lastLoggedZxid: Zxid
  }
}

/** A client that scenarios drive. Client is one. */
export interface ClientApi {
  readonly state: ClientState
  /** Those it knows. */
  readonly servers: readonly HostName[]
  /** What would take its session over. */
  readonly session: SessionCredentials
  /** Connects to one of these: with a new session where there is none, else the session moves there. */
  connectTo(servers: readonly HostName[]): void
  /** Connects to one of these with a new session, or with one that is given; a session it has is left to expire. */
  connect(servers: readonly HostName[], sessionTimeout?: number, session?: SessionCredentials): void
  /** Hands an operation in. The facts `invoked` and `completed` carry the id returned; both may be told at once. */
  submit(op: Operation): number
  /** Ends the session: through `closeSession` where it is connected, at once where it is not. */
  close(): void
}

/** What a client is from its beginning on. */
export type ClientManners = Pick<ClientOptions, 'chroot' | 'canBeReadOnly'>

/** One invariant that was found broken. */
export interface ViolationApi {
  readonly code: string
  readonly name: string
  readonly says: string
  /** What happened, in one line. */
  readonly what: string
  /** The number of the event in which it was found. */
  readonly event: number
}

/** What judges a run. Checker is one. */
export interface CheckerApi {
  /** The first violation of each invariant, in the order in which they showed. */
  readonly violations: readonly ViolationApi[]
  readonly checks: readonly { readonly invariant: { readonly code: string; readonly name: string } }[]
  /** Looks at what only the end of a run shows. */
  finish(): void
  /** What lies on a disk before the run begins. */
  diskHeld(sid: Sid, logged: readonly Txn[], snapshot: Zxid): void
  diskWiped(sid: Sid): void
  /** From now on nothing disturbs these. @returns when all that must happen in the end has to have happened. */
  calm(peers: readonly Sid[], clients: readonly HostName[]): Micros
  /** All that must happen in the end of the calm has happened by now. */
  readonly allIsWell: boolean
  /** The calm is over before its time, and all is well. */
  endCalm(): void
  /** A fault begins: what must happen in the end need not happen yet. */
  disturbed(): void
  forgive(sid: Sid): void
  /** A client was killed, which it cannot tell. */
  clientDied(name: HostName): void
}

export interface EnsembleApi {
  readonly spec: EnsembleSpec
  readonly world: World
  /** Every peer, voters first. */
  readonly sids: readonly Sid[]
  /** The first configuration. */
  readonly quorum: QuorumConfig
  machineOf(sid: Sid): Machine
  /** The running process; null while the machine is down. */
  peer(sid: Sid): PeerApi | null
  /** Starts a peer that is down. */
  start(sid: Sid): void
  /** Gives a server another configuration to start with, in place of what reconfigs have left on its disk. */
  configure(sid: Sid, voters: readonly Sid[], observers: readonly Sid[]): void
  /** The established leader that serves; the one of the highest epoch where there are two. */
  leader(): Sid | null
  /**
   * The client of this name. Its machine is added when it is first named, knowing no servers, with this session timeout
   * in milliseconds (10,000 unless said) and these manners; it is started whenever it is down.
   */
  client(name: HostName, sessionTimeout?: number, manners?: ClientManners): ClientApi
  /** A client that runs a program, started at once. */
  addClient(name: HostName, servers: readonly Sid[], program: ClientProgramFactory): Machine
  readonly clients: ReadonlyMap<HostName, Machine>
  readonly checker: CheckerApi
}
