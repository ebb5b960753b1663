import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { totalOrderPredicate } from '../../src/nodes/election/totalOrderPredicate.ts'
import { describeVote, makeVote, votesAgree } from '../../src/nodes/election/Vote.ts'
import { makeZxid, NONE } from '../../src/nodes/zxid.ts'
import { members } from './lonePeer.ts'

const verifier = members([1, 2, 3, 4, 5])
type Candidate = readonly [leader: number, zxid: number, epoch: number]
const beats = (a: Candidate, b: Candidate) => totalOrderPredicate(verifier, ...a, ...b)

/** Few values, so that ties are common. */
const candidate = fc.tuple(
  fc.integer({ min: 1, max: 5 }),
  fc.constantFrom(NONE, -1, 0, 9, makeZxid(1, 7), makeZxid(2, 1)),
  fc.constantFrom(NONE, 0, 1, 2),
)

describe('ZOOKEEPER-1419: the order of votes is total', () => {
  it('of two different candidates, exactly one beats the other; none beats itself', () => {
    fc.assert(
      fc.property(candidate, candidate, (a, b) => {
        const same = a.every((part, i) => part === b[i])
        expect([beats(a, b), beats(b, a)].filter(Boolean)).toHaveLength(same ? 0 : 1)
      }),
    )
  })

  it('what beats a winner beats its loser', () => {
    fc.assert(
      fc.property(candidate, candidate, candidate, (a, b, c) => {
        fc.pre(beats(a, b) && beats(b, c))
        expect(beats(a, c)).toBe(true)
      }),
      { numRuns: 500 },
    )
  })

  it('epoch goes before position, position before id', () => {
    expect(beats([1, 5, 2], [5, 9, 1])).toBe(true)
    expect(beats([1, 9, 1], [5, 5, 1])).toBe(true)
    expect(beats([5, 5, 1], [1, 5, 1])).toBe(true)
    expect(beats([3, makeZxid(1, 7), 2], [5, makeZxid(1, 7), 1]), "the issue's own pair").toBe(true)
    expect(beats([5, makeZxid(1, 7), 1], [3, makeZxid(1, 7), 2])).toBe(false)
  })

  it('weight 0 beats nobody, not even nobody at all', () => {
    const groups = [{ id: 1, servers: [1, 2] }]
    const weighed = members([1, 2], [], 0, { groups, weights: [[2, 0]] })
    expect(totalOrderPredicate(weighed, 2, 9, 9, 1, 0, 0)).toBe(false)
    expect(totalOrderPredicate(weighed, 7, 9, 9, NONE, NONE, NONE), 'a stranger has no weight').toBe(false)
    expect(totalOrderPredicate(weighed, 1, 0, 0, NONE, NONE, NONE)).toBe(true)
  })
})

describe('votes agree', () => {
  it('of LOOKING peers: in everything but version', () => {
    const vote = makeVote(1, 2, 3, 4)
    expect(votesAgree(vote, makeVote(1, 2, 3, 4, 'LOOKING', 2))).toBe(true)
    for (const other of [
      makeVote(9, 2, 3, 4),
      makeVote(1, 9, 3, 4),
      makeVote(1, 2, 9, 4),
      makeVote(1, 2, 3, 9),
    ])
      expect(votesAgree(vote, other)).toBe(false)
  })

  it('of one LOOKING peer and one that is not: in everything too', () => {
    expect(votesAgree(makeVote(1, 2, 3, 4), makeVote(1, 2, 3, 4, 'LEADING'))).toBe(true)
    expect(votesAgree(makeVote(1, 2, 3, 4), makeVote(1, 9, 3, 4, 'LEADING'))).toBe(false)
  })

  it('of others: in leader and epoch; in the leader alone if one has no version', () => {
    const vote = makeVote(1, 2, 3, 4, 'FOLLOWING', 2)
    expect(votesAgree(vote, makeVote(1, 8, 9, 4, 'LEADING', 2))).toBe(true)
    expect(votesAgree(vote, makeVote(1, 8, 9, 5, 'LEADING', 2))).toBe(false)
    expect(votesAgree(vote, makeVote(1, 8, 9, 5, 'LEADING', 0))).toBe(true)
    expect(votesAgree(vote, makeVote(2, 8, 9, 4, 'LEADING', 0))).toBe(false)
  })

  it('describes itself', () => {
    expect(describeVote(makeVote(3, makeZxid(2, 17), 5, 2))).toBe('3 at 2:17, epoch 2, round 5')
  })
})
