import type { ConnectionOwner } from '../../src/nodes/ConnectionOwner.ts'
import { Dispatcher } from '../../src/nodes/Dispatcher.ts'
import { FastLeaderElection } from '../../src/nodes/election/FastLeaderElection.ts'
import { QuorumCnxManager } from '../../src/nodes/election/QuorumCnxManager.ts'
import { makeVote, type Vote } from '../../src/nodes/election/Vote.ts'
import type { Fact, FactOf, FactType } from '../../src/nodes/facts.ts'
import type { Connection, Endpoint, Host, TimerName } from '../../src/nodes/Host.ts'
import { defaultSettings, type LearnerType } from '../../src/nodes/PeerConfig.ts'
import type { Packet, ServerState } from '../../src/nodes/packets.ts'
import type { QuorumPeer } from '../../src/nodes/quorum/QuorumPeer.ts'
import type { QuorumVerifier } from '../../src/nodes/quorum/QuorumVerifier.ts'
import type { Sid } from '../../src/nodes/zxid.ts'

const MILLI = 1_000
/** How long a leader waits for its quorum, and a follower for its leader. */
const PATIENCE = 1_000 * MILLI

interface Event {
  readonly at: number
  readonly seq: number
  readonly run: () => void
}

/** One end of a connection. */
interface End extends Connection {
  readonly owner: FakePeer
  other: End | null
  open: boolean
  /** When the last packet sent from here arrives: nothing overtakes it. */
  lastArrival: number
}

/** A network, a clock and peers that do nothing but hold elections. */
export class FakeEnsemble {
  now = 0
  readonly peers = new Map<Sid, FakePeer>()
  readonly facts: Fact[] = []
  /** Pairs between which nothing passes, `a>b` and `b>a`. */
  readonly cut = new Set<string>()
  readonly packets: { readonly from: Sid; readonly to: Sid; readonly packet: Packet }[] = []
  readonly verifier: QuorumVerifier
  readonly Election: typeof FastLeaderElection
  /** All delays the same, for tests that look at order. */
  private readonly steady: boolean
  private events: Event[] = []
  private seq = 0
  private seed: number

  constructor(
    verifier: QuorumVerifier,
    options: { seed?: number; steady?: boolean; Election?: typeof FastLeaderElection } = {},
  ) {
    this.verifier = verifier
    this.seed = options.seed ?? 1
    this.steady = options.steady ?? options.seed === undefined
    this.Election = options.Election ?? FastLeaderElection
  }

  /** Uniform in [0, 1). */
  random(): number {
    this.seed = (this.seed + 0x6d2b79f5) | 0
    let t = Math.imul(this.seed ^ (this.seed >>> 15), 1 | this.seed)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296
  }

  delay(from: number, to: number): number {
    return this.steady ? from : from + Math.floor(this.random() * (to - from))
  }

  after(delay: number, run: () => void): Event {
    const event = { at: this.now + delay, seq: this.seq++, run }
    let i = this.events.length
    while (i > 0 && later(this.events[i - 1]!, event) < 0) i -= 1
    this.events.splice(i, 0, event)
    return event
  }

  /** Lets milliseconds pass. */
  run(millis: number): void {
    const until = this.now + millis * MILLI
    while (this.events.length > 0 && this.events.at(-1)!.at <= until) {
      const event = this.events.pop()!
      this.now = event.at
      event.run()
    }
    this.now = until
  }

  start(sid: Sid, init: { zxid?: number; epoch?: number } = {}): FakePeer {
    const known = this.verifier.config.servers.find((server) => server.sid === sid)
    const before = this.peers.get(sid)
    const peer = new FakePeer(this, sid, known?.type ?? 'participant', {
      zxid: init.zxid ?? before?.zxid ?? 0,
      epoch: init.epoch ?? before?.currentEpoch ?? 0,
    })
    this.peers.set(sid, peer)
    peer.look()
    return peer
  }

  crash(sid: Sid): void {
    this.peers.get(sid)!.crash()
  }

  passes(from: Sid, to: Sid): boolean {
    return !this.cut.has(`${from}>${to}`)
  }

  partition(...groups: readonly (readonly Sid[])[]): void {
    this.cut.clear()
    for (const group of groups)
      for (const other of groups)
        if (group !== other) for (const a of group) for (const b of other) this.cut.add(`${a}>${b}`)
  }

  states(): string[] {
    return [...this.peers.values()]
      .filter((peer) => peer.up)
      .sort((a, b) => a.myid - b.myid)
      .map((peer) => `${peer.myid} ${peer.state} ${peer.currentVote.leader}`)
  }

  told<T extends FactType>(type: T): FactOf<T>[] {
    return this.facts.filter((fact) => fact.type === type) as FactOf<T>[]
  }

  // ── connections ──

  dial(from: FakePeer, to: Endpoint, attachment: unknown): Connection {
    const end = from.end(Number(to.host), attachment)
    const sid = end.remoteSid
    this.after(this.delay(100, 3_000), () => {
      if (!from.up || !end.open || !this.passes(from.myid, sid) || !this.passes(sid, from.myid)) return
      const peer = this.peers.get(sid)
      if (peer === undefined || !peer.up || !peer.listening) {
        end.open = false
        ;(end.attachment as ConnectionOwner).onRefused(end)
        return
      }
      const accepted = peer.end(from.myid, null)
      accepted.other = end
      end.other = accepted
      peer.election.manager.onAccepted(accepted)
      ;(end.attachment as ConnectionOwner).onConnected(end)
    })
    return end
  }

