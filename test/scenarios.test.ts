/**
 * Every file below scenarios/ pays for five things: it prints back to itself, it holds and replays to the same hash, it goes
 * on as the same from a fork anywhere, what it recorded is what happens, and every disk leads to its peer's tree.
 *
 * A file that declares a seed shows what happens with that seed. One that does not claims more: that what it expects comes
 * true whatever chance decides. So it is played with other seeds too, where its recordings may differ.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { fork } from '../src/sim/kernel/fork.ts'
import { type PlayOptions, startScenario } from '../src/sim/runScenario.ts'
import { parseScenario } from '../src/sim/scenario/parse.ts'
import { printScenario } from '../src/sim/scenario/print.ts'
import { printOutcome } from '../src/sim/scenario/report.ts'
import type { Outcome } from '../src/sim/scenario/run.ts'
import type { Scenario } from '../src/sim/scenario/Scenario.ts'
import { unlikeTheirLogs } from './service/replay.ts'

const FOLDER = fileURLToPath(new URL('../scenarios/', import.meta.url))
const OTHER_SEEDS = [2, 3, 5, 8, 13]
/** Each is a second run too. */
const FORKS = 1

const files = readdirSync(FOLDER, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.scenario'))
  .map((name) => name.replaceAll('\\', '/'))
  .sort()

function declaresSeed({ lines }: Scenario): boolean {
  return lines.some(
    (line) =>
      line.type === 'declarations' && line.plays.some(({ sentence }) => sentence === 'seed {seed:seed}'),
  )
}

function play(scenario: Scenario, options: PlayOptions = {}): Outcome {
  return startScenario(scenario, options).run.run()
}

/** Fails with the whole report, so that what is printed can be pasted. */
function expectHeld(scenario: Scenario, outcome: Outcome): void {
  expect(outcome.verdict === 'held' ? 'held' : printOutcome(scenario, outcome)).toBe('held')
}

test('there are scenarios of every kind', () => {
  const kinds = new Set(files.map((name) => name.slice(0, Math.max(0, name.indexOf('/')))))
  expect([...kinds]).toEqual(expect.arrayContaining(['broadcast', 'election', 'recovery']))
})

describe.each(files)('%s', (name) => {
  const text = readFileSync(`${FOLDER}${name}`, 'utf8')
  const scenario = parseScenario(`scenarios/${name}`, text)

  test('prints back to itself', () => {
    expect(printScenario(scenario)).toBe(text)
  })

  test('holds with all it recorded, and again, and from a fork anywhere', () => {
    const { run: first, ensemble } = startScenario(scenario)
    const outcome = first.run()
    expectHeld(scenario, outcome)
    expect(outcome.mismatches).toEqual([])
    expect(unlikeTheirLogs(ensemble)).toEqual([])
    const same = { verdict: 'held', hash: outcome.hash, events: outcome.events, time: outcome.time }
    const forkedAt = (event: number) => {
      const { run } = startScenario(scenario)
      while (run.ensemble.world.events < event && run.advance());
      const copy = fork(run)
      expect(copy.run()).toMatchObject(same)
      expect(run.run()).toMatchObject(same)
    }
    fc.assert(fc.property(fc.nat({ max: outcome.events }), forkedAt), { numRuns: FORKS })
  }, 30_000)

  test.skipIf(declaresSeed(scenario))(
    'holds with other seeds',
    () => {
      for (const seed of OTHER_SEEDS) expectHeld(scenario, play(scenario, { seed, rewrite: true }))
    },
    20_000,
  )
})
