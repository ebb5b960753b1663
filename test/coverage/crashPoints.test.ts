/** Each place where processes die, reached on purpose: whoever tells a certain fact dies of it. */
import { describe, expect, test } from 'vitest'
import type { Fact, FactType } from '../../src/nodes/facts.ts'
import type { Sid } from '../../src/nodes/zxid.ts'
import { Coverage } from '../../src/sim/coverage/Coverage.ts'
import { properties } from '../../src/sim/coverage/properties.ts'
import type { Ensemble } from '../../src/sim/ensemble.ts'
import { runOf } from '../scenario/play.ts'
import { type Death, hitsAtDeath } from './Killer.ts'

/** 3 leads, 1 and 2 follow, 4 observes. */
const FRESH = 'three peers and one observer, seed 1\n\nsettle\nload of 2 users for 2 s\n'
const LOST = 'three peers, seed 1\n\nsettle\nisolate 3\nafter 60 s\n'
const AGAIN = 'three peers, seed 1\n\nsettle\nload of 1 clients for 1 s\nrestart 1\nsettle\n'
/** 3 comes back with more than a quorum has. */
const TOO_MUCH = `three peers, start only 1 and 2, seed 1
1 and 2 had logged 1:1 to 1:5
3 had logged 1:1 to 1:20

until 2 leads
start 3
settle
`

const told =
  (type: FactType, ...sids: readonly Sid[]) =>
  (fact: Fact) =>
    fact.type === type && 'peer' in fact && sids.includes(fact.peer)
const began =
  (mode: string, ...sids: readonly Sid[]) =>
  (fact: Fact) =>
    told('syncStarted', ...sids)(fact) && fact.type === 'syncStarted' && fact.mode === mode
const became =
  (state: string) =>
  (fact: Fact): boolean =>
    fact.type === 'stateChanged' && fact.state === state

const followers = [1, 2] as const

const points: readonly (readonly [point: string, scenario: string, lastWords: (fact: Fact) => boolean])[] = [
  ['recovering', FRESH, told('configActivated', 1)],
  ['looking', FRESH, told('voted', 1)],
  ['between two roles', LOST, told('lookingAgain', 3)],
  ['follower before its promise', FRESH, became('FOLLOWING')],
  ['follower with a promise', FRESH, told('ackedEpoch', ...followers)],
  ['follower in DIFF', AGAIN, began('DIFF', ...followers)],
  ['follower before its cut', TOO_MUCH, began('TRUNC', 3)],
  ['follower behind its cut', TOO_MUCH, told('truncated', 3)],
  ['follower receiving SNAP', FRESH, began('SNAP', ...followers)],
  ['follower with a database in memory', FRESH, told('snapshotReceived', ...followers)],
  ['follower before its claim', FRESH, told('snapshotTaken', ...followers)],
  ['follower before UPTODATE', FRESH, told('ackedNewLeader', ...followers)],
  ['follower between log and force', FRESH, told('logged', ...followers)],
  ['follower between ACK and commit', FRESH, told('acked', ...followers)],
  ['follower between commit and delivery', FRESH, (fact) => fact.type === 'commitReceived' && fact.peer < 3],
  ['follower at rest', FRESH, told('upToDate', ...followers)],
  ['observer before its service', FRESH, told('syncStarted', 4)],
  ['observer between log and force', FRESH, told('logged', 4)],
  ['observer that serves', FRESH, told('upToDate', 4)],
  ['leader before LEADERINFO', FRESH, became('LEADING')],
  ['leader behind LEADERINFO', FRESH, told('epochProposed', 3)],
  ['leader before its claim', FRESH, told('epochAcked', 3)],
  ['leader before UPTODATE', FRESH, told('synchronizing', 3)],
  ['leader with proposals in flight', FRESH, told('proposed', 3)],
  ['leader between proposal and log', FRESH, told('proposed', 3)],
  ['leader between log and force', FRESH, told('logged', 3)],
  ['leader between its ACK and commit', FRESH, told('acked', 3)],
  ['leader between commit and delivery', FRESH, told('committed', 3)],
  ['leader at rest', FRESH, told('established', 3)],
]

const deaths: readonly (readonly [Death, string])[] = [
  ['crash', 'crash'],
  ['powerCut', 'power cut'],
]

const reached = [...points.map(([point]) => point), 'writing a snapshot', 'the last that was alive']

function isWritingSnapshot(ensemble: Ensemble, sid: Sid): boolean {
  const { disk } = ensemble.machineOf(sid)
  return disk.names().some((file) => {
    const records = disk.read(file)?.records
    if (!/^snapshot\.1/.test(file) || records === undefined || records.length === 0) return false
    return records.at(records.length - 1).kind === 'snapshotNodes'
  })
}

describe.each(deaths)('%s', (how, name) => {
  const kill = (ensemble: Ensemble, sid: Sid): void => {
    if (how === 'crash') ensemble.machineOf(sid).crash()
    else ensemble.machineOf(sid).powerCut()
  }

  test.each(points)('%s', (point, scenario, lastWords) => {
    const hits = hitsAtDeath(scenario, lastWords, how)
    expect(hits.get(`crash points: ${name}: ${point}`)).toBe(1)
    const other = how === 'crash' ? 'power cut' : 'crash'
    expect([...hits.keys()].filter((hit) => hit.startsWith(`crash points: ${other}`))).toEqual([])
  })

  test('writing a snapshot', () => {
    const seen = [1, 2, 3, 4, 5, 6, 7, 8].map((seed) => {
      const run = runOf(
        `three peers, seed ${seed}, snapCount 3, snapshotChunk 1\n\nsettle\nload of 3 writers for 3 s\n`,
      )
      const ensemble = run.ensemble as Ensemble
      const coverage = new Coverage(ensemble.world, ensemble.sids)
      while (!isWritingSnapshot(ensemble, 1) && run.advance());
      kill(ensemble, 1)
      return coverage.hits.get(`crash points: ${name}: writing a snapshot`) ?? 0
    })
    // What a power cut leaves of a file that nobody forced is for chance to say, nothing perhaps.
    if (how === 'crash') expect(seen).toEqual(seen.map(() => 1))
    else expect(Math.max(...seen)).toBe(1)
  })

  test('the last that was alive', () => {
    const run = runOf('three peers, seed 1\n\nsettle\n')
    const ensemble = run.ensemble as Ensemble
    const coverage = new Coverage(ensemble.world, ensemble.sids)
    run.run()
    const count = () => coverage.hits.get(`crash points: ${name}: the last that was alive`) ?? 0
    for (const sid of [1, 2, 3]) {
      expect(count()).toBe(0)
      kill(ensemble, sid)
    }
    expect(count()).toBe(1)
  })
})

test('no place is left out', () => {
  const names = properties.filter(({ topic }) => topic === 'crash points').map(({ name }) => name)
  const expected = deaths.flatMap(([, name]) => reached.map((point) => `crash points: ${name}: ${point}`))
  expect(names.filter((name) => !name.includes(': exit '))).toEqual(expect.arrayContaining(expected))
  expect(names.filter((name) => !name.includes(': exit '))).toHaveLength(expected.length)
})
