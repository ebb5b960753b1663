import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Violation } from '../../src/invariants/invariant.ts'
import { fork } from '../../src/sim/kernel/fork.ts'
import { Timeline } from '../../src/sim/kernel/Timeline.ts'
import { printScenario } from '../../src/sim/scenario/print.ts'
import { printOutcome } from '../../src/sim/scenario/report.ts'
import { rewriteRecordings } from '../../src/sim/scenario/rewrite.ts'
import type { ScenarioRun } from '../../src/sim/scenario/run.ts'
import { printTranscript } from '../../src/sim/scenario/transcript.ts'
import { play, runOf } from './play.ts'

const failover = `three peers, seed 7

ann connects to 3
ann creates /x "v1"
----
ann  create /x "v1" → /x

settle
crash the leader
until 2 leads
settle
show trees
----
1  at 1:2: /x "v1"
2  at 2:0: /x "v1"
3  down

expect leader of epoch 2
expect 2 leads
expect 3 is down
do not expect 3 leads
expect committed 1:2
expect to see "looks again"
expect all peers agree
restart 3
settle
expect 3 synced by DIFF from 2
expect log of 3 ends at 1:2
ann reads /x
expect ann got "v1"
`

describe('a run', () => {
  test('plays its steps, and holds', () => {
    const outcome = play(failover)
    expect(outcome).toMatchObject({
      verdict: 'held',
      exitCode: 0,
      seed: '7',
      reason: null,
      at: null,
      mismatches: [],
    })
    expect(outcome.events).toBeGreaterThan(200)
  })

  test('is the same when it is run again, and another with another seed', () => {
    expect(play(failover).hash).toBe(play(failover).hash)
    expect(play('seed 8\nsettle').hash).not.toBe(play('seed 9\nsettle').hash)
  })

  test('goes on as the same from any fork', () => {
    const { hash, events } = play(failover)
    fc.assert(
      fc.property(fc.nat({ max: events }), (at) => {
        const run = runOf(failover)
        while (run.ensemble.world.events < at && run.advance());
        const copy = fork(run)
        expect(copy.run()).toMatchObject({ verdict: 'held', hash })
        expect(run.run()).toMatchObject({ verdict: 'held', hash })
      }),
      { numRuns: 8 },
    )
  })

  test('drives a timeline', () => {
    const { hash, events } = play(failover)
    const run = runOf(failover)
    const timeline = new Timeline(run.ensemble.world, { every: 50, driver: run })
    timeline.runToEnd()
    expect(timeline.end).toBe(events)
    const earlier = timeline.momentAt(120).driver as ScenarioRun
    expect(earlier.ensemble.world.events).toBe(120)
    expect(earlier.run()).toMatchObject({ verdict: 'held', hash })
  })
})

describe('a run ends', () => {
  test('as failed where an expectation is not met', () => {
    const outcome = play('three peers\nsettle\nexpect 1 leads\n')
    expect(outcome).toMatchObject({ verdict: 'failed', exitCode: 1, at: { line: 3, step: 'expect 1 leads' } })
    expect(outcome.reason).toBe('it is not so that 1 leads')
  })

  test('as unknown where an until does not come true, saying who waits for what', () => {
    const outcome = play('three peers, start only 1\nuntil 1 leads within 5 s\n')
    expect(outcome).toMatchObject({ verdict: 'unknown', exitCode: 3, stuck: { waitedFor: '1 leads' } })
    expect(outcome.stuck?.peers).toHaveLength(3)
    expect(outcome.stuck?.peers[0]?.state).toBe('Look')
    expect(outcome.stuck?.peers[0]?.waitingFor).not.toBe('')
    expect(outcome.stuck?.peers[1]).toEqual({ sid: 2, state: 'down', waitingFor: 'to be started' })
    const text = printOutcome(runOf('settle').scenario, outcome)
    expect(text).toContain('unknown')
    expect(text).toContain('at line 2: until 1 leads within 5 s')
    expect(text).toMatch(/seed=1 events=.* hash=[0-9a-f]{16}/)
  })

  test('as unknown where nothing is left to happen', () => {
    expect(play('three peers, start none\nuntil 1 leads\n').reason).toContain('nothing is left to happen')
  })

  test('as unknown where a step cannot be played', () => {
    expect(play('three peers\ncrash the leader\n')).toMatchObject({ verdict: 'unknown', exitCode: 3 })
    expect(play('three peers\nrot the last record of the log of 2\n').reason).toContain('no log file')
  })

  test('as failed where the invariant asked about is none', () => {
    expect(play('settle\nexpect Disagreement held\n').reason).toBe('no invariant is called Disagreement')
    expect(play('settle\nexpect P1 held\n').verdict).toBe('held')
  })
})

/** Finds an invariant broken out of the blue. */
class Accusation {
  private readonly run: ScenarioRun

  constructor(run: ScenarioRun) {
    this.run = run
  }

