/**
 * Who votes and what is a quorum, worked out anew from the configurations that peers have told: the judge does not share
 * the peers' code.
 *
 * The configuration in force is the newest that any peer goes by; of those without a version, that of the leader that was
 * established last. A peer decides by its own: it may not know better, and what a stale one must not do is decide
 * without a quorum of the configuration that it knows to be on its way.
 */
import type { FactOf } from '../nodes/facts.ts'
import type { QuorumConfig } from '../nodes/PeerConfig.ts'
import { type Epoch, epochOf, type Sid } from '../nodes/zxid.ts'
import { Electorate } from './Electorate.ts'

/** What one peer knows of configurations. */
interface Known {
  active: Electorate
  /** A later one that was proposed to it. */
  seen: Electorate | null
  /** What it went by before `active`: proposals and new leaders of that time needed its quorum too. */
  before: Electorate | null
  /** `active`, and `seen` if there is one. */
  deciding: readonly Electorate[]
}

export type ConfigFact = FactOf<'configSeen'> | FactOf<'configActivated'> | FactOf<'established'>

export class Membership {
  private current: Electorate
  private readonly initial: Electorate
  private readonly initially: readonly Electorate[]
  private readonly peers = new Map<Sid, Known>()
  /** Of each epoch that was established, what it began with, and what was proposed in it. */
  private readonly epochs = new Map<Epoch, Electorate[]>()

  constructor(config: QuorumConfig) {
    this.initial = new Electorate(config)
    this.initially = Object.freeze([this.initial])
    this.current = this.initial
  }

  hear(fact: ConfigFact): void {
    if (fact.type === 'established') this.noteEstablished(fact)
    else if (fact.type === 'configSeen') this.noteSeen(fact)
    else this.noteActivated(fact)
  }

  /** Of the configuration in force; sorted. */
  get voters(): readonly Sid[] {
    return this.current.voters
  }

  /** Whether it votes in the configuration in force, or in one that may come into force. */
  isVoter(sid: Sid): boolean {
    return this.current.isVoter(sid) || this.pending().some((next) => next.isVoter(sid))
  }

  /** Whether the configuration in force has a place for it. */
  has(sid: Sid): boolean {
    return this.current.has(sid)
  }

  /** Whether it learns without a vote, and without acknowledging, by its own configuration. */
  isObserver(sid: Sid): boolean {
    return this.activeOf(sid).observers.includes(sid)
  }

  /** Whether its own configuration has no place for it. */
  isOutside(sid: Sid): boolean {
    return !this.activeOf(sid).has(sid)
  }

  /** A quorum of the configuration in force, and of every other that may come into force. */
  containsQuorum(sids: readonly Sid[]): boolean {
    return this.current.containsQuorum(sids) && this.pending().every((next) => next.containsQuorum(sids))
  }

  /** The configuration that a peer goes by. */
  activeOf(peer: Sid): Electorate {
    return this.peers.get(peer)?.active ?? this.initial
  }

  /** What a peer needs quorums of: the configuration that it goes by, and one that is to replace it. */
  decidingFor(peer: Sid): readonly Electorate[] {
    return this.peers.get(peer)?.deciding ?? this.initially
  }

  /** Whether a vote of this server may count for something that a peer decides, or began to while it went by others. */
  mayCountFor(peer: Sid, voter: Sid): boolean {
    const known = this.peers.get(peer)
    if (known === undefined) return this.initial.isVoter(voter)
    const { active, seen, before } = known
    return active.isVoter(voter) || seen?.isVoter(voter) === true || before?.isVoter(voter) === true
  }

  /** Quorums of all of these have certainly decided what they acknowledged in an epoch. */
  ofEpoch(epoch: Epoch): readonly Electorate[] {
    return this.epochs.get(epoch) ?? [this.current]
  }

  private pending(): readonly Electorate[] {
    const later: Electorate[] = []
    for (const { seen } of this.peers.values()) {
      if (seen !== null && seen.version > this.current.version) later.push(seen)
    }
    return later
  }

  private noteEstablished({ peer, epoch }: FactOf<'established'>): void {
    const active = this.activeOf(peer)
    this.epochs.set(epoch, [active])
    if (active.version >= this.current.version) this.current = active
  }

  private noteSeen({ peer, config }: FactOf<'configSeen'>): void {
    const known = this.knownOf(peer)
    const seen = new Electorate(config)
    // One that is older than what this peer goes by, or the same, takes the place of one that has come to nothing.
    known.seen = seen.version > known.active.version ? seen : null
    settle(known)
    const electorates = this.epochs.get(epochOf(seen.version))
    if (electorates?.every(({ version }) => version !== seen.version) === true) electorates.push(seen)
  }

  private noteActivated({ peer, config }: FactOf<'configActivated'>): void {
    const known = this.knownOf(peer)
    const active = new Electorate(config)
    // A process that starts says first what it goes by, and then what it has seen, where its disk has more.
    const starts = active.version <= known.active.version
    known.before = starts ? null : known.active
    known.active = active
    if (starts || (known.seen !== null && known.seen.version <= active.version)) known.seen = null
    settle(known)
    if (known.active.version > this.current.version) this.current = known.active
  }

  private knownOf(peer: Sid): Known {
    let known = this.peers.get(peer)
    if (known === undefined) {
      known = { active: this.initial, seen: null, before: null, deciding: this.initially }
      this.peers.set(peer, known)
    }
    return known
  }
}

function settle(known: Known): void {
  known.deciding = Object.freeze(known.seen === null ? [known.active] : [known.active, known.seen])
}
