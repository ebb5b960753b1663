/**
 * Every property can be seen: in the scenarios of the project, in those written here for it, or, where only chance leads
 * there, in facts that are as they would be told.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import type { Fact } from '../../src/nodes/facts.ts'
import type { QuorumConfig } from '../../src/nodes/PeerConfig.ts'
import { makeZxid } from '../../src/nodes/zxid.ts'
import { Coverage } from '../../src/sim/coverage/Coverage.ts'
import { misses } from '../../src/sim/coverage/hits.ts'
import { drawScenario } from '../../src/sim/fuzz/drawScenario.ts'
import { defaultProfile } from '../../src/sim/fuzz/Profile.ts'
import { tryScenario } from '../../src/sim/fuzz/Trial.ts'
import { fork } from '../../src/sim/kernel/fork.ts'
import { World } from '../../src/sim/kernel/World.ts'
import { startScenario } from '../../src/sim/runScenario.ts'
import { parseScenario } from '../../src/sim/scenario/parse.ts'

const FOLDER = fileURLToPath(new URL('../../scenarios/', import.meta.url))

function hitsOf(text: string): ReadonlyMap<string, number> {
  return tryScenario(parseScenario('test.scenario', text)).hits
}

/** On purpose: what no scenario of the project comes to. */
const directed: readonly (readonly [text: string, ...names: readonly string[]])[] = [
  ['four peers, seed 1\n\nsettle\n', 'modes: an even ensemble'],
  [
    'three peers, start only 2 and 3, seed 1\n\nsettle\nann connects to 3\nhold ACK from 2\nann creates /x "" without waiting\nstart 1\nafter 5 s\n',
    'synchronisation: SNAP under load',
  ],
  [
    'three peers, start only 1 and 2, seed 1\n1 and 2 had logged 1:1 to 1:5\n3 had logged 1:1 to 1:20\n\nuntil 2 leads\nstart 3\nuntil 3 truncated to 1:5\ncrash 2\nafter 10 s\n',
    'synchronisation: TRUNC broken off',
  ],
  [
    `three peers, seed 1\n\nsettle\nann connects to 3\nhold ACK\n${[1, 2, 3, 4, 5, 6]
      .map((i) => `ann creates /n${i} "" without waiting\n`)
      .join('')}after 1 s\n`,
    'broadcast: several in flight',
  ],
  [
    'three peers and one observer, seed 1, snapCount 3, snapRetainCount 3\n\nsettle\nload of 3 writers for 3 s\n',
    'disks: snapshot by a OBSERVING',
    'disks: snapshot made durable',
  ],
  [
    'three peers, start only 1, seed 1\n\nuntil 1 recovered\nblock the way from 3 to 1\nstart 2 and 3\nafter 30 s\n',
    'surroundings: established with a way blocked',
  ],
  [
    'three peers, seed 1\n\nsettle\nann connects to 1 with timeout 4 s\ncrash client ann\ncrash 2 and 3\nafter 60 s\nstart 2 and 3\nafter 60 s\n',
    'sessions: due while nobody led',
    'sessions: due while nobody led, then closed',
  ],
  [
    'three peers, maxSessionTimeout 5 s, seed 1\n\nsettle\nstart load of 1 visitors\nafter 1 s\nisolate load1\nafter 30 s\nheal\nafter 30 s\n',
    'sessions: new one after expiry',
  ],
  [
    'three peers, seed 1\n\nsettle\nann connects to 1\nann creates /x "" without waiting\ncrash client ann\nafter 1 s\n',
    'sessions: a client died with a request under way',
  ],
  [
    'three peers, seed 1\n\nsettle\nload of 3 users for 20 s\nload of 3 watchers for 20 s\n',
    'operations: create2 succeeded',
    'operations: getChildren2 succeeded',
    'operations: answered NOTEMPTY',
    'operations: answered NOCHILDRENFOREPHEMERALS',
    'watches: event DataWatchRemoved',
    'watches: event ChildWatchRemoved',
  ],
  [
    'three peers, seed 1\n\nsettle\nann connects to 1 with timeout 4 s\nann reads / and watches\nisolate ann\nafter 30 s\n',
    'watches: pending when the session expired',
  ],
  [
    `three peers, seed 1\n\nsettle\n${'crash the leader\nafter 15 s\nstart all\nafter 15 s\n'.repeat(10)}`,
    'epochs: many',
  ],
]

const peer = 1
const at = makeZxid
function configOf(version: number): QuorumConfig {
  return Object.freeze({ version, servers: Object.freeze([]), hierarchy: null })
}
const follows = Object.freeze({ type: 'stateChanged', state: 'FOLLOWING', zab: 'DISCOVERY' } as const)
const elects = (sid: number, leader: number): Fact =>
  Object.freeze({
    type: 'elected',
    peer: sid,
    leader,
    zxid: 0,
    peerEpoch: 0,
    electionEpoch: 4,
    supporters: Object.freeze([sid, leader]),
    fromLookers: true,
  })

