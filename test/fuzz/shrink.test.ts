/** Failing scenarios made small, by mutants that fail for sure, and the parts that this is made of. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ideal } from '../../src/nodes/ideal.ts'
import { partsOf } from '../../src/sim/fuzz/assemble.ts'
import { ddmin } from '../../src/sim/fuzz/shrink/ddmin.ts'
import { fewerPeers } from '../../src/sim/fuzz/shrink/fewerPeers.ts'
import { holesOf } from '../../src/sim/fuzz/shrink/mapHoles.ts'
import type { Pass } from '../../src/sim/fuzz/shrink/Pass.ts'
import { type ShrinkBound, Shrinker, type Shrunk, shrink } from '../../src/sim/fuzz/shrink/Shrinker.ts'
import { simpler } from '../../src/sim/fuzz/shrink/simpler.ts'
import { type Trial, type TrialOptions, tryScenario } from '../../src/sim/fuzz/Trial.ts'
import { parseScenario } from '../../src/sim/scenario/parse.ts'
import { printScenario, printStep } from '../../src/sim/scenario/print.ts'
import { type Scenario, stepsOf } from '../../src/sim/scenario/Scenario.ts'
import { steps } from '../../src/sim/scenario/steps.ts'
import { forgetsEphemeral, replaysOneLess } from '../mutants/disk.ts'
import { leadsAlone, startsForEver } from '../mutants/liveness.ts'
import type { Mutant } from '../mutants/Mutant.ts'

const scenarioOf = (text: string): Scenario => parseScenario('shrink.scenario', text)

const LONG = scenarioOf(`
five peers and one observer, tickTime 500 ms, snapCount 20, seed 4711, lenient

start load of 2 users with 40 operations each, 1 to 20 ms apart
start load of 1 visitors with 40 operations each, 1 to 20 ms apart
after 437 ms
isolate 4
pause 2
after 1231 ms
heal
resume all
restart 1, 3 and 5
after 2 s
crash a follower
until nobody leads within 3 s
cut power to all
start all
after 4321 ms
stop load
calm
expect all peers agree
`)

const optionsFor = (mutant: Mutant): TrialOptions => ({ cast: mutant.recast(ideal) })

interface Shrinking {
  readonly shrunk: Shrunk
  readonly first: Trial
  readonly played: Scenario[]
}

function shrinkOf(scenario: Scenario, mutant: Mutant, bound?: ShrinkBound): Shrinking {
  const options = optionsFor(mutant)
  const first = tryScenario(scenario, options)
  const played: Scenario[] = []
  const tryOut = (candidate: Scenario): Trial => {
    played.push(candidate)
    return tryScenario(candidate, options)
  }
  const shrunk = shrink(scenario, first.failure?.fingerprint ?? 'it holds', {
    tryOut,
    playedWith: options,
    ...(bound === undefined ? {} : { bound }),
  })
  return { shrunk, first, played }
}

/** Made small once for all tests that look at it. */
const small = new Map<Mutant, Shrinking>()
function once(mutant: Mutant): Shrinking {
  const known = small.get(mutant) ?? shrinkOf(LONG, mutant)
  small.set(mutant, known)
  return known
}