  send(end: End & { remoteSid: Sid }, packet: Packet): boolean {
    if (!end.open || end.other === null) return true
    const { other } = end
    this.packets.push({ from: end.owner.myid, to: end.remoteSid, packet })
    this.carry(end, () => {
      if (other.open) (other.attachment as ConnectionOwner).onPacket(other, packet)
      else this.closed(end) // A reset answers what nobody reads.
    })
    return true
  }

  hangUp(end: End): void {
    if (!end.open) return
    end.open = false
    const { other } = end
    if (other !== null) this.carry(end, () => this.closed(other))
  }

  /** Breaks all connections between two peers; what travels is lost. `silently` at one end, the other finds out. */
  breakConnections(a: Sid, b: Sid, silently = false): void {
    for (const end of this.peers.get(a)?.ends ?? []) {
      if (end.remoteSid !== b || !end.open || end.other === null) continue
      const { other } = end
      end.open = false
      end.other = null
      ;(end.attachment as ConnectionOwner).onClosed(end)
      if (!silently) this.closed(other)
    }
  }

  private closed(end: End): void {
    if (!end.open) return
    end.open = false
    ;(end.attachment as ConnectionOwner).onClosed(end)
  }

  /** In order, and not at all across a cut. */
  private carry(end: End & { remoteSid?: Sid }, arrive: () => void): void {
    const at = Math.max(end.lastArrival, this.now + this.delay(200, 2_000))
    end.lastArrival = at
    const from = end.owner.myid
    const to = end.remoteSid!
    this.after(at - this.now, () => {
      if (this.passes(from, to) && this.peers.get(to)?.up) arrive()
    })
  }
}

function later(a: Event, b: Event): number {
  return a.at - b.at || a.seq - b.seq
}

/** A peer whose roles last as long as a leader and a quorum can see each other. */
export class FakePeer {
  readonly net: FakeEnsemble
  readonly myid: Sid
  readonly learnerType: LearnerType
  state: ServerState = 'LOOKING'
  currentVote: Vote
  zxid: number
  currentEpoch: number
  readonly verifier: QuorumVerifier
  readonly lastSeenVerifier: QuorumVerifier
  readonly config = defaultSettings
  readonly cast = { QuorumCnxManager }
  readonly host: Host
  readonly dispatcher: Dispatcher
  readonly election: FastLeaderElection
  readonly ends: (End & { remoteSid: Sid })[] = []
  up = true
  listening = false
  /** Of the thread: how much slower than others. */
  slowness = 1
  private readonly timers = new Map<TimerName, Event>()
  private role = 0

  constructor(net: FakeEnsemble, myid: Sid, learnerType: LearnerType, init: { zxid: number; epoch: number }) {
    this.net = net
    this.myid = myid
    this.learnerType = learnerType
    this.zxid = init.zxid
    this.currentEpoch = init.epoch
    this.verifier = net.verifier
    this.lastSeenVerifier = net.verifier
    this.currentVote = makeVote(myid, init.zxid, -1, init.epoch)
    this.host = this.makeHost()
    this.dispatcher = new Dispatcher(this.host)
    this.election = new net.Election(this as unknown as QuorumPeer)
  }

  lastLoggedZxid(): number {
    return this.zxid
  }

  look(): void {
    this.role += 1
    this.state = 'LOOKING'
    this.election.lookForLeader()
  }

  electionDecided(vote: Vote): void {
    this.currentVote = vote
    if (vote.leader === this.myid) this.state = 'LEADING'
    else this.state = this.learnerType === 'participant' ? 'FOLLOWING' : 'OBSERVING'
    this.watchRole(this.role)
  }

  crash(): void {
    this.up = false
    for (const end of [...this.ends]) this.net.hangUp(end)
  }

  end(remoteSid: Sid, attachment: unknown): End & { remoteSid: Sid } {
    const end = {
      id: this.ends.length,
      remoteAddress: '',
      remote: `${remoteSid}`,
      remoteSid,
      attachment,
      owner: this,
      other: null,
      open: true,
      lastArrival: 0,
    }
    this.ends.push(end)
    return end
  }

  private watchRole(role: number): void {
    this.net.after(this.net.delay(PATIENCE, 2 * PATIENCE), () => {
      if (!this.up || this.role !== role) return
      if (this.roleHolds()) this.watchRole(role)
      else this.look()
    })
  }

  private roleHolds(): boolean {
    const sees = (peer: FakePeer) => peer.up && this.net.passes(peer.myid, this.myid)
    if (this.state !== 'LEADING') {
      const leader = this.net.peers.get(this.currentVote.leader)
      return leader !== undefined && sees(leader) && leader.state === 'LEADING'
    }
    const supporters = new Set([this.myid])
    for (const peer of this.net.peers.values()) {
      const follows = peer.state === 'FOLLOWING' && peer.currentVote.leader === this.myid
      if (follows && sees(peer) && this.verifier.isVoter(peer.myid)) supporters.add(peer.myid)
    }
    return this.verifier.containsQuorum(supporters)
  }

  private makeHost(): Host {
    const { net } = this
    const host: Partial<Host> = {
      tell: (fact) => net.facts.push(fact),
      listen: () => {
        this.listening = true
      },
      unlisten: () => {
        this.listening = false
      },
      wake: (thread) => {
        net.after(net.delay(10, 200) * this.slowness, () => {
          if (this.up) this.dispatcher.onTurn(thread)
        })
      },
      setTimer: (name, after) => {
        const event = net.after(after, () => {
          if (this.up && this.timers.get(name) === event) this.dispatcher.onTimer(name)
        })
        this.timers.set(name, event)
      },
      clearTimer: (name) => {
        this.timers.delete(name)
      },
      dial: (to, attachment) => net.dial(this, to, attachment),
      send: (on, packet) => net.send(on as End & { remoteSid: Sid }, packet),
      hangUp: (on) => net.hangUp(on as End),
    }
    return host as Host
  }
}
