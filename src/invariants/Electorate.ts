import type { QuorumConfig } from '../nodes/PeerConfig.ts'
import type { Sid, Zxid } from '../nodes/zxid.ts'

interface Group {
  readonly servers: readonly Sid[]
  readonly weights: readonly number[]
}

/** Who votes in one configuration, and what is a quorum; frozen. */
export class Electorate {
  readonly version: Zxid
  /** Sorted. */
  readonly voters: readonly Sid[]
  readonly observers: readonly Sid[]
  private readonly groups: readonly Group[] | null

  constructor(config: QuorumConfig) {
    const sidsOf = (type: 'participant' | 'observer'): readonly Sid[] => {
      const sids = config.servers.filter((server) => server.type === type).map((server) => server.sid)
      return Object.freeze(sids.sort((a, b) => a - b))
    }
    this.version = config.version
    this.voters = sidsOf('participant')
    this.observers = sidsOf('observer')
    this.groups = config.hierarchy === null ? null : groupsOf(config, this.voters)
    Object.freeze(this)
  }

  isVoter(sid: Sid): boolean {
    return this.voters.includes(sid)
  }

  has(sid: Sid): boolean {
    return this.voters.includes(sid) || this.observers.includes(sid)
  }

  /** Duplicates and observers in `sids` count for nothing. */
  containsQuorum(sids: readonly Sid[]): boolean {
    if (this.groups === null) {
      let count = 0
      for (const voter of this.voters) if (sids.includes(voter)) count += 1
      return count > this.voters.length / 2
    }
    let won = 0
    for (const group of this.groups) if (winsGroup(group, sids)) won += 1
    return won > this.groups.length / 2
  }
}

function groupsOf(config: QuorumConfig, voters: readonly Sid[]): readonly Group[] {
  const weights = new Map(config.hierarchy?.weights ?? [])
  const groups: Group[] = []
  for (const { servers } of config.hierarchy?.groups ?? []) {
    const members = servers.filter((sid) => voters.includes(sid))
    const weighed = members.map((sid) => weights.get(sid) ?? 1)
    // Groups without weight have no say and are not counted.
    if (weighed.every((weight) => weight === 0)) continue
    groups.push(Object.freeze({ servers: Object.freeze(members), weights: Object.freeze(weighed) }))
  }
  return Object.freeze(groups)
}

function winsGroup(group: Group, sids: readonly Sid[]): boolean {
  let total = 0
  let present = 0
  for (let i = 0; i < group.servers.length; i += 1) {
    const weight = group.weights[i] as number
    total += weight
    if (sids.includes(group.servers[i] as Sid)) present += weight
  }
  return present > total / 2
}
