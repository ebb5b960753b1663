import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { ideal } from '../../src/nodes/ideal.ts'
import { type Beginning, beginExploration } from '../../src/sim/explore/beginExploration.ts'
import { Explorer } from '../../src/sim/explore/Explorer.ts'
import { followPath } from '../../src/sim/explore/followPath.ts'
import type { ScenarioSubject } from '../../src/sim/explore/ScenarioSubject.ts'
import { parseScenario } from '../../src/sim/scenario/parse.ts'
import { stepKinds } from '../../src/sim/scenario/step.ts'
import { isMiss } from '../../src/sim/sentence.ts'
import * as discovery from '../mutants/discovery.ts'
import * as disk from '../mutants/disk.ts'
import type { Mutant } from '../mutants/Mutant.ts'
import * as synchronisation from '../mutants/synchronisation.ts'

/** Each with where its exploration begins; the end, unless said. */
const NAMES = ['a-write-on-its-way', 'a-write-while-joining', 'between-history-and-claim']
const beginnings = new Map([['between-history-and-claim', factOf('1 received a snapshot')]])

function factOf(text: string): Beginning {
  const read = stepKinds.fact.read(text, 0)
  if (isMiss(read)) throw new Error(read.expected)
  return { kind: 'fact', fact: read.value }
}

function scenarioOf(name: string) {
  const file = `scenarios/explore/${name}.scenario`
  return parseScenario(file, readFileSync(new URL(`../../${file}`, import.meta.url), 'utf8'))
}

function begin(name: string, mutant?: Mutant, at = beginnings.get(name)): ScenarioSubject {
  const cast = mutant?.recast(ideal) ?? ideal
  const { subject } = beginExploration(scenarioOf(name), at ?? { kind: 'end' }, { cast })
  if (subject === null) throw new Error(`${name} does not come so far`)
  return subject
}

function explore(subject: ScenarioSubject, turns: number, crashes: number): Explorer {
  const explorer = new Explorer(subject, { turns, crashes })
  while (explorer.advance());
  return explorer
}

test.each(NAMES)('%s is explored to the end, holds, and gives the same numbers again', (name) => {
  const { ending, finding, counts } = explore(begin(name), 2, 1)
  expect([ending, finding]).toEqual(['exhausted', null])
  expect(counts.leaves).toBeGreaterThan(20)
  expect(counts.known).toBeGreaterThan(0)
  expect(counts.asleep).toBeGreaterThan(0)
  expect(explore(begin(name), 2, 1).counts).toEqual(counts)
})

describe('a defect that hangs on', () => {
  test.each([
    ['the order of events', synchronisation.forwardsLate, 'a-write-while-joining', 6, 0, ['A2', 'A3']],
    ['a crash before the claim', discovery.bootRefusesUnclaimedEpoch, NAMES[2]!, 4, 1, ['D5']],
    ['a power cut before the history', synchronisation.claimsEpochBeforeHistory, NAMES[2]!, 4, 1, ['E5']],
    ['a power cut before the snapshot', disk.snapshotNotForced, NAMES[2]!, 4, 1, ['D2', 'D3']],
  ] as const)('%s is found, and comes again on its path', (_what, mutant, name, turns, crashes, codes) => {
    const plain = begin(name, mutant)
    plain.playOn()
    expect(plain.failure).toBeNull()

    const { ending, finding } = explore(begin(name, mutant), turns, crashes)
    expect(ending).toBe('found')
    expect(codes).toContain(finding!.failure.code)

    const again = begin(name, mutant)
    expect(followPath(again, finding!.path).astray).toBeNull()
    again.playOn()
    expect(again.failure).toEqual(finding!.failure)

    const healthy = begin(name)
    expect(followPath(healthy, finding!.path.slice(0, -1)).astray).toBeNull()
    healthy.playOn()
    expect(healthy.failure).toBeNull()
  })
})

describe('it begins', () => {
  test('right after an event', () => {
    const subject = begin('a-write-on-its-way', undefined, { kind: 'event', event: 60 })
    expect(subject.world.events).toBe(60)
    subject.playOn()
    expect(subject.failure).toBeNull()
    expect(subject.run.view.acknowledgedWrites).toBe(1)
  })

  test('when something is told, or is so', () => {
    const told = begin('a-write-on-its-way', undefined, factOf('2 voted for 3'))
    const so = begin('a-write-on-its-way', undefined, factOf('3 leads'))
    const end = begin('a-write-on-its-way')
    expect(told.world.events).toBeGreaterThan(0)
    expect(so.world.events).toBeGreaterThan(told.world.events)
    expect(end.world.events).toBeGreaterThan(so.world.events)
    expect(so.ensemble.leader()).toBe(3)
  })

  test('nowhere, where the scenario never comes there', () => {
    for (const beginning of [factOf('1 leads'), { kind: 'event', event: 10_000 }] as const) {
      const { subject, started } = beginExploration(scenarioOf('a-write-on-its-way'), beginning, {})
      expect([subject, started.run.verdict]).toEqual([null, null])
    }
  })
})
