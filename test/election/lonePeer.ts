import { Dispatcher } from '../../src/nodes/Dispatcher.ts'
import { FastLeaderElection } from '../../src/nodes/election/FastLeaderElection.ts'
import type { NotificationPacket, Recipient } from '../../src/nodes/election/QuorumCnxManager.ts'
import { makeVote, type Vote } from '../../src/nodes/election/Vote.ts'
import type { Fact, FactOf, FactType } from '../../src/nodes/facts.ts'
import type { Host, TimerName } from '../../src/nodes/Host.ts'
import {
  defaultSettings,
  type Hierarchy,
  type LearnerType,
  type PeerSettings,
} from '../../src/nodes/PeerConfig.ts'
import type { ServerState } from '../../src/nodes/packets.ts'
import type { QuorumPeer } from '../../src/nodes/quorum/QuorumPeer.ts'
import { makeVerifier, type QuorumVerifier } from '../../src/nodes/quorum/QuorumVerifier.ts'
import type { Sid } from '../../src/nodes/zxid.ts'

/** A membership: participants, then observers; version 0 unless said. */
export function members(
  participants: readonly Sid[],
  observers: readonly Sid[] = [],
  version = 0,
  hierarchy: Hierarchy | null = null,
): QuorumVerifier {
  const server = (type: LearnerType) => (sid: Sid) => ({ sid, host: `${sid}`, type })
  const servers = [...participants.map(server('participant')), ...observers.map(server('observer'))]
  return makeVerifier({ version, servers, hierarchy })
}

/** What tests write of a notification; the rest is the vote of a fresh peer in round 1. */
export interface Said {
  readonly state?: ServerState
  readonly leader: Sid
  readonly zxid?: number
  readonly round?: number
  readonly epoch?: number
}

/** Keeps what is sent, and returns to the peer what it sends itself. */
class Mailbox {
  readonly sent: { readonly to: Sid; readonly packet: NotificationPacket }[] = []
  readonly recipient: Recipient
  readonly peer: QuorumPeer
  delivered = true
  connects = 0

  constructor(peer: QuorumPeer, recipient: Recipient) {
    this.peer = peer
    this.recipient = recipient
  }

  toSend(to: Sid, packet: NotificationPacket): void {
    this.sent.push({ to, packet })
    if (to === this.peer.myid) this.recipient.addToRecvQueue(to, packet)
  }

  haveDelivered(): boolean {
    return this.delivered
  }

  connectAll(): void {
    this.connects += 1
  }

  halt(): void {}
}

/** One election with nobody around: the test is its network and its clock. */
export class LonePeer {
  readonly myid: Sid
  state: ServerState = 'LOOKING'
  currentVote: Vote
  verifier: QuorumVerifier
  lastSeenVerifier: QuorumVerifier
  learnerType: LearnerType = 'participant'
  currentEpoch = 0
  zxid = 0
  readonly config: PeerSettings
  readonly cast: unknown
  readonly host: Host
  readonly dispatcher: Dispatcher
  readonly election: FastLeaderElection
  readonly facts: Fact[] = []
  /** Armed timers and when they fire, in milliseconds from their arming. */
  readonly timers = new Map<TimerName, number>()
  /** What the election decided, one a round. */
  readonly decisions: Vote[] = []
  private wakes = 0

  constructor(
    myid: Sid,
    verifier: QuorumVerifier,
    Election: typeof FastLeaderElection = FastLeaderElection,
    init: { zxid?: number; epoch?: number; learnerType?: LearnerType } = {},
  ) {
    this.myid = myid
    this.verifier = verifier
    this.lastSeenVerifier = verifier
    this.zxid = init.zxid ?? 0
    this.currentEpoch = init.epoch ?? 0
    this.learnerType = init.learnerType ?? 'participant'
    this.currentVote = makeVote(myid, this.zxid, -1, this.currentEpoch)
    this.config = defaultSettings
    this.cast = { QuorumCnxManager: Mailbox }
    this.host = {
      tell: (fact: Fact) => this.facts.push(fact),
      wake: () => this.wakes++,
      setTimer: (name: TimerName, after: number) => this.timers.set(name, after / 1_000),
      clearTimer: (name: TimerName) => this.timers.delete(name),
    } as unknown as Host
    this.dispatcher = new Dispatcher(this.host)
    this.election = new Election(this as unknown as QuorumPeer)
  }

  get mailbox(): Mailbox {
    return this.election.manager as unknown as Mailbox
  }

  /** What was sent to others since the last look, as `to: state leader round`. */
  takeSent(): string[] {
    const others = this.mailbox.sent.filter(({ to }) => to !== this.myid)
    this.mailbox.sent.length = 0
    return others.map(({ to, packet }) => `${to}: ${packet.state} ${packet.leader} ${packet.electionEpoch}`)
  }

  get proposal(): readonly number[] {
    const { proposedLeader, proposedZxid, proposedEpoch } = this.election
    return [proposedLeader, proposedZxid, proposedEpoch]
  }

  look(): this {
    this.state = 'LOOKING'
    this.election.lookForLeader()
    this.settle()
    return this
  }

  /** Puts notifications into the receive queue; no turn is given. */
  queue(from: Sid, said: Said): void {
    this.election.addToRecvQueue(from, packetOf(said))
  }

  hear(from: Sid, said: Said): this {
    this.queue(from, said)
    this.settle()
    return this
  }

  /** Gives turns until nobody asks for one. */
  settle(): void {
    while (this.wakes > 0) {
      this.wakes -= 1
      this.dispatcher.onTurn('election')
    }
  }

  /** The armed timer passes. */
  timeout(name: TimerName): this {
    if (!this.timers.delete(name)) throw new Error(`${name} is not armed`)
    this.dispatcher.onTimer(name)
    this.settle()
    return this
  }

  lastLoggedZxid(): number {
    return this.zxid
  }

  electionDecided(vote: Vote): void {
    this.decisions.push(vote)
    this.currentVote = vote
    if (vote.leader === this.myid) this.state = 'LEADING'
    else this.state = this.learnerType === 'participant' ? 'FOLLOWING' : 'OBSERVING'
  }

  told<T extends FactType>(type: T): FactOf<T>[] {
    return this.facts.filter((fact) => fact.type === type) as FactOf<T>[]
  }
}

export function packetOf(said: Said): NotificationPacket {
  return Object.freeze({
    type: 'NOTIFICATION',
    state: said.state ?? 'LOOKING',
    leader: said.leader,
    zxid: said.zxid ?? 0,
    electionEpoch: said.round ?? 1,
    peerEpoch: said.epoch ?? 0,
    config: '',
  })
}