/** Where only chance leads. Each with what would be told there, but for the last fact, which is another. */
const told: readonly (readonly [name: string, facts: readonly Fact[], otherwise: Fact])[] = [
  ['elections: two elected at once', [elects(1, 2), elects(3, 1)], elects(3, 2)],
  [
    "ends of roles: the leader's epoch",
    [
      { ...follows, peer },
      { type: 'lookingAgain', peer, reason: "the leader's epoch 2 is less than accepted epoch 5" },
    ],
    { type: 'lookingAgain', peer, reason: 'another' },
  ],
  [
    'ends of roles: cannot truncate below its snapshot',
    [
      { ...follows, peer },
      {
        type: 'lookingAgain',
        peer,
        reason: 'cannot truncate below its snapshot, and comes back for a new one',
      },
    ],
    { type: 'lookingAgain', peer, reason: 'another' },
  ],
  [
    'membership: came to nothing',
    [
      { type: 'configActivated', peer, config: configOf(at(1, 0)) },
      { type: 'configSeen', peer, config: configOf(at(1, 7)) },
      { type: 'configSeen', peer, config: configOf(at(1, 0)) },
    ],
    { type: 'configSeen', peer, config: configOf(at(1, 9)) },
  ],
  [
    'sessions: found due again by the next leader',
    [
      { type: 'sessionExpired', peer, sessionId: '0x1', timeout: 4_000, untouched: 4_100, local: false },
      { type: 'sessionExpired', peer: 2, sessionId: '0x1', timeout: 4_000, untouched: 4_100, local: false },
    ],
    { type: 'sessionExpired', peer: 2, sessionId: '0x2', timeout: 4_000, untouched: 4_100, local: false },
  ],
]

function coverageOf(facts: readonly Fact[]): Coverage {
  const world = new World({ seed: 1 })
  const coverage = new Coverage(world, [1, 2, 3])
  for (const fact of facts) world.hear(Object.freeze(fact))
  return coverage
}

function hitsOfFacts(facts: readonly Fact[]): Map<string, number> {
  return coverageOf(facts).hits
}

const seen = new Map<string, number>()

describe('on purpose', () => {
  test.each(directed)('%#', (text, ...names) => {
    const hits = hitsOf(text)
    for (const [name, count] of hits) seen.set(name, count)
    expect(names.filter((name) => !hits.has(name))).toEqual([])
  })

  test('what a process wrote and could not tell of is found when it starts again', () => {
    const name = 'epochs: acceptedEpoch written, not acknowledged'
    const text = 'three peers, start only 1 and 2, seed 1\n\nuntil 2 leads\nstart 3\nafter 30 s\n'
    const hits = Array.from({ length: 40 }, (_, later) => {
      const { run, ensemble } = startScenario(parseScenario('test.scenario', text))
      const coverage = new Coverage(ensemble.world, ensemble.sids)
      const third = coverage.scene.peer(3)
      while (third.stage !== 'registering' && run.advance());
      for (let i = 0; i < later; i += 1) run.advance()
      const couldTell = third.stage !== 'registering'
      ensemble.machineOf(3).restart()
      run.run()
      const found = coverage.hits.get(name) ?? 0
      if (couldTell) expect(found).toBe(0)
      return found
    })
    expect(Math.max(...hits)).toBe(1)
    seen.set(name, 1)
  })

  test.each(told)('%s, as it would be told', (name, facts, otherwise) => {
    expect(hitsOfFacts(facts).get(name)).toBe(1)
    expect(hitsOfFacts([...facts.slice(0, -1), otherwise]).has(name)).toBe(false)
    seen.set(name, 1)
  })
})

test('every property can be seen', () => {
  for (const file of readdirSync(FOLDER, { recursive: true, encoding: 'utf8' }).sort()) {
    if (!file.endsWith('.scenario')) continue
    const text = readFileSync(`${FOLDER}${file}`, 'utf8')
    for (const [name, count] of hitsOf(text)) seen.set(name, count)
  }
  const missed = misses(seen).filter(({ topic }) => topic !== 'crash points' && topic !== 'faults')
  expect(missed.map(({ name }) => name)).toEqual([])
}, 60_000)

describe('a run with coverage', () => {
  const scenarios = Array.from({ length: 20 }, (_, seed) => drawScenario(seed, defaultProfile))

  test('is the run without', () => {
    for (const scenario of scenarios) {
      const covered = tryScenario(scenario)
      const bare = tryScenario(scenario, { coverage: false })
      expect(bare.hits.size).toBe(0)
      expect(covered.hits.size).toBeGreaterThan(0)
      expect({ ...bare, hits: null }).toEqual({ ...covered, hits: null })
    }
  })

  test('goes on as the same from a fork anywhere', () => {
    for (const scenario of scenarios) {
      const begun = () => {
        const { run, ensemble } = startScenario(scenario, { quiet: true })
        return { run, coverage: new Coverage(ensemble.world, ensemble.sids) }
      }
      const whole = begun()
      whole.run.run()
      const { events } = whole.run.ensemble.world
      const part = begun()
      while (part.run.ensemble.world.events < events / 2 && part.run.advance());
      const before = part.coverage.hits
      const copy = fork(part)
      copy.run.run()
      expect(copy.coverage.hits).toEqual(whole.coverage.hits)
      expect(part.coverage.hits).toEqual(before)
      part.run.run()
      expect(part.coverage.hits).toEqual(whole.coverage.hits)
    }
  })

  test('shares nothing with a fork that either could change', () => {
    for (const [, facts] of told) {
      const coverage = coverageOf(facts)
      expect(fork(coverage, { strict: true }).hits).toEqual(coverage.hits)
    }
  })
})
