/**
 * Where a run is, worked out from what it told: what properties look at. Less than invariants keep (no histories, no
 * trees), so that it costs little where nobody judges the run.
 */
import type { SessionId } from '../../nodes/database/txns.ts'
import type { Micros } from '../../nodes/Host.ts'
import type { Epoch, Sid, Zxid } from '../../nodes/zxid.ts'
import type { Ending } from '../kernel/SimHost.ts'
import type { World } from '../kernel/World.ts'
import { ClientScene } from './ClientScene.ts'
import { PeerScene } from './PeerScene.ts'
import { SessionScene } from './SessionScene.ts'

/** Proposals of a leader that no longer leads; what is behind `from` up to `to` was not committed. Frozen. */
export interface Orphans {
  readonly epoch: Epoch
  readonly from: Zxid
  readonly to: Zxid
}

/** Whoever was established last. Frozen. */
export interface Reign {
  readonly leader: Sid
  readonly epoch: Epoch
  readonly since: Micros
}

export class Scene {
  readonly world: World
  readonly peers: PeerScene[] = []
  readonly clients = new Map<string, ClientScene>()
  readonly sessions = new Map<SessionId, SessionScene>()
  reign: Reign | null = null
  /** Epochs that were chosen since one was established. */
  unborn: readonly Epoch[] = NO_EPOCHS
  orphans: readonly Orphans[] = NO_ORPHANS
  /** The end of what leaders committed. */
  committed: Zxid = 0
  /** Requests of all clients that are under way. */
  inFlight = 0
  /** The position that the last event of a watch named, and who heard of it. */
  watched: Zxid = -1
  watcher = ''
  /** Nodes that were created as such. */
  readonly containers = new Set<string>()
  readonly withTtl = new Set<string>()
  /** All peers were down, and none has served since. */
  wentDown = false
  /** That was by power cuts alone. */
  byPower = false
  private readonly bySid: (PeerScene | undefined)[] = []

  constructor(world: World, sids: readonly Sid[]) {
    this.world = world
    for (const sid of sids) this.add(new PeerScene(sid))
  }

  get now(): Micros {
    return this.world.now
  }

  peer(sid: Sid): PeerScene {
    return this.bySid[sid] ?? this.add(new PeerScene(sid))
  }

  client(name: string): ClientScene {
    let client = this.clients.get(name)
    if (client === undefined) {
      client = new ClientScene(name)
      this.clients.set(name, client)
    }
    return client
  }

  session(id: SessionId): SessionScene {
    let session = this.sessions.get(id)
    if (session === undefined) {
      session = new SessionScene()
      this.sessions.set(id, session)
    }
    return session
  }

  /** Whose session it is, where that client still holds it. */
  holderOf(id: SessionId): ClientScene | null {
    const client = this.clients.get(this.sessions.get(id)?.client ?? '')
    return client?.sessionId === id ? client : null
  }

  /** The peer whose leadership was established last, if it leads still. */
  get leader(): PeerScene | null {
    const leader = this.reign === null ? null : this.peer(this.reign.leader)
    return leader?.leads === true && leader.epoch === this.reign?.epoch ? leader : null
  }

  /** Packets from one to the other are kept back by a partition. */
  isBlocked(from: Sid, to: Sid): boolean {
    return this.world.network.isBlocked(String(from), String(to))
  }

  isPaused(sid: Sid): boolean {
    return this.world.findMachine(String(sid))?.state === 'paused'
  }

  // ── what has happened ──

  died(peer: PeerScene, how: Ending, torn: boolean, unfinished: Zxid): void {
    this.orphan(peer)
    peer.endRole('silent')
    peer.lives = false
    peer.ended = how
    peer.endedAt = this.now
    peer.torn = torn
    peer.unfinished = unfinished
    if (this.peers.some(({ lives }) => lives)) return
    this.wentDown = true
    this.byPower = this.peers.every(({ ended }) => ended === 'powerCut')
  }

  clientDied(client: ClientScene): void {
    this.inFlight -= client.inFlight
    this.lost(client)
    client.died()
  }

  /** A client is not connected any more. */
  lost({ server, sessionId }: ClientScene): void {
    if (server !== -1) this.session(sessionId).lostAt = this.now
  }

  chosen(epoch: Epoch): void {
    this.unborn = Object.freeze([...this.unborn, epoch])
  }

  established(leader: PeerScene, epoch: Epoch, lastZxid: Zxid): void {
    this.serves(leader)
    leader.proposed = lastZxid
    leader.committed = lastZxid
    this.committed = Math.max(this.committed, lastZxid)
    this.unborn = NO_EPOCHS
    this.orphans = NO_ORPHANS
    this.reign = Object.freeze({ leader: leader.sid, epoch, since: this.now })
  }

  serves(peer: PeerScene): void {
    peer.stage = 'serving'
    this.wentDown = false
  }

  /** A role ends: what its proposals come to is for the next epoch to say. */
  orphan(peer: PeerScene): void {
    if (!peer.hasInFlight) return
    const { epoch, committed: from, proposed: to } = peer
    this.orphans = Object.freeze([...this.orphans, Object.freeze({ epoch, from, to })])
  }

  // ── what can be told of it ──

  /** The time of a session was up, by the end of its last connection, before the present leader was established. */
  wasDueUnled(id: SessionId): boolean {
    const { reign } = this
    const { lostAt, timeout } = this.session(id)
    return reign !== null && lostAt >= 0 && lostAt + timeout < reign.since
  }

  private add(peer: PeerScene): PeerScene {
    this.peers.push(peer)
    this.bySid[peer.sid] = peer
    return peer
  }
}

const NO_ORPHANS: readonly Orphans[] = Object.freeze([])
const NO_EPOCHS: readonly Epoch[] = Object.freeze([])
