import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Hierarchy, QuorumServer } from '../../src/nodes/PeerConfig.ts'
import { ConfigError, makeVerifier } from '../../src/nodes/quorum/QuorumVerifier.ts'
import { SyncedLearnerTracker } from '../../src/nodes/quorum/SyncedLearnerTracker.ts'
import type { Sid } from '../../src/nodes/zxid.ts'
import { members } from './lonePeer.ts'

const hierarchy = (groups: readonly (readonly Sid[])[], weights: Hierarchy['weights'] = []): Hierarchy => ({
  groups: groups.map((servers, index) => ({ id: index + 1, servers })),
  weights,
})
const nine = [1, 2, 3, 4, 5, 6, 7, 8, 9]
const threeByThree = members(
  nine,
  [],
  0,
  hierarchy([
    [1, 2, 3],
    [4, 5, 6],
    [7, 8, 9],
  ]),
)

describe('a majority', () => {
  it('is more than half of the voters', () => {
    expect(members([1, 2, 3]).containsQuorum(new Set([1]))).toBe(false)
    expect(members([1, 2, 3]).containsQuorum(new Set([1, 3]))).toBe(true)
    expect(members([1, 2, 3, 4]).containsQuorum(new Set([1, 3]))).toBe(false)
    expect(members([1]).containsQuorum(new Set())).toBe(false)
  })

  it('weighs everybody alike, strangers too', () => {
    expect([1, 4, 99].map((sid) => members([1, 2, 3], [4]).weightOf(sid))).toEqual([1, 1, 1])
  })

  it('does not let observers vote', () => {
    const verifier = members([3, 1, 2], [4])
    expect(verifier.voters).toEqual([1, 2, 3])
    expect(verifier.isVoter(4)).toBe(false)
  })
})

describe('a hierarchy', () => {
  it('wants majorities in a majority of groups', () => {
    expect(threeByThree.containsQuorum(new Set([1, 2, 4, 5]))).toBe(true)
    expect(threeByThree.containsQuorum(new Set([1, 2, 3, 4, 7]))).toBe(false)
    expect(threeByThree.containsQuorum(new Set())).toBe(false)
  })

  it('does not count groups without weight', () => {
    const groups = hierarchy(
      [
        [1, 2, 3],
        [4, 5, 6],
      ],
      [
        [4, 0],
        [5, 0],
        [6, 0],
      ],
    )
    const verifier = members([1, 2, 3, 4, 5, 6], [], 0, groups)
    expect(verifier.containsQuorum(new Set([1, 2]))).toBe(true)
    expect(verifier.containsQuorum(new Set([1, 4, 5, 6]))).toBe(false)
    expect(verifier.weightOf(4)).toBe(0)
    expect(verifier.weightOf(1)).toBe(1)
  })

  it('weighs servers', () => {
    const verifier = members([1, 2, 3], [], 0, hierarchy([[1, 2, 3]], [[1, 3]]))
    expect(verifier.containsQuorum(new Set([1]))).toBe(true)
    expect(verifier.containsQuorum(new Set([2, 3]))).toBe(false)
    expect(verifier.describe()).toBe('majority of majorities of (1×3 2 3)')
  })
})

it('two quorums always meet', () => {
  const set = fc.uniqueArray(fc.constantFrom(...nine))
  fc.assert(
    fc.property(set, set, fc.constantFrom(threeByThree, members(nine), members(nine.slice(1))), (a, b, v) => {
      const [one, other] = [a, b].map((sids) => new Set(sids.filter((sid) => v.isVoter(sid))))
      if (v.containsQuorum(one!) && v.containsQuorum(other!)) {
        expect([...one!].some((sid) => other!.has(sid))).toBe(true)
      }
    }),
  )
})

