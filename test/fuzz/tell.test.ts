/** The story of a failure: what it says, that it replays, and that a replay which goes another way is told so. */
import { describe, expect, test } from 'vitest'
import { ideal } from '../../src/nodes/ideal.ts'
import { failureOf } from '../../src/sim/fuzz/Failure.ts'
import { type TrialOptions, tryScenario } from '../../src/sim/fuzz/Trial.ts'
import { foundName } from '../../src/sim/fuzz/tell/foundName.ts'
import { type Origin, tellStory } from '../../src/sim/fuzz/tell/tellStory.ts'
import { runScenario } from '../../src/sim/runScenario.ts'
import { parseScenario } from '../../src/sim/scenario/parse.ts'
import { printScenario } from '../../src/sim/scenario/print.ts'
import { printOutcome } from '../../src/sim/scenario/report.ts'
import { type Scenario, stepsOf } from '../../src/sim/scenario/Scenario.ts'
import { appliesAnother } from '../mutants/broadcast.ts'
import { epochsNotPersisted } from '../mutants/discovery.ts'
import { acksBeforeDisk, replaysOneLess } from '../mutants/disk.ts'
import { leadsAlone, neverExpires, startsForEver } from '../mutants/liveness.ts'
import type { Mutant } from '../mutants/Mutant.ts'

const ORIGIN: Origin = Object.freeze({
  file: 'found/it.scenario',
  version: '1.2.3',
  seed: 4711,
  profile: 'swarm',
  before: { steps: 33, events: 12_345 },
  failsWith: [1, 2, 20],
})

const optionsFor = (mutant: Mutant): TrialOptions => ({ cast: mutant.recast(ideal) })

interface Case {
  readonly mutant: Mutant
  /** The invariant that breaks. */
  readonly code: string
  readonly text: string
}

const cases: readonly Case[] = [
  {
    mutant: appliesAnother,
    code: 'P3',
    text: 'three peers\n\nann connects to 1\nann creates /x "v1"\nann sets /x "v2"\nafter 1 s\n',
  },
  { mutant: acksBeforeDisk, code: 'D1', text: 'three peers\n\nann connects to 2\n' },
  {
    mutant: epochsNotPersisted,
    code: 'E1',
    text: 'three peers\n\nuntil somebody leads\nafter 400 ms\nrestart the leader\nafter 1 ms\n',
  },
  { mutant: replaysOneLess, code: 'D2', text: 'one peer\n\nann connects to 1\nrestart all\nafter 1 s\n' },
  { mutant: leadsAlone, code: 'L3', text: 'two peers\n\nafter 1 s\ncrash 1\nafter 5 s\n' },
  { mutant: startsForEver, code: 'L2', text: 'three peers, tickTime 200 ms\n\ncalm\n' },
  {
    mutant: neverExpires,
    code: 'L5',
    text: 'three peers, tickTime 200 ms, minSessionTimeout 400 ms\n\nann connects to 2\ncrash client ann\ncalm\n',
  },
]

function failing(text: string, mutant: Mutant): { readonly scenario: Scenario; readonly told: Scenario } {
  const scenario = parseScenario('found.scenario', text)
  return { scenario, told: tellStory(scenario, optionsFor(mutant), ORIGIN) }
}

const proseOf = (scenario: Scenario): string[] =>
  scenario.lines.flatMap((line) => (line.type === 'prose' ? [line.text] : []))

