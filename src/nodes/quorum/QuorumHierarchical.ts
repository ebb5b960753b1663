import type { Hierarchy, QuorumConfig } from '../PeerConfig.ts'
import type { Sid } from '../zxid.ts'
import { configText } from './configText.ts'
import { votersOf } from './QuorumMaj.ts'
import type { QuorumVerifier } from './QuorumVerifier.ts'

interface Group {
  readonly servers: readonly Sid[]
  /** One for each server. */
  readonly weights: readonly number[]
  readonly weight: number
}

/**
 * More than half of the weight, in more than half of the groups that have any.
 *
 * Java: server/quorum/flexible/QuorumHierarchical. There `getWeight` of a server that is no voter is a
 * NullPointerException, which makes the peer begin its election anew, for ever while such a vote goes round; here the
 * weight is 0: nobody who may not vote can be voted for.
 */
export class QuorumHierarchical implements QuorumVerifier {
  readonly config: QuorumConfig
  readonly version: number
  readonly voters: readonly Sid[]
  private readonly weights: readonly number[]
  /** Those with a weight. */
  private readonly groups: readonly Group[]
  private readonly text: string

  /** `config` is what makeVerifier checked and sorted, `hierarchy` its hierarchy. */
  constructor(config: QuorumConfig, hierarchy: Hierarchy) {
    this.config = config
    this.version = config.version
    this.voters = votersOf(config)
    const given = new Map(hierarchy.weights)
    this.weights = Object.freeze(this.voters.map((sid) => given.get(sid) ?? 1))
    const groups: Group[] = []
    for (const { servers } of hierarchy.groups) {
      const weights = servers.map((sid) => this.weightOf(sid))
      const weight = weights.reduce((sum, one) => sum + one, 0)
      if (weight > 0) groups.push(Object.freeze({ servers, weights: Object.freeze(weights), weight }))
    }
    this.groups = Object.freeze(groups)
    this.text = configText(config, (sid) => this.weightOf(sid))
    Object.freeze(this)
  }

  isVoter(sid: Sid): boolean {
    return this.voters.includes(sid)
  }

  weightOf(sid: Sid): number {
    return this.weights[this.voters.indexOf(sid)] ?? 0
  }

  containsQuorum(acks: ReadonlySet<Sid>): boolean {
    let won = 0
    for (const { servers, weights, weight } of this.groups) {
      let sum = 0
      for (let i = 0; i < servers.length; i++) if (acks.has(servers[i]!)) sum += weights[i]!
      if (2 * sum > weight) won += 1
    }
    return 2 * won > this.groups.length
  }

  describe(): string {
    const groups = this.groups.map(({ servers, weights }) =>
      servers.map((sid, i) => (weights[i] === 1 ? `${sid}` : `${sid}×${weights[i]}`)).join(' '),
    )
    return `majority of majorities of (${groups.join(') (')})`
  }

  toText(): string {
    return this.text
  }
}
