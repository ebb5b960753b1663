import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Explorer, type ExplorerOptions } from '../../src/sim/explore/Explorer.ts'
import { followPath } from '../../src/sim/explore/followPath.ts'
import { printPath } from '../../src/sim/explore/path.ts'
import { type Deed, ToySubject } from './toys.ts'

const ALL = { visited: true, commuting: true }
const VISITED = { visited: true, commuting: false }
const COMMUTING = { visited: false, commuting: true }
const NONE = { visited: false, commuting: false }

const times = (n: number, deed: Deed): Deed[] => Array.from({ length: n }, () => deed)

function explore(subject: ToySubject, options: ExplorerOptions): Explorer {
  const explorer = new Explorer(subject, options)
  while (explorer.advance());
  return explorer
}

/** n over k. */
function over(n: number, k: number): number {
  let result = 1
  for (let i = 1; i <= k; i += 1) result = (result * (n - k + i)) / i
  return result
}

describe.each([1, 2, 3])('two machines of %i turns each that do not know of each other', (n) => {
  const count = (prune: NonNullable<ExplorerOptions['prune']>, deed: Deed = 'count', turns = 2 * n) => {
    const explorer = explore(new ToySubject({ a: times(n, deed), b: times(n, deed) }), { turns, prune })
    expect(explorer.ending).toBe('exhausted')
    return explorer.counts
  }
  /** Every place on the way, however it is reached. */
  const places = (n + 1) * (n + 1)

  test('have as many orders as there are', () => {
    const { states, known, asleep, leaves, depth } = count(NONE)
    // Each way is a word of a and b; the states are all beginnings of all words.
    expect(states).toBe(over(2 * n + 2, n + 1) - 1)
    expect(leaves).toBe(over(2 * n, n))
    expect([known, asleep, depth]).toEqual([0, 0, 2 * n])
  })

  test('are the same state wherever both have come as far', () => {
    const { states, known, leaves } = count(VISITED)
    // Each place that is not on an edge is come to from two sides.
    expect([states, known, leaves]).toEqual([places, n * n, 1])
  })

  test('commute: no place is come to twice', () => {
    const { states, known, asleep, leaves } = count(COMMUTING)
    expect([states, known, asleep, leaves]).toEqual([places, 0, n * n, 1])
  })

  test('with both there is nothing left for the one that comes second', () => {
    const { states, known, asleep, leaves } = count(ALL)
    expect([states, known, asleep, leaves]).toEqual([places, 0, n * n, 1])
  })

  test('do not commute when both say something that is listened to', () => {
    const { states, known, asleep } = count(ALL, 'tell')
    expect([states, known, asleep]).toEqual([over(2 * n + 2, n + 1) - 1, 0, 0])
  })

  test('are explored no further than asked', () => {
    const { depth, leaves } = count(ALL, 'count', n)
    // Places that are n turns away.
    expect([depth, leaves]).toEqual([n, n + 1])
  })
})

describe('crashes', () => {
  test('come where a disk has changed, and nowhere else', () => {
    // At first and behind each write; not behind the turns that only count.
    const deeds: Deed[] = ['count', 'write', 'count', 'write', 'count']
    const { deaths, leaves } = explore(new ToySubject({ a: deeds }), { turns: 5, crashes: 1 }).counts
    expect([deaths, leaves]).toEqual([6, 7])
  })

  test('find what was written, what is being forced, and what is forced to be three states', () => {
    const { deaths } = explore(new ToySubject({ a: ['write', 'force'] }), { turns: 3, crashes: 1 }).counts
    expect(deaths).toBe(8)
  })

  test('as many on one way as asked', () => {
    const subject = () => new ToySubject({ a: ['count'], b: ['count'] })
    const deaths = (crashes: number) => explore(subject(), { turns: 0, crashes, prune: NONE }).counts.deaths
    // Two machines, two ways to end each; a machine that is down ends no more, and the second has not changed since.
    expect([deaths(0), deaths(1)]).toEqual([0, 4])
  })
})