describe('a failing scenario', () => {
  test('becomes one of a few steps that fails in the same way', () => {
    const { shrunk, first } = once(replaysOneLess)
    const { scenario, trial, reduced } = shrunk
    expect(shrunk.ended).toBe('smallest')
    expect(stepsOf(scenario).length).toBeLessThanOrEqual(3)
    expect(reduced).toEqual({
      stepsBefore: 18,
      stepsAfter: stepsOf(scenario).length,
      eventsBefore: first.events,
      eventsAfter: trial.events,
    })
    const reread = parseScenario('again.scenario', printScenario(scenario))
    const again = tryScenario(reread, optionsFor(replaysOneLess))
    expect(again.failure).toEqual(trial.failure)
    expect(again.failure?.fingerprint).toBe(first.failure?.fingerprint)
    expect(again.hash).toBe(trial.hash)
  })

  test('keeps neither settings nor peers that it does not need, nor leave to pass over what cannot be played', () => {
    const text = printScenario(once(replaysOneLess).shrunk.scenario)
    expect(text).not.toMatch(/tickTime|snapCount|observer|lenient|load/)
    expect(text).toMatch(/^(one peer|two peers|three peers)/)
  })

  test('has no step left that it can do without', () => {
    const { shrunk, first } = once(forgetsEphemeral)
    const plays = partsOf(shrunk.scenario).steps
    for (const play of plays) {
      const lines = shrunk.scenario.lines.filter((line) => line.type !== 'step' || line.play !== play)
      const trial = tryScenario({ file: 'less', lines }, optionsFor(forgetsEphemeral))
      expect(trial.failure?.fingerprint).not.toBe(first.failure?.fingerprint)
    }
  })

  test('keeps what a promise of what happens in the end needs', () => {
    const text = `
three peers, tickTime 200 ms, seed 4711

after 2 s
crash a follower
after 1 s
restart all
after 2 s
calm
`
    const { shrunk } = shrinkOf(scenarioOf(text), startsForEver)
    expect(shrunk.trial.failure?.code).toBe('L2')
    expect(printScenario(shrunk.scenario)).toMatch(/^calm$/m)
  })

  test('is the same small one whenever it is made small', () => {
    const [one, other] = [once(forgetsEphemeral), shrinkOf(LONG, forgetsEphemeral)]
    expect(printScenario(one.shrunk.scenario)).toBe(printScenario(other.shrunk.scenario))
    expect(one.shrunk.trials).toBe(other.shrunk.trials)
    expect(one.played.map(printScenario)).toEqual(other.played.map(printScenario))
  })

  test('costs no trial twice, and each is counted', () => {
    const { shrunk, played } = once(forgetsEphemeral)
    const texts = played.slice(1).map(printScenario)
    expect(new Set(texts).size).toBe(texts.length)
    expect(shrunk.trials).toBe(played.length)
  })

  test('names the small seeds with which it fails too', () => {
    const { shrunk } = once(replaysOneLess)
    const failsWith = shrunk.failsWith ?? []
    const { declarations } = partsOf(shrunk.scenario)
    const seed = declarations.find(({ sentence }) => sentence === 'seed {seed:seed}')?.filled['seed']
    expect(failsWith).toContain(seed)
    for (const small of failsWith) {
      const text = printScenario(shrunk.scenario).replace(/seed [0-9]+/, `seed ${small}`)
      const trial = tryScenario(scenarioOf(text), optionsFor(replaysOneLess))
      expect(trial.failure?.fingerprint).toBe(shrunk.trial.failure?.fingerprint)
    }
  })
})

describe('the bound', () => {
  test('ends it, with what is smallest so far', () => {
    const { shrunk, played } = shrinkOf(LONG, forgetsEphemeral, { trials: 12, events: 1e9 })
    expect(shrunk.ended).toBe('bound')
    expect(played.length).toBe(12)
    expect(shrunk.failsWith).toBeNull()
    expect(shrunk.reduced.stepsAfter).toBeLessThan(shrunk.reduced.stepsBefore)
    expect(shrunk.trial.failure).not.toBeNull()
  })

  test('is one of events as well', () => {
    const most = 10_000
    const { shrunk, played } = shrinkOf(LONG, forgetsEphemeral, { trials: 1e9, events: most })
    expect(shrunk.ended).toBe('bound')
    const events = played.map((one) => tryScenario(one, optionsFor(forgetsEphemeral)).events)
    expect(shrunk.events).toBe(events.reduce((sum, one) => sum + one, 0))
    expect(shrunk.events - events.at(-1)!).toBeLessThan(most)
  })

  test('can be left for later: one trial a call', () => {
    const options = optionsFor(replaysOneLess)
    const tryOut = (scenario: Scenario): Trial => tryScenario(scenario, options)
    const { failure } = tryOut(LONG)
    const shrinker = new Shrinker(LONG, failure?.fingerprint ?? '', { tryOut, playedWith: options })
    for (let trials = 2; trials <= 10; trials += 1) {
      expect(shrinker.advance()).toBe(true)
      expect(shrinker.result).toMatchObject({ trials, ended: null, failsWith: null })
    }
  })
})

test('what does not fail so is refused', () => {
  const options = { tryOut: (scenario: Scenario): Trial => tryScenario(scenario) }
  const holds = scenarioOf('one peer\n\nafter 1 s\n')
  expect(() => shrink(holds, 'P5 Agreement: …', options)).toThrow(RangeError)
})