describe('a configuration as text', () => {
  it('lists servers by id and the version in hexadecimal', () => {
    expect(members([2, 1], [3], 0x1_0000_00ff).toText()).toBe(
      'server.1=1:2888:3888:participant;0.0.0.0:2181\nserver.2=2:2888:3888:participant;0.0.0.0:2181\n' +
        'server.3=3:2888:3888:observer;0.0.0.0:2181\nversion=1000000ff',
    )
  })

  it('lists groups and all weights', () => {
    expect(members([1, 2, 3], [], 0, hierarchy([[2], [1, 3]], [[2, 5]])).toText()).toBe(
      'server.1=1:2888:3888:participant;0.0.0.0:2181\nserver.2=2:2888:3888:participant;0.0.0.0:2181\n' +
        'server.3=3:2888:3888:participant;0.0.0.0:2181\ngroup.1=2\ngroup.2=1:3\nweight.1=1\nweight.2=5\nweight.3=1\nversion=0',
    )
  })
})

describe('what no ensemble can have', () => {
  const server = (sid: Sid, type: QuorumServer['type'] = 'participant'): QuorumServer => ({
    sid,
    host: `${sid}`,
    type,
  })
  const refused = (servers: QuorumServer[], groups: Hierarchy | null, why: string) => {
    const make = () => makeVerifier({ version: 0, servers, hierarchy: groups })
    expect(make).toThrow(ConfigError)
    expect(make).toThrow(why)
  }

  it.each([
    [[server(1), server(1)], null, 'listed once: server.1'],
    [[], null, 'needs a participant'],
    [[server(1, 'observer')], null, 'needs a participant'],
    [[server(256)], null, 'from 0 to 255: server.256'],
    [[server(1.5)], null, 'server.1.5'],
    [[server(-1)], null, 'server.-1'],
    [[server(1), server(2)], hierarchy([[1]]), 'server.2 is a participant and in no group'],
    [[server(1)], hierarchy([[1], [1]]), 'server.1 is in more than one group'],
    [[server(1), server(2, 'observer')], hierarchy([[1, 2]]), 'lists 2, which is no participant'],
    [[server(1)], hierarchy([[1]], [[1, -1]]), 'weight.1=-1'],
    [[server(1)], hierarchy([[1]], [[2, 1]]), 'weight.2 is given to no participant'],
    [[server(1)], hierarchy([[1]], [[1, 0]]), 'whose weight is not 0'],
  ] as const)('%#', (servers, groups, why) => {
    refused([...servers], groups, why)
  })

  it('a version that is no zxid', () => {
    expect(() => makeVerifier({ version: -1, servers: [server(1)], hierarchy: null })).toThrow('version=-1')
  })
})

it('a verifier is frozen all the way down', () => {
  const frozen = (value: unknown): boolean =>
    typeof value !== 'object' ||
    value === null ||
    (Object.isFrozen(value) && Object.values(value).every((part) => frozen(part)))
  expect(frozen(threeByThree)).toBe(true)
  expect(frozen(members([1, 2], [3]))).toBe(true)
})

describe('SyncedLearnerTracker', () => {
  it('counts each yes where its giver votes, and wants all quorums', () => {
    const tracker = new SyncedLearnerTracker()
    tracker.addQuorumVerifier(members([1, 2, 3], [4]))
    tracker.addQuorumVerifier(members([3, 4, 5]))
    expect([tracker.addAck(1), tracker.addAck(3), tracker.addAck(9)]).toEqual([true, true, false])
    expect(tracker.hasAllQuorums()).toBe(false)
    expect(tracker.addAck(4)).toBe(true)
    expect(tracker.hasAllQuorums()).toBe(true)
    expect(tracker.describe()).toBe('1 3 of majority of 1 2 3, 3 4 of majority of 3 4 5')
    expect(tracker.acks()).toEqual([1, 3, 4])
  })

  it('counts nobody twice', () => {
    const tracker = new SyncedLearnerTracker()
    tracker.addQuorumVerifier(members([1, 2, 3]))
    tracker.addAck(1)
    tracker.addAck(1)
    expect(tracker.hasAllQuorums()).toBe(false)
  })

  it('hasSid asks for a vote in every configuration, not for a yes', () => {
    const tracker = new SyncedLearnerTracker()
    tracker.addQuorumVerifier(members([1, 2, 3]))
    tracker.addQuorumVerifier(members([3, 4, 5]))
    expect([1, 3].map((sid) => tracker.hasSid(sid))).toEqual([false, true])
  })
})
