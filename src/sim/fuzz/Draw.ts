/** What a scenario is drawn with: chance, and who there is. */
import type { Sid } from '../../nodes/zxid.ts'
import type { Random } from '../kernel/Random.ts'
import type { PeerRole, PeersRole } from '../kinds.ts'
import type { Play } from '../scenario/Scenario.ts'
import type { Profile } from './Profile.ts'

export class Draw {
  readonly random: Random
  readonly profile: Profile
  /** Known once the ensemble is drawn. */
  voters: readonly Sid[] = []
  observers: readonly Sid[] = []
  joiners: readonly Sid[] = []
  /** Of loads, by name; known once they are drawn. */
  loads: readonly string[] = []
  /** Whoever the last moment was about can be spoken of. */
  somebodyDid = false
  /** Faults that last, by what would end them. */
  readonly lasting: Play[] = []

  constructor(random: Random, profile: Profile) {
    this.random = random
    this.profile = profile
  }

  get sids(): readonly Sid[] {
    return [...this.voters, ...this.observers, ...this.joiners]
  }

  /** One of the keys, each as likely as its weight says. */
  weighted<K extends string>(weights: Readonly<Record<K, number>>): K {
    return this.pickWeighted(Object.entries(weights) as [K, number][])
  }

  /** The same, of items that are no words. */
  pickWeighted<T>(items: readonly (readonly [T, number])[]): T {
    let total = 0
    for (const [, weight] of items) total += weight
    let at = this.random.next() * total
    const found = items.find(([, weight]) => (at -= weight) < 0) ?? items.at(-1)
    return (found as readonly [T, number])[0]
  }

  /** As likely to be small as large: the number of its digits is drawn first. From 1 on. */
  scaled(most: number): number {
    let top = 1
    while (top < most && this.random.chance(0.7)) top = Math.min(most, top * 3)
    return this.random.int(1, top)
  }

  /** Microseconds, in whole milliseconds. */
  time(least: number, most: number): number {
    return (least - 1 + this.scaled(most - least + 1)) * 1_000
  }

  /** A peer, as faults speak of one. */
  peer(): Sid | PeerRole {
    const { random } = this
    if (this.somebodyDid && random.chance(0.5)) return 'that peer'
    const role = random.int(0, 9)
    if (role < 3) return 'the leader'
    if (role === 3) return 'a follower'
    if (role === 4 && this.observers.length > 0) return 'an observer'
    return random.pick(this.sids)
  }

  /** Peers that something happens to at once: nearly always one. */
  peers(): readonly Sid[] | PeersRole | PeerRole {
    const { random } = this
    const some = random.int(0, 19)
    if (some === 0) return 'all'
    if (some === 1) return 'a quorum'
    if (some === 2) return 'a minority'
    if (some === 3) return 'the followers'
    if (some === 4) return this.group()
    const one = this.peer()
    return typeof one === 'number' ? Object.freeze([one]) : one
  }

  /** Some of all, by number; at least one, and not all where there are several. */
  group(): readonly Sid[] {
    const shuffled = this.random.shuffle([...this.sids])
    const size = this.random.int(1, Math.max(1, shuffled.length - 1))
    return Object.freeze(shuffled.slice(0, size).sort((a, b) => a - b))
  }

  /** The same, as groups apart. */
  groups(): readonly (readonly Sid[])[] {
    const one = this.group()
    const rest = this.sids.filter((sid) => !one.includes(sid))
    return Object.freeze(rest.length === 0 ? [one] : [one, Object.freeze(rest)])
  }

  /** Two ends of a wire, by name. */
  wire(): { readonly from: string; readonly to: string } {
    const { random } = this
    const from = this.machine()
    let to = this.machine()
    for (let tries = 0; to === from && tries < 5; tries += 1) to = this.machine()
    return random.chance(0.1) ? { from: to, to: from } : { from, to }
  }

  /** A peer, or now and then a client. */
  machine(): string {
    const { random } = this
    if (this.loads.length > 0 && random.chance(0.15)) return random.pick(this.loads)
    return `${this.peer()}`
  }

  share(): number {
    return this.random.pick([0.01, 0.05, 0.1, 0.25])
  }
}