  act(): void {
    const { checker } = this.run.ensemble as unknown as { checker: { found(violation: Violation): void } }
    const found = {
      code: 'P1',
      name: 'Accused',
      says: 'No.',
      event: 1,
      time: 1,
      peers: [],
      zxids: [],
      what: 'so',
    }
    checker.found(Object.freeze(found))
  }
}

function accused(text: string) {
  const run = runOf(text)
  run.ensemble.world.at(1_000, new Accusation(run))
  return run.run()
}

test('a broken invariant ends the run at once, unless a step expects it', () => {
  const outcome = accused('three peers\nafter 1 s\nafter 5 s\n')
  expect(outcome).toMatchObject({
    verdict: 'broken',
    exitCode: 1,
    at: { line: 2 },
    reason: 'Accused is broken: so',
  })
  expect(outcome.time).toBe(1_000)
  expect(accused('after 1 s\nexpect Accused broken\n')).toMatchObject({ verdict: 'held', exitCode: 0 })
  expect(accused('after 1 s\nexpect P1 broken\n').verdict).toBe('held')
  expect(accused('after 1 s\nexpect Accused held\n').verdict).toBe('broken')
  expect(play('after 1 s\nexpect P1 broken\n')).toMatchObject({ verdict: 'failed', exitCode: 1 })
})

describe('recordings', () => {
  const wrong = failover.replace('2  at 2:0', '2  at 1:9').replace('3  down\n', '3  down\n4  gone\n')

  test('that differ are told apart line by line', () => {
    const outcome = play(wrong)
    expect(outcome).toMatchObject({ verdict: 'failed', exitCode: 1 })
    expect(outcome.mismatches).toEqual([
      {
        line: 12,
        difference: [
          '  1  at 1:2: /x "v1"',
          '- 2  at 1:9: /x "v1"',
          '+ 2  at 2:0: /x "v1"',
          '  3  down',
          '- 4  gone',
        ],
      },
    ])
  })

  test('are rewritten to what happened', () => {
    const run = runOf(wrong, { rewrite: true })
    const outcome = run.run()
    expect(outcome.verdict).toBe('held')
    expect(printScenario(rewriteRecordings(run.scenario, outcome.recordings))).toBe(failover)
  })
})

describe('histories on disks', () => {
  test('decide the election', () => {
    const outcome = play(`three peers
1 had logged 1:1 to 1:9
2 had logged 1:1 to 1:5, 2 had accepted epoch 2, 2 had current epoch 2
3 had logged 1:1 to 1:3, 3 had a snapshot at 1:3
start only 1 and 2

until somebody leads
settle
expect 2 leads
expect leader of epoch 3
expect 2 decided TRUNC for 1
expect 1 truncated to 1:5
start 3
settle
expect all peers agree
expect /e1-5 exists on 1
expect /e1-6 does not exist on 3
expect 3 synced by DIFF
`)
    expect(outcome.reason).toBeNull()
    expect(outcome.verdict).toBe('held')
  })
})

test('a process that ends by its own will is seen, with its reason', () => {
  const outcome = play(`three peers
ann connects to 1
settle
fail forces of 2
ann creates /x "v1"
until 2 exited
show peers
----

expect 2 is down
`)
  expect(outcome.reason).toContain('recording of line 7')
  expect(outcome.mismatches[0]?.difference.join('\n')).toMatch(/\+ 2 {2}down: ./)
  expect(outcome.transcript.some(({ who, what }) => who === '2' && what.startsWith('exited: '))).toBe(true)
})

test('loads keep clients busy until they are stopped, and the transcript free of them', () => {
  const outcome = play(`three peers
settle
start load of 4 clients
after 300 ms
crash the leader
until somebody leads
after 500 ms
stop load
settle
expect all peers agree
`)
  expect(outcome.verdict).toBe('held')
  expect(printTranscript(outcome.transcript)).not.toContain('load1')
})

test.each(['clients', 'writers', 'readers', 'watchers', 'visitors', 'users'])('a load of %s ends', (kind) => {
  const outcome = play(`three peers, seed 3
settle
load of 3 ${kind} for 1 s
start load of 2 ${kind}
after 300 ms
crash the leader
until somebody leads
stop load
settle
`)
  expect(outcome.verdict).toBe('held')
})

test('a transcript has one line a fact and one column a fact about a peer', () => {
  const lines = printTranscript(
    play('three peers, seed 7\nsettle\nloud\nann connects to 3\n').transcript,
  ).split('\n')
  const leads = lines.find((line) => line.includes('3 leads epoch 1'))
  expect(leads).toMatch(
    /^ *0\.\d{3} s +\d+ {2}1 Foll. +0:0\/0:0 .* 3 Lead e1 +0:0\/0:0 +3 leads epoch 1 from 0:0, by /,
  )
  expect(lines.some((line) => line.includes('sent PROPOSAL 1:1'))).toBe(true)
})
