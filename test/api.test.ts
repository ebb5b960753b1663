import { expect, test } from 'vitest'
import * as zksim from '../src/index.ts'

test('the names of the library', () => {
  expect(Object.keys(zksim).sort()).toMatchInlineSnapshot(`
    [
      "CREATOR_ALL_ACL",
      "Checker",
      "Ensemble",
      "ForbiddenInSimulation",
      "HistoryRecorder",
      "KeeperException",
      "NotInTime",
      "OPEN_ACL_UNSAFE",
      "Perms",
      "ProgramKilled",
      "READ_ACL_UNSAFE",
      "ScenarioError",
      "ScenarioRun",
      "SentenceError",
      "SimulationFailed",
      "Timeline",
      "World",
      "always",
      "checkHistory",
      "closedLoop",
      "compareRuns",
      "conform",
      "defaultSettings",
      "defaultSpec",
      "describeReport",
      "describeViolation",
      "eventually",
      "exitCodes",
      "faults",
      "findInvariant",
      "firstDivergence",
      "fork",
      "ideal",
      "invariants",
      "isKeeperException",
      "keeperErrorName",
      "keeperErrors",
      "makeZxid",
      "mixes",
      "parseScenario",
      "printDivergence",
      "printEntry",
      "printOutcome",
      "printProblem",
      "printScenario",
      "printSimulation",
      "printTranscript",
      "printZxid",
      "rewriteRecordings",
      "runScenario",
      "simulate",
      "specOf",
      "startScenario",
      "stepGroups",
      "steps",
      "tryParse",
      "whatHappened",
    ]
  `)
})

const text = `three peers, seed 7
ann connects to 3
ann creates /x "v1"
crash the leader
settle
`

test('a scenario is parsed, played, and gives its outcome', () => {
  const scenario = zksim.parseScenario('a.scenario', text)
  const outcome = zksim.runScenario(scenario)
  expect(outcome).toMatchObject({ verdict: 'held', seed: '7' })
  expect(zksim.runScenario(scenario).hash).toBe(outcome.hash)
  expect(zksim.runScenario(scenario, { seed: 8 }).hash).not.toBe(outcome.hash)
  expect(zksim.printScenario(scenario)).toBe(text)
  expect(() => zksim.parseScenario('b', 'crsh 2')).toThrow(zksim.ScenarioError)
})

test('a scenario that asks for another cast than there is is not played with the wrong one', () => {
  const scenario = zksim.parseScenario('a', 'three peers, as of 3.0.0\nsettle\n')
  expect(() => zksim.runScenario(scenario)).toThrow('there is no release 3.0.0 to behave as, only 3.8.0')
  expect(zksim.runScenario(scenario, { cast: zksim.ideal }).verdict).toBe('held')
  const bug = zksim.parseScenario('b', 'three peers, with ZOOKEEPER-1\nsettle\n')
  expect(() => zksim.runScenario(bug)).toThrow('there is no bug ZOOKEEPER-1, only ZOOKEEPER-2332, ')
})

test.each(['as of 3.8.0', 'with ZOOKEEPER-4646', 'as of 3.8.0, with ZOOKEEPER-4685'])('%s', (said) => {
  const text = `1 had logged 1:1 to 1:5
2 and 3 had logged 1:1 to 1:9
slow disk of 1 by 200 ms
until 1 acked NEWLEADER
`
  const play = (first: string) => zksim.runScenario(zksim.parseScenario('a', `${first}${text}`))
  expect(play('').verdict).toBe('held')
  expect(play(`${said}\n`)).toMatchObject({
    verdict: 'broken',
    reason: expect.stringContaining('ProcessConsistency'),
  })
})

test('an ensemble is run by hand, watched, and forked', () => {
  const ensemble = new zksim.Ensemble({ seed: 3, peers: 5 })
  const told: zksim.FactType[] = []
  ensemble.world.listeners.push({ hear: ({ type }) => void told.push(type) })
  ensemble.world.runUntil(2_000_000)
  expect(ensemble.leader()).toBe(5)
  expect(told).toContain('established')
  ensemble.world.listeners.pop()

  const other = ensemble.fork()
  other.machineOf(5).crash()
  other.world.runUntil(10_000_000)
  expect(other.leader()).not.toBe(5)
  expect(ensemble.leader()).toBe(5)
  expect(ensemble.checker.verdict()).toBe('held')
})

test('a run is visited at any event', () => {
  const { run, ensemble } = zksim.startScenario(zksim.parseScenario('a', text))
  const timeline = new zksim.Timeline(ensemble.world, { driver: run })
  const end = timeline.runToEnd()
  expect(timeline.at(Math.floor(end / 2)).events).toBe(Math.floor(end / 2))
})