describe.each(cases)('$mutant.name', ({ mutant, code, text }) => {
  const { scenario, told } = failing(text, mutant)
  const options = optionsFor(mutant)
  const prose = proseOf(told)
  const failure = tryScenario(scenario, options).failure!

  test('replays as the same failure, from its text', () => {
    const reread = parseScenario(told.file, printScenario(told))
    expect(reread).toEqual(told)
    expect(stepsOf(reread).map(({ play }) => play)).toEqual(stepsOf(scenario).map(({ play }) => play))
    const outcome = runScenario(reread, options)
    expect(outcome.verdict).toBe('broken')
    expect(failureOf(outcome)).toEqual(failure)
    expect(outcome.mismatches).toEqual([])
    expect(outcome.hash).toBe(tryScenario(scenario, options).hash)
  })

  test('says what broke, and what it says, and where it comes from', () => {
    const said = prose.join(' ').replaceAll(' # ', ' ')
    expect(failure.code).toBe(code)
    expect(said).toContain(`${failure.name} (${code}) is broken: ${failure.what}.`)
    expect(said).toMatch(/It says: [A-Z].*\. \(.*\)/)
    expect(said).not.toMatch(/undefined|null|\[object/)
    expect(said).toContain('Found with seed 4711 of profile swarm, 33 steps and 12,345 events before')
    expect(said).toContain('It fails so with 3 of the seeds 1 to 20. zksim 1.2.3: ')
    expect(prose.at(-1)).toBe('# npx zksim run found/it.scenario')
    expect(Math.max(...prose.map((line) => line.length))).toBeLessThanOrEqual(120)
  })

  test('ends what contradicts with the event that shows it, or says who waits for what', () => {
    const shown = prose.filter((line) => /^# +#[0-9,]+ /.test(line))
    const last = Number(/#([0-9,]+) /.exec(shown.at(-1)?.slice(2) ?? '')?.[1]?.replaceAll(',', ''))
    if (code === 'L2' || code === 'L5') {
      expect(prose.join('\n')).toMatch(
        /It shows at the end, at event #[0-9,]+\. Who waits for what:\n# +1 {2}/,
      )
    } else expect(last).toBe(failure.event)
  })

  test('held by those who are right, it is told that it is not broken any more', () => {
    const outcome = runScenario(told)
    expect(outcome.verdict).toBe('failed')
    expect(outcome.reason).toMatch(
      new RegExp(`^${failure.name} is not broken any more; the recording of line`),
    )
    const differences = outcome.mismatches.flatMap(({ difference }) => difference)
    expect(differences).toContainEqual(expect.stringMatching(`^- ${failure.name} is broken: `))
    expect(printOutcome(told, outcome)).toContain('(- recorded, + happened)')
    expect(runScenario(told, { rewrite: true }).verdict).toBe('held')
  })
})

test('a replay that drifts is told where, also where it breaks all the same', () => {
  const text =
    'three peers, seed 3\n\nann connects to 1\nrestart 2\nafter 3 s\nann creates /x "v1"\nann sets /x "v2"\nafter 1 s\n'
  const { told } = failing(text, appliesAnother)
  const outcome = runScenario(told, { ...optionsFor(appliesAnother), seed: 4 })
  expect(outcome.verdict).toBe('broken')
  const first = stepsOf(told).find(({ recording }) => recording !== null)
  expect(outcome.mismatches[0]?.line).toBe(first?.line)
  expect(printOutcome(told, outcome)).toMatch(/recording of line [0-9]+ \(- recorded, \+ happened\):/)
})

test('reads like this', () => {
  const text =
    'three peers, seed 5\n\nafter 1 s\nann connects to 1\nann creates /x "v1"\ncut power to all\nstart all\nafter 1 s\n'
  const { told } = failing(text, replaysOneLess)
  expect(`${proseOf(told).join('\n')}\n`).toMatchInlineSnapshot(`
    "# RecoveryKeepsPromises (D2) is broken: 1 started at 1:1, but its snapshot and log end at 1:2.
    #
    # It says: A peer that starts rebuilds its newest snapshot and all of its log behind it, and has everything it
    # ever acknowledged and was not told to drop. (ZOOKEEPER-1489, -3642, -4712)
    #
    # What happens: At 0.306 s peer 3 leads epoch 1, which 1 and 3 acknowledged. Peer 1 follows 3, brought up to
    # date by DIFF, 2 by SNAP. At 1.000 s ann connects to 1. 1:1 is committed. At 1.002 s ann creates /x "v1". 1:2
    # is committed. At 1.004 s all peers lose their power, and all peers are started. Peer 1 starts from its disk at
    # 1:1.
    #
    # The events that contradict each other:
    #   #201  1.001 s  3 committed 1:1 createSession, by 2 3
    #   #208  1.001 s  1 acked 1:1 to 3
    #   #227  1.003 s  1 acked 1:2 to 3
    #   #229  1.003 s  3 committed 1:2 create /x, by 1 3
    #   #249  1.004 s  1 recovered to 1:1, epochs 1/1
    #
    # Found with seed 4711 of profile swarm, 33 steps and 12,345 events before it was made smaller. It fails so with
    # 3 of the seeds 1 to 20. zksim 1.2.3: 249 events, hash e91d58d439e0e087.
    #
    # npx zksim run found/it.scenario
    "
  `)
})

test('an expectation that is not met, and a run that cannot go on, have stories too', () => {
  const notMet = parseScenario('a', 'three peers, seed 2\n\nafter 1 s\nexpect 1 leads\n')
  const one = proseOf(tellStory(notMet, {}, { file: 'a' }))
  expect(one[0]).toMatch(/^# An expectation is not met, "expect 1 leads": .*\.$/)
  expect(one.join('\n')).toMatch(/What happens: At [0-9.]+ s peer 3 leads epoch 1/)
  const stuck = parseScenario('b', 'three peers, start only 1, seed 2\n\nsettle within 2 s\n')
  const other = proseOf(tellStory(stuck, {}, { file: 'b' })).join('\n')
  expect(other).toMatch(/^# The run cannot go on at "settle within 2 s": waited 3\.000 s for/)
  expect(other).toMatch(/Who waits for what:\n# +1 {2}Look {2}a quorum for 1/)
})

test('nothing is told of what holds', () => {
  const holds = parseScenario('c', 'one peer\n\nafter 1 s\n')
  expect(() => tellStory(holds, {}, { file: 'c' })).toThrow(RangeError)
})

test('the name of a file says what broke, and how', () => {
  const failure = (what: string, text: string, mutant: Mutant): string => {
    const found = tryScenario(parseScenario('x', text), optionsFor(mutant)).failure
    expect(found?.code).toBe(what)
    return foundName(found!)
  }
  const names = cases.map(({ mutant, code, text }) => failure(code, text, mutant))
  expect(names[0]).toMatch(/^P3-prefix-consistency-[0-9a-f]{8}$/)
  expect(new Set(names).size).toBe(names.length)
  const stuck = parseScenario('x', 'three peers, start only 1\n\nsettle within 2 s\n')
  expect(foundName(tryScenario(stuck).failure!)).toMatch(/^stuck-[0-9a-f]{8}$/)
})