describe('what does not hold', () => {
  const subject = () => new ToySubject({ a: times(2, 'tell'), b: times(2, 'tell') }, ['b', 'a', 'a', 'b'])

  test.each([ALL, VISITED, COMMUTING, NONE])('is found, %o', (prune) => {
    const { ending, finding } = explore(subject(), { turns: 4, prune })
    expect(ending).toBe('found')
    expect(finding?.failure.what).toBe('heard b,a,a,b')
  })

  test('is not found where less is explored', () => {
    expect(explore(subject(), { turns: 1 }).ending).toBe('exhausted')
  })

  test('comes again on its path', () => {
    const { finding } = explore(subject(), { turns: 4 })
    const again = subject()
    const { taken, astray } = followPath(again, finding!.path)
    expect([again.failure?.what, taken.length, astray]).toEqual(['heard b,a,a,b', 4, null])
    expect(taken.map(({ entry }) => entry?.machine)).toEqual(['b', 'a', 'a', 'b'])
  })

  test('a path that leads nowhere says where it ends', () => {
    const astray = (path: Parameters<typeof followPath>[1]) => followPath(subject(), path).astray
    expect(astray([{ kind: 'event', place: 2 }])).toBe(
      'choice 1 is event 2, and there are 2 to choose from there',
    )
    const crash = { kind: 'crash', machine: 'a' } as const
    expect(astray([crash, crash])).toBe('choice 2 is the end of a, which does not run there')
  })
})

test('no end that there is is left out, and no order in which something is said', () => {
  const deed = fc.constantFrom<Deed>('count', 'tell', 'write', 'force')
  const deeds = fc.array(deed, { maxLength: 3 })
  fc.assert(
    fc.property(deeds, deeds, deeds, fc.integer({ min: 2, max: 5 }), fc.nat(1), (a, b, c, turns, crashes) => {
      const ends = (prune: typeof ALL) => {
        const subject = new ToySubject({ a, b, c })
        explore(subject, { turns, crashes, prune })
        return [...subject.ends.seen].sort((x, y) => (x < y ? -1 : 1))
      }
      const all = ends(NONE)
      for (const prune of [ALL, VISITED, COMMUTING]) expect(ends(prune)).toEqual(all)
    }),
    { numRuns: 20 },
  )
})

test('the same exploration gives the same numbers', () => {
  const counts = () => {
    const subject = new ToySubject({ a: ['write', 'tell', 'force'], b: ['tell', 'write'], c: ['count'] })
    return explore(subject, { turns: 6, crashes: 1 }).counts
  }
  expect(counts()).toEqual(counts())
})

test('ends at its bound, and when it is told to', () => {
  const subject = () => new ToySubject({ a: times(3, 'tell'), b: times(3, 'tell') })
  const bounded = explore(subject(), { turns: 6, states: 10 })
  expect([bounded.ending, bounded.counts.states]).toEqual(['bounded', 10])
  const stopped = new Explorer(subject(), { turns: 6 })
  stopped.advance()
  stopped.stop()
  expect([stopped.advance(), stopped.ending]).toEqual([false, 'bounded'])
})

test('says how far it has come, never backwards', () => {
  const explorer = new Explorer(new ToySubject({ a: times(3, 'count'), b: times(2, 'tell') }), { turns: 5 })
  let last = explorer.share
  while (explorer.advance()) {
    expect(explorer.share).toBeGreaterThanOrEqual(last - 1e-9)
    last = explorer.share
  }
  expect(explorer.share).toBe(1)
})

test('paths are printed as they are read', () => {
  const path = [
    { kind: 'event', place: 0 },
    { kind: 'crash', machine: '3' },
    { kind: 'powerCut', machine: '12' },
    { kind: 'event', place: 41 },
  ] as const
  expect(printPath(path)).toBe('0.c3.p12.41')
})
