/**
 * Which sets of servers may decide.
 *
 * Java: server/quorum/flexible/QuorumVerifier and its two implementations that have a configuration syntax. Verifiers
 * here are frozen values: a reconfiguration makes a new one, and all copies of a world share it.
 */
import type { Hierarchy, QuorumConfig, QuorumServer } from '../PeerConfig.ts'
import type { Sid } from '../zxid.ts'
import { QuorumHierarchical } from './QuorumHierarchical.ts'
import { QuorumMaj } from './QuorumMaj.ts'

export interface QuorumVerifier {
  readonly config: QuorumConfig
  /** The zxid of the reconfig that made this membership; 0 for the first. */
  readonly version: number
  /** Voting members, in ascending order. */
  readonly voters: readonly Sid[]
  isVoter(sid: Sid): boolean
  /** A server of weight 0 is never elected. */
  weightOf(sid: Sid): number
  /**
   * Whether these servers form a quorum. They must all be voters: like the Java, a majority is counted, not looked up.
   * SyncedLearnerTracker sees to it.
   */
  containsQuorum(acks: ReadonlySet<Sid>): boolean
  /** `majority of 1 2 3`. */
  describe(): string
  /** The configuration as ZooKeeper writes it to `zoo.cfg.dynamic.next`. */
  toText(): string
}

/** Servers' ids: one byte, since the session ids that a server gives out begin with it. */
export const MAX_SID = 255

/** A membership that no ensemble can have. Java: ConfigException */
export class ConfigError extends Error {
  override readonly name: string = 'ConfigError'
}

/** One whose text or shape the Java trips over: an exception that it does not catch as one of the configuration. */
export class IllegalConfig extends ConfigError {
  override readonly name = 'IllegalConfig'
}

/**
 * Whether one configuration says of every server, group and weight what the other says; of the same version it does.
 * Java: QuorumMaj.equals, QuorumHierarchical.equals
 */
export function sameMembers(a: QuorumVerifier, b: QuorumVerifier): boolean {
  if ((a.config.hierarchy === null) !== (b.config.hierarchy === null)) return false
  return a.version === b.version || withVersion(a, 0).toText() === withVersion(b, 0).toText()
}

/** The same members as another configuration. */
export function withVersion(verifier: QuorumVerifier, version: number): QuorumVerifier {
  if (verifier.version === version) return verifier
  return makeVerifier({ ...verifier.config, version })
}

/** @throws ConfigError — says what is wrong with the membership. */
export function makeVerifier(config: QuorumConfig): QuorumVerifier {
  const servers = checkedServers(config.servers)
  const { version } = config
  if (!Number.isSafeInteger(version) || version < 0) {
    throw new ConfigError(`a configuration's version is a zxid: version=${version}`)
  }
  if (config.hierarchy === null) return new QuorumMaj(Object.freeze({ version, servers, hierarchy: null }))
  const hierarchy = checkedHierarchy(config.hierarchy, servers)
  return new QuorumHierarchical(Object.freeze({ version, servers, hierarchy }), hierarchy)
}

/** By ascending id. */
function checkedServers(servers: readonly QuorumServer[]): readonly QuorumServer[] {
  const sids = new Set<Sid>()
  for (const { sid } of servers) {
    if (!Number.isInteger(sid) || sid < 0 || sid > MAX_SID) {
      throw new ConfigError(`a server's id is an integer from 0 to ${MAX_SID}: server.${sid}`)
    }
    if (sids.has(sid)) throw new ConfigError(`each server is listed once: server.${sid}`)
    sids.add(sid)
  }
  if (!servers.some((server) => server.type === 'participant')) {
    throw new ConfigError('an ensemble needs a participant; this one has none')
  }
  const sorted = servers.map((server) => Object.freeze({ ...server }))
  return Object.freeze(sorted.sort((a, b) => a.sid - b.sid))
}

/** Groups and weights by ascending id. */
function checkedHierarchy(hierarchy: Hierarchy, servers: readonly QuorumServer[]): Hierarchy {
  const participants = new Set<Sid>()
  for (const { sid, type } of servers) if (type === 'participant') participants.add(sid)
  const weights = checkedWeights(hierarchy, participants)
  const grouped = new Set<Sid>()
  const groupIds = new Set<number>()
  for (const { id, servers: sids } of hierarchy.groups) {
    if (groupIds.has(id)) throw new ConfigError(`each group is listed once: group.${id}`)
    groupIds.add(id)
    for (const sid of sids) {
      if (!participants.has(sid)) throw new ConfigError(`group.${id} lists ${sid}, which is no participant`)
      if (grouped.has(sid)) throw new ConfigError(`server.${sid} is in more than one group`)
      grouped.add(sid)
    }
  }
  for (const sid of participants) {
    if (!grouped.has(sid)) throw new ConfigError(`server.${sid} is a participant and in no group`)
  }
  if (weights.length === participants.size && weights.every(([, weight]) => weight === 0)) {
    throw new ConfigError('a hierarchy needs a server whose weight is not 0; this one has none')
  }
  const groups = hierarchy.groups.map(({ id, servers: sids }) =>
    Object.freeze({ id, servers: Object.freeze([...sids].sort((a, b) => a - b)) }),
  )
  return Object.freeze({ groups: Object.freeze(groups.sort((a, b) => a.id - b.id)), weights })
}

function checkedWeights(hierarchy: Hierarchy, participants: ReadonlySet<Sid>): Hierarchy['weights'] {
  const weighed = new Set<Sid>()
  for (const [sid, weight] of hierarchy.weights) {
    if (!participants.has(sid)) throw new ConfigError(`weight.${sid} is given to no participant`)
    if (weighed.has(sid)) throw new ConfigError(`each weight is given once: weight.${sid}`)
    if (!Number.isSafeInteger(weight) || weight < 0) {
      throw new ConfigError(`a weight is an integer from 0 on: weight.${sid}=${weight}`)
    }
    weighed.add(sid)
  }
  const weights = hierarchy.weights.map(([sid, weight]) => Object.freeze([sid, weight] as const))
  return Object.freeze(weights.sort((a, b) => a[0] - b[0]))
}
