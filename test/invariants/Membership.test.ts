import { expect, test } from 'vitest'
import { Membership } from '../../src/invariants/Membership.ts'
import { threeVoters } from './Story.ts'

test('a majority of voters is a quorum; observers and repetitions add nothing', () => {
  const membership = new Membership(threeVoters)
  expect(membership.voters).toEqual([1, 2, 3])
  expect(membership.containsQuorum([1, 3])).toBe(true)
  expect(membership.containsQuorum([3, 4])).toBe(false)
  expect(membership.containsQuorum([3, 3])).toBe(false)
  expect(membership.containsQuorum([])).toBe(false)
})

test('a hierarchy asks for a majority of weight in a majority of groups that have weight', () => {
  const servers = [1, 2, 3, 4, 5, 6, 7].map(
    (sid) => ({ sid, host: String(sid), type: 'participant' }) as const,
  )
  const membership = new Membership({
    version: 0,
    servers,
    hierarchy: {
      groups: [
        { id: 1, servers: [1, 2, 3] },
        { id: 2, servers: [4, 5, 6] },
        { id: 3, servers: [7] },
      ],
      weights: [
        [7, 0],
        [4, 3],
      ],
    },
  })
  expect(membership.containsQuorum([1, 2, 4])).toBe(true)
  expect(membership.containsQuorum([1, 2, 5, 6])).toBe(false)
  expect(membership.containsQuorum([1, 2, 3, 7])).toBe(false)
})
