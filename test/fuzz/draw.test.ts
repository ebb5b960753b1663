import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { faults } from '../../src/faults/index.ts'
import { Draw } from '../../src/sim/fuzz/Draw.ts'
import { drawKinds } from '../../src/sim/fuzz/drawFault.ts'
import { drawScenario } from '../../src/sim/fuzz/drawScenario.ts'
import { defaultProfile, profiles } from '../../src/sim/fuzz/Profile.ts'
import { Random } from '../../src/sim/kernel/Random.ts'
import { specOf } from '../../src/sim/scenario/declarations.ts'
import { parseScenario } from '../../src/sim/scenario/parse.ts'
import { printScenario } from '../../src/sim/scenario/print.ts'
import { type Scenario, stepsOf } from '../../src/sim/scenario/Scenario.ts'

const seeds = fc.nat({ max: 1_000_000_000 })
const anyProfile = fc.constantFrom(...profiles.values())

/** The sentences of many seeds' steps, each with the number of seeds that have it. */
function sentencesOf(drawn: readonly Scenario[]): Map<string, number> {
  const counted = new Map<string, number>()
  for (const scenario of drawn) {
    for (const sentence of new Set(stepsOf(scenario).map(({ play }) => play.sentence))) {
      counted.set(sentence, (counted.get(sentence) ?? 0) + 1)
    }
  }
  return counted
}

function drawMany(count: number): Scenario[] {
  return Array.from({ length: count }, (_, seed) => drawScenario(seed, defaultProfile))
}

describe('a drawn scenario', () => {
  test('reads back as what it prints, line for line', () => {
    fc.assert(
      fc.property(seeds, anyProfile, (seed, profile) => {
        const scenario = drawScenario(seed, profile)
        const text = printScenario(scenario)
        const read = parseScenario(scenario.file, text)
        expect(printScenario(read)).toBe(text)
        expect(read.lines).toEqual(scenario.lines)
      }),
      { numRuns: 500 },
    )
  })

  test('is the same whatever was drawn before', () => {
    const forwards = drawMany(50).map(printScenario)
    const backwards = Array.from({ length: 50 }, (_, i) =>
      printScenario(drawScenario(49 - i, defaultProfile)),
    )
    expect(backwards.reverse()).toEqual(forwards)
  })

  test('stays within what its profile says', () => {
    fc.assert(
      fc.property(seeds, anyProfile, (seed, profile) => {
        const spec = specOf(drawScenario(seed, profile))
        expect(spec.peers).toBeLessThanOrEqual(profile.voters)
        expect(spec.observers).toBeLessThanOrEqual(profile.observers)
        expect(spec.joiners > 0 && !profile.reconfig).toBe(false)
        expect(spec.sparing).toBe(!profile.reckless)
        expect(spec.lenient).toBe(true)
        expect(spec.seed).toBe(seed)
      }),
      { numRuns: 300 },
    )
  })

  test('behaves as a release, with the bugs, that are asked for', () => {
    const spec = specOf(drawScenario(7, defaultProfile, { release: '3.8.4', bugs: ['ZOOKEEPER-4646'] }))
    expect(spec).toMatchObject({ release: '3.8.4', bugs: ['ZOOKEEPER-4646'] })
  })
})

describe('many drawn scenarios', () => {
  const drawn = drawMany(3_000)
  const counted = sentencesOf(drawn)

  test('have every fault', () => {
    const missing = faults.flatMap(({ name, deeds }) =>
      deeds.some(({ sentence }) => (counted.get(sentence.text) ?? 0) > 0) ? [] : [name],
    )
    expect(missing).toEqual([])
  })

  test('have each kind of fault in about half of them, whatever the others', () => {
    const draws = 2_000
    const counts = new Map<string, number>()
    for (let seed = 0; seed < draws; seed += 1) {
      const draw = new Draw(Random.seeded(`kinds/${seed}`), defaultProfile)
      for (const [{ name }] of drawKinds(draw)) counts.set(name, (counts.get(name) ?? 0) + 1)
    }
    expect(counts.size).toBeGreaterThan(15)
    for (const [name, count] of counts) {
      expect([name, count > draws * 0.4, count < draws * 0.6]).toEqual([name, true, true])
    }
  })

  test('begin a fault in each of its ways', () => {
    // A connection of an election that neither end knows to be gone keeps an ensemble from electing for as long as TCP
    // does, a quarter of an hour, as it does with ZooKeeper. And `release everything` ends all holds.
    const ways = faults.flatMap(({ deeds }) => deeds.map(({ sentence }) => sentence.text))
    const never = ways.filter((text) => !counted.has(text))
    expect(never).toEqual([
      'release {packet:packet} from {from:machine} to {to:machine}',
      'release {packet:packet} from {from:machine}',
      'release {packet:packet}',
      'cut connections between {a:machine} and {b:machine} unnoticed',
    ])
  })

  test('have ensembles of all sizes, and some without any trouble', () => {
    const sizes = new Set(drawn.map((scenario) => specOf(scenario).peers))
    expect([...sizes].sort((a, b) => a - b)).toEqual([1, 2, 3, 4, 5, 6, 7])
    const faultSentences = new Set(faults.flatMap(({ deeds }) => deeds.map(({ sentence }) => sentence.text)))
    const calm = drawn.filter((one) => !stepsOf(one).some(({ play }) => faultSentences.has(play.sentence)))
    expect(calm.length / drawn.length).toBeGreaterThan(defaultProfile.calm / 2)
    expect(calm.length / drawn.length).toBeLessThan(defaultProfile.calm * 2)
  })
})
