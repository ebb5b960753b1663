import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { everyFault } from '../../src/faults/index.ts'
import { invariants } from '../../src/invariants/index.ts'
import { expectedOf, mergeHits, misses, neverExercised } from '../../src/sim/coverage/hits.ts'
import { properties, topics } from '../../src/sim/coverage/properties.ts'
import { features } from '../../src/sim/coverage/property.ts'
import { playedFaults } from '../../src/sim/coverage/topics/faultsPlayed.ts'

const names = properties.map(({ name }) => name)
const someHits = fc
  .array(fc.tuple(fc.constantFrom(...names), fc.nat({ max: 1_000 })))
  .map((entries) => new Map(entries))
const sorted = (hits: ReadonlyMap<string, number>): unknown =>
  [...hits].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))

describe('properties', () => {
  test('each has a name of its own, in its topic, and a sentence', () => {
    expect(new Set(names).size).toBe(names.length)
    for (const { name, topic, says } of properties) {
      expect(name.startsWith(`${topic}: `)).toBe(true)
      expect(says).toMatch(/^[A-Z].*\.( ZOOKEEPER-\d+)?$/s)
    }
    expect(new Set(topics.map(({ name }) => name)).size).toBe(topics.length)
  })

  test('all that decides is frozen, so that worlds can share it', () => {
    for (const topic of topics) {
      expect(Object.isFrozen(topic) && Object.isFrozen(topic.probes)).toBe(true)
      for (const probe of topic.probes) {
        expect(
          [probe, probe.properties, probe.on, ...probe.on, ...probe.properties].every(Object.isFrozen),
        ).toBe(true)
      }
    }
  })
})

describe('hits of many runs', () => {
  test('add up to the same in whatever order', () => {
    fc.assert(
      fc.property(someHits, someHits, someHits, (a, b, c) => {
        expect(sorted(mergeHits(a, b))).toEqual(sorted(mergeHits(b, a)))
        expect(sorted(mergeHits(mergeHits(a, b), c))).toEqual(sorted(mergeHits(a, mergeHits(b, c))))
        expect(sorted(mergeHits(a, new Map()))).toEqual(sorted(a))
      }),
    )
  })

  test('miss what none has seen, and nothing else', () => {
    fc.assert(
      fc.property(someHits, (hits) => {
        const missed = misses(hits).map(({ name }) => name)
        expect(missed).toEqual(names.filter((name) => (hits.get(name) ?? 0) === 0))
      }),
    )
    expect(misses(new Map(names.map((name) => [name, 1])))).toEqual([])
  })

  test.each(features)('miss nothing that needs %s where runs have none', (feature) => {
    const expected = expectedOf({ [feature]: false })
    expect(expected.some(({ needs }) => needs.includes(feature))).toBe(false)
    expect(expected.length).toBe(properties.filter(({ needs }) => !needs.includes(feature)).length)
    expect(expectedOf({ [feature]: true })).toEqual([...properties])
  })

  test('name the invariants that were never put to the test', () => {
    expect(neverExercised(new Map())).toHaveLength(invariants.length)
    const all = new Map(invariants.map(({ code }) => [code, 1]))
    expect(neverExercised(all)).toEqual([])
    expect(neverExercised(all.set('P1', 0)).map(({ code }) => code)).toEqual(['P1'])
  })
})

test('every fault that begins something is to be played', () => {
  const sentences = everyFault.flatMap(({ deeds }) => deeds.map(({ sentence }) => sentence.text))
  const hits = playedFaults(new Map(sentences.map((sentence) => [sentence, 2])))
  expect([...hits.keys()]).toEqual(names.filter((name) => name.startsWith('faults: ')))
  expect([...hits.values()].every((times) => times === 2)).toBe(true)
  for (const { deeds } of everyFault) {
    const [beginning] = deeds
    if (beginning === undefined) throw new Error('a fault without a deed')
    expect(playedFaults(new Map([[beginning.sentence.text, 1]])).size).toBe(1)
  }
  expect(playedFaults(new Map([['heal', 1]])).size).toBe(0)
})
