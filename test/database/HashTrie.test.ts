import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compareStrings, HashTrie, hashOf } from '../../src/nodes/database/HashTrie.ts'

type Step = readonly ['set', string, number] | readonly ['delete', string]

// Pairs whose hashes collide.
const keys = fc.oneof(
  fc.constantFrom('ehalgp', 'kmwzcc', 'fkdwus', 'nekikl', 'oroagj', 'zotnux'),
  fc.string({ maxLength: 3 }),
)
const steps = fc.array(
  fc.oneof(
    fc.tuple(fc.constant('set' as const), keys, fc.nat(9)),
    fc.tuple(fc.constant('delete' as const), keys),
  ),
  { maxLength: 120 },
)

function run(list: readonly Step[]): { trie: HashTrie<number>; map: Map<string, number> } {
  let trie = HashTrie.empty<number>()
  const map = new Map<string, number>()
  for (const step of list) {
    if (step[0] === 'set') {
      trie = trie.set(step[1], step[2])
      map.set(step[1], step[2])
    } else {
      trie = trie.delete(step[1])
      map.delete(step[1])
    }
  }
  return { trie, map }
}

function inOrder(trie: HashTrie<number>): [string, number][] {
  const entries: [string, number][] = []
  trie.forEach({ visit: (key, value) => entries.push([key, value]) })
  return entries
}

describe('HashTrie', () => {
  it('is tested with keys whose hashes collide', () => {
    expect(hashOf('ehalgp')).toBe(hashOf('kmwzcc'))
  })

  it('holds what a Map would hold', () => {
    fc.assert(
      fc.property(steps, (list) => {
        const { trie, map } = run(list)
        expect(trie.size).toBe(map.size)
        for (const [key, value] of map) expect(trie.get(key)).toBe(value)
        expect(trie.sortedKeys()).toEqual([...map.keys()].sort(compareStrings))
        for (const step of list) expect(trie.has(step[1])).toBe(map.has(step[1]))
      }),
    )
  })

  it('has a shape that depends on its content alone', () => {
    fc.assert(
      fc.property(steps, (list) => {
        const { trie, map } = run(list)
        let other = HashTrie.empty<number>()
        for (const [key, value] of [...map].reverse()) other = other.set(key, value)
        expect(inOrder(trie)).toEqual(inOrder(other))
        expect(trie).toEqual(other)
        expect(trie.equals(other, (a, b) => a === b)).toBe(true)
      }),
    )
  })

  it('leaves older versions as they were', () => {
    fc.assert(
      fc.property(steps, steps, (before, after) => {
        const { trie } = run(before)
        const then = inOrder(trie)
        let now = trie
        for (const step of after) now = step[0] === 'set' ? now.set(step[1], step[2]) : now.delete(step[1])
        expect(inOrder(trie)).toEqual(then)
      }),
    )
  })

  it('tells maps apart that differ in one value, one key, or one more', () => {
    const same = (a: number, b: number) => a === b
    const trie = HashTrie.empty<number>().set('a', 1).set('b', 2).set('kmwzcc', 3)
    expect(trie.equals(trie.set('b', 3), same)).toBe(false)
    expect(trie.equals(trie.delete('kmwzcc').set('ehalgp', 3), same)).toBe(false)
    expect(trie.equals(trie.set('c', 1), same)).toBe(false)
  })

  it('is itself where nothing changes', () => {
    const trie = HashTrie.empty<number>().set('a', 1).set('b', 2)
    expect(trie.set('a', 1)).toBe(trie)
    expect(trie.delete('c')).toBe(trie)
    expect(Object.isFrozen(trie)).toBe(true)
  })

  it('grows by little where it is large', () => {
    let trie = HashTrie.empty<true>()
    for (let i = 0; i < 100_000; i++) trie = trie.set(`n${i}`, true)
    expect(trie.size).toBe(100_000)
    for (let i = 0; i < 100_000; i += 2) trie = trie.delete(`n${i}`)
    expect(trie.size).toBe(50_000)
    expect(trie.has('n99999')).toBe(true)
    expect(trie.has('n99998')).toBe(false)
  })
})