describe('ddmin', () => {
  /** Leaves out what it can, as whoever asks the predicate. */
  function smallest(
    items: readonly number[],
    needed: (kept: readonly number[]) => boolean,
  ): readonly number[] {
    const search = ddmin(items, (kept) => kept)
    let next = search.next()
    while (next.done !== true) next = search.next(needed(next.value))
    return next.value
  }

  const items = fc.integer({ min: 1, max: 60 }).map((count) => Array.from({ length: count }, (_, i) => i))

  test('finds exactly what is needed, where some are', () => {
    fc.assert(
      fc.property(items, fc.array(fc.nat({ max: 59 })), (all, wanted) => {
        const needed = [...new Set(wanted.filter((one) => all.includes(one)))].sort((a, b) => a - b)
        expect(smallest(all, (kept) => needed.every((one) => kept.includes(one)))).toEqual(needed)
      }),
    )
  })

  test('ends with what no single item can be left out of, whatever is asked', () => {
    fc.assert(
      fc.property(items, fc.func(fc.boolean()), (all, whim) => {
        const fails = (kept: readonly number[]): boolean => kept.length === all.length || whim(kept.join())
        const kept = smallest(all, fails)
        expect(fails(kept)).toBe(true)
        for (const one of kept) expect(fails(kept.filter((other) => other !== one))).toBe(false)
      }),
    )
  })
})

describe('fewer peers', () => {
  /** With the peers that are left when the first candidate of so many is taken, and no other. */
  function when(scenario: Scenario, kept: number): string {
    const pass: Pass = fewerPeers
    const search = pass(partsOf(scenario))
    let next = search.next()
    while (next.done !== true) {
      const text = printScenario({ file: '', lines: linesOf(next.value) })
      if (text.includes(kept === 1 ? 'one peer' : `${['', '', 'two', 'three'][kept]} peers`)) return text
      next = search.next(false)
    }
    throw new Error('no such candidate')
  }

  const linesOf = ({ declarations, steps }: ReturnType<typeof partsOf>): Scenario['lines'] => [
    { type: 'declarations', line: 1, plays: declarations },
    ...steps.map((play, i) => ({ type: 'step', line: i + 2, play, recording: null }) as const),
  ]

  test('numbers those that stay anew, and leaves out what is said of the others', () => {
    const scenario = scenarioOf(`
four peers and one observer, weights 1=2 4=3, groups 1 and 2 | 3 and 4, start only 2 and 4

crash 1
crash 1, 2 and 5
partition 1 and 3 | 2 and 4
isolate 4
until 2 elected 4
until 4 elected 5
block the way from 2 to ann
crash the leader
`)
    // From the end, so the second half goes first: 4 and 5.
    expect(when(scenario, 3)).toBe(`three peers, weights 1=2, groups 1 and 2 | 3, start only 2
crash 1
crash 1 and 2
partition 1 and 3 | 2
block the way from 2 to ann
crash the leader
`)
  })
})

describe('what could stand in a hole instead', () => {
  test('can be written, and comes to an end', () => {
    const sentences = [...steps.values()].map(({ sentence }) => sentence)
    for (const sentence of sentences) {
      const read = sentence.read(sentence.example, 0)
      if ('missAt' in read) throw new Error(sentence.example)
      for (const hole of holesOf(sentence, { sentence: sentence.text, filled: read.value })) {
        let { value } = hole
        for (let turns = 0; ; turns += 1) {
          const next = simpler({ ...hole, value }, [1, 2, 3])
          if (next.length === 0) break
          expect(turns).toBeLessThan(60)
          for (const one of next) {
            const text = hole.kind.print(one)
            expect(hole.kind.read(text, 0)).toEqual({ value: one, end: text.length })
          }
          value = next.at(-1)
        }
      }
    }
  })
})

test('who waits in vain lets time pass, and needs no leave to do so', () => {
  const text = `
two peers, lenient, seed 4711

until ann is connected within 2 s
crash a follower
after 5 s
`
  const { shrunk } = shrinkOf(scenarioOf(text), leadsAlone)
  expect(shrunk.trial.failure?.code).toBe('L3')
  expect(printScenario(shrunk.scenario)).not.toMatch(/lenient|until/)
})

test('what a load asked for is said step by step where that is short', () => {
  const text = 'three peers, seed 4711\n\nafter 1 s\nload of 2 visitors for 1 s\n'
  const { shrunk } = shrinkOf(scenarioOf(text), forgetsEphemeral)
  const said = stepsOf(shrunk.scenario).map(({ play }) => printStep(play))
  expect(said.length).toBeLessThanOrEqual(6)
  expect(said.join('\n')).toMatch(/^[a-z]+ connects to .*\n(?:.*\n)*[a-z]+ creates ephemeral /)
  expect(said.join('\n')).not.toContain('load of')
})
