import { describe, expect, test } from 'vitest'
import { faults } from '../../src/faults/index.ts'
import { parseScenario } from '../../src/sim/scenario/parse.ts'
import type { Outcome } from '../../src/sim/scenario/run.ts'
import { play, runOf } from './play.ts'

/** What to play where the example says too little, or ends what has to begin first. */
const lines: Readonly<Record<string, readonly string[]>> = {
  'partition {groups:groups}': ['partition 1 and 2 | 3, 4 and 5'],
  'crash client {client:client}': ['crash client ann'],
  'pause client {client:client}': ['pause client load2'],
  'resume client {client:client}': ['pause client load2', 'resume client load2'],
  'block the way from {from:machine} to {to:machine}': ['block the way from 5 to 1'],
  'hold {packet:packet} from {from:machine} to {to:machine}': ['hold PROPOSAL from 5 to 1'],
  'hold {packet:packet} from {from:machine}': ['hold PROPOSAL from 5'],
  'release {packet:packet} from {from:machine} to {to:machine}': [
    'hold PROPOSAL from 5 to 1',
    'release PROPOSAL from 5 to 1',
  ],
  'release {packet:packet} from {from:machine}': ['hold PROPOSAL from 5', 'release PROPOSAL from 5'],
  'release {packet:packet}': ['hold PROPOSAL', 'release PROPOSAL'],
  'release everything': ['hold PROPOSAL', 'hold ACK', 'release everything'],
  'cut connections between {a:machine} and {b:machine}': ['cut connections between 5 and 1'],
  'cut connections between {a:machine} and {b:machine} unnoticed': [
    'cut connections between 5 and 1 unnoticed',
  ],
  'cut connections between {a:machine} and {b:machine} noticed by {end:machine}': [
    'cut connections between 5 and 1 noticed by 1',
  ],
  'cut connections from {from:machine} to {to:machine} keeping {count:count} packets': [
    'cut connections from 5 to 1 keeping 1 packets',
  ],
  'cut connections from {from:machine} to {to:machine} losing a suffix': [
    'cut connections from 5 to 1 losing a suffix',
  ],
  'cut connections from {from:machine} to {to:machine} after {count:count} {packet:packet}': [
    'cut connections from 5 to 1 after 2 PROPOSAL',
  ],
  'slow link from {from:machine} to {to:machine} by {time:span}': ['slow link from 5 to 1 by 1 to 2 ms'],
  'restore link from {from:machine} to {to:machine}': [
    'slow link from 5 to 1 by 1 s',
    'restore link from 5 to 1',
  ],
  'restore all links': ['slow all links by 5 ms', 'restore all links'],
  'lose {share:percent} of packets from {from:machine} to {to:machine}': ['lose 50 % of packets from 5 to 1'],
  'lose {share:percent} of all packets': ['lose 20 % of all packets'],
  'stall link from {from:machine} to {to:machine}': ['stall link from 5 to 1'],
  'unstall link from {from:machine} to {to:machine}': ['stall link from 5 to 1', 'unstall link from 5 to 1'],
  'unstall disk of {peers:peers}': ['stall disk of 1', 'unstall disk of 1'],
  'restore disk of {peers:peers}': ['slow disk of 1 by 30 ms', 'restore disk of 1'],
  'mend disk of {peers:peers}': ['pause 1', 'fail forces of 1', 'mend disk of 1', 'resume 1'],
  'restore thread {thread:thread} of {peers:peers}': [
    'slow thread sync of 1 by 30 ms',
    'restore thread sync of 1',
  ],
  'unstall thread {thread:thread} of {peers:peers}': ['stall thread sync of 1', 'unstall thread sync of 1'],
  'run clock of {peers:peers} right': ['run clock of 1 5 % fast', 'run clock of 1 right'],
  'resume {peers:peers}': ['pause 1 and 2', 'resume 1 and 2'],
  heal: ['partition into a ring', 'isolate 1', 'heal'],
  'heal partitions': ['isolate 1', 'heal partitions'],
  'rot {record:ordinal} record of {file:file} on {peer:peer}': [
    'rot 1st record of currentEpoch on 2',
    'restart 2',
  ],
  'rot the last record of the log of {peer:peer}': ['rot the last record of the log of 2', 'restart 2'],
  'rot the last snapshot of {peer:peer}': ['rot the last snapshot of 2', 'restart 2'],
  'fail next write of {file:file} of {peers:peers}': [
    'fail next write of currentEpoch of 1 and 2',
    'crash 5',
  ],
}

/** Changes nothing but what the wall clock shows, which no hash covers; tested below. */
const wallClock = 'jump clock of {peers:peers}'

/** A busy ensemble that 5 leads, something done to it, and a while after. */
function during(done: readonly string[]): Outcome {
  const steps = done.flatMap((line, i) => (i > 0 ? ['after 20 ms', line] : [line]))
  return play(`five peers, seed 7, tickTime 100 ms
ann connects to 4
settle
start load of 1 clients
after 50 ms
${steps.join('\n')}
after 700 ms
`)
}

/** Which sentence a line is. */
function sentenceOf(line: string): string | null {
  const [first] = parseScenario('line.scenario', `five peers\n${line}\n`).lines.slice(1)
  return first?.type === 'step' ? first.play.sentence : null
}

describe.each(faults.map((fault) => [fault.name, fault] as const))('%s', (_name, fault) => {
  const deeds = fault.deeds.filter((deed) => !deed.sentence.text.startsWith(wallClock))
  test.each(deeds.map((deed) => [deed.sentence.text, deed] as const))('%s', (text, deed) => {
    const done = lines[text] ?? [deed.sentence.example]
    const outcome = during(done)
    expect(outcome.reason).toBeNull()
    expect(outcome.verdict).toBe('held')
    // The same with a step in its place that the world does not notice.
    const without = during(done.map((line) => (sentenceOf(line) === text ? 'quiet' : line)))
    expect(outcome.hash).not.toBe(without.hash)
  })
})

test('wall clocks jump, and nothing else notices', () => {
  const run = runOf('three peers\njump clock of 1 ahead by 2 s\njump clock of 2 back by 2 s\n')
  run.run()
  const { world } = run.ensemble
  const [ahead, back, right] = ['1', '2', '3'].map((name) => world.machine(name).clock.wall(world.now))
  expect(ahead! - right!).toBe(2_000_000)
  expect(back! - right!).toBe(-2_000_000)
})
