/**
 * Whoever draws scenarios draws anything anywhere. So a step that cannot be played in some state is passed over, and no
 * step, in no state of an ensemble, ends the run by an error.
 */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { startScenario } from '../../src/sim/runScenario.ts'
import { factForms } from '../../src/sim/scenario/facts.ts'
import { tryParse } from '../../src/sim/scenario/parse.ts'
import type { Scenario } from '../../src/sim/scenario/Scenario.ts'
import { stepKinds } from '../../src/sim/scenario/step.ts'
import { steps } from '../../src/sim/scenario/steps.ts'
import type { Sentence } from '../../src/sim/sentence.ts'

/** Where the kind's own example says too little. */
const written: Readonly<Record<string, readonly string[]>> = {
  sid: ['1', '2', '3'],
  sids: ['1', '2', '1 and 2', '3', '2 and 3'],
  peer: ['1', '2', '3', 'the leader', 'a follower', 'an observer', 'that peer'],
  peers: [
    '1',
    '2 and 3',
    'all',
    'the leader',
    'the followers',
    'the observers',
    'a quorum',
    'a minority',
    'that peer',
  ],
  groups: ['1 | 2', '1 and 2 | 3', '1 | 1'],
  client: ['ann', 'bob', 'load1', 'load2', 'nobody'],
  machine: ['1', '2', 'the leader', 'that peer', 'ann', 'load1', 'nobody'],
  duration: ['0 s', '3 ms', '200 ms', '2 s'],
  millis: ['1 ms', '500 ms', '4 s'],
  span: ['0 s', '1 to 20 ms', '300 ms', '1 to 3 s'],
  count: ['0', '1', '3', '20'],
  ordinal: ['1st', '2nd', '17th', '90th'],
  percent: ['0 %', '5 %', '100 %'],
  zxid: ['1:1', '1:2', '2:1', '0:0'],
  data: ['"v1"', '""', '"ann:secret"'],
  text: ['"elected"', '"server.4=4:2888:3888;2181"', '"1"'],
  path: ['/', '/x', '/load-0', '/load-0/n', '/zookeeper/config', '/zookeeper/quota'],
  packet: ['PROPOSAL', 'ACK', 'COMMIT', 'NOTIFICATION', 'NEWLEADER', 'REPLY', 'PING'],
  thread: ['main', 'sync', 'learner', 'learner/2', 'commit'],
  file: ['currentEpoch', 'acceptedEpoch', 'log.100000001', 'snapshot.0', 'nothing'],
  load: ['clients', 'writers', 'readers', 'watchers', 'visitors', 'users'],
  somebody: ['somebody'],
}

function lineOf(sentence: Sentence): fc.Arbitrary<string> {
  return fc.tuple(...sentence.parts.map(partOf)).map((parts) => parts.join(''))
}

function partOf(part: Sentence['parts'][number]): fc.Arbitrary<string> {
  if ('words' in part) return fc.constant(part.words)
  if (part.kind === stepKinds.fact)
    return fc.constantFrom(...factForms).chain((form) => lineOf(form.sentence))
  const known = Object.entries(stepKinds).find(([, kind]) => kind === part.kind)?.[0]
  // What is not a kind of steps is a peer in a fact.
  const choices = known === undefined ? [...written.peer!, ...written.somebody!] : written[known]
  const examples = [part.kind.example, ...Object.values(part.kind.examples ?? {})]
  return fc.constantFrom(...(choices ?? examples))
}

const anyStep = fc.constantFrom(...steps.values()).chain((step) => lineOf(step.sentence))
/** Weighed: of the hundred-odd sentences of clients one is much like another. */
const anyDeed = fc
  .constantFrom(...[...steps.values()].filter(({ sentence }) => !sentence.text.startsWith('{client')))
  .chain((step) => lineOf(step.sentence))

/** What the peers and clients are up to. */
const states = fc.subarray([
  'settle within 5 s',
  'ann connects to 1',
  'start load of 2 users with 30 operations each, 5 to 50 ms apart',
  'start load of 1 writers',
  'after 700 ms',
  'until somebody acked something within 1 s',
  'crash 1',
  'wipe 2',
  'pause 3',
  'cut power to the leader',
  'crash client load1',
  'pause client ann',
  'fail forces of 1',
  'isolate 2',
])

const declared = fc
  .record({
    peers: fc.integer({ min: 1, max: 5 }),
    observers: fc.integer({ min: 0, max: 2 }),
    seed: fc.nat({ max: 10 ** 6 }),
    more: fc.subarray([
      'spare a quorum',
      'one joiner',
      'on one computer',
      'lockstep',
      'start none',
      'reconfigEnabled on, skipACL on',
      'readonlymodeEnabled on',
      'localSessionsEnabled on, localSessionsUpgradingEnabled on',
      'standaloneEnabled off',
      'snapCount 5, snapRetainCount 3',
    ]),
  })
  .map(({ peers, observers, seed, more }) =>
    [`${peers} peers and ${observers} observers`, `seed ${seed}`, 'lenient', 'tickTime 200 ms', ...more].join(
      ', ',
    ),
  )

const RUNS = 150

/** What left the simulation; null where it was played until it ended, or had taken enough events. */
function errorOf(scenario: Scenario): string | null {
  try {
    const { verdict, reason, tooLong } = startScenario(scenario, { quiet: true, maxEvents: 8_000 }).run.run()
    // An expectation may not be met, and a promise may break: all disks may have been wiped.
    return verdict === 'unknown' && !tooLong ? reason : null
  } catch (error) {
    return error instanceof Error ? `${error.stack}` : `${error}`
  }
}

describe('a lenient scenario', () => {
  test('of anything, anywhere, is played to its end', () => {
    let played = 0
    fc.assert(
      fc.property(
        declared,
        states,
        fc.array(fc.oneof({ weight: 3, arbitrary: anyDeed }, { weight: 1, arbitrary: anyStep }), {
          minLength: 1,
          maxLength: 8,
        }),
        (declarations, state, done) => {
          const lines = [...state, ...done].flatMap((line) => [line, 'after 40 ms'])
          const text = [declarations, '', ...lines, 'heal everybody', 'calm until all is well', ''].join('\n')
          const { scenario } = tryParse('everywhere.scenario', text)
          fc.pre(scenario !== null)
          played += 1
          expect(errorOf(scenario)).toBeNull()
        },
      ),
      { numRuns: RUNS },
    )
    expect(played).toBe(RUNS)
  })
})
