/** Bad input of every kind: a command line, the files that are there, and what is typed. */
import fc from 'fast-check'
import { commandLines, typedLines } from './commandLines.ts'
import { damagedBytes, otherFiles } from './damage.ts'
import { recordingTexts } from './recordings.ts'
import {
  absurdTexts,
  damagedTexts,
  longTexts,
  nearTexts,
  randomTexts,
  sensibleTexts,
  wordSalads,
} from './scenarioTexts.ts'

export interface BadInput {
  readonly kind: string
  readonly argv: readonly string[]
  /** By path. */
  readonly files: Readonly<Record<string, string | Uint8Array>>
  /** At a shell. */
  readonly typed: readonly string[]
}

/** Enough for an election, some writes and a fault. */
const MOST_EVENTS = '1500'
const bounded = (...argv: readonly string[]): readonly string[] => [...argv, '--max-events', MOST_EVENTS]

const once = bounded('run', 'a.scenario', '--once')
const farther = ['run', 'a.scenario', '--once', '--max-events', '25000']
const plays: fc.Arbitrary<readonly string[]> = fc.constantFrom(
  once,
  once,
  once,
  bounded('run', 'a.scenario'),
  bounded('run', 'a.scenario', '--once', '--json'),
  bounded('run', 'a.scenario', '--once', '--rewrite'),
  bounded('run', 'a.scenario', '--once', '--trace', 'trace.txt'),
  bounded('replay', 'a.scenario'),
  bounded('replay', 'a.scenario', '--json', '--seed', '3'),
  bounded('replay', 'a.scenario', '--from', '30', '--until', '50'),
)

function scenario(
  kind: string,
  texts: fc.Arbitrary<string | Uint8Array>,
  argvs = plays,
): fc.Arbitrary<BadInput> {
  return fc
    .tuple(texts, argvs)
    .map(([text, argv]) => ({ kind, argv, files: { 'a.scenario': text }, typed: [] }))
}

const held = 'three peers, seed 7\nann connects to 3\nann creates /x "v1"\n----\nann  create /x "v1" → /x\n'
const quick = 'one peer\nsettle\n'

const commands: fc.Arbitrary<BadInput> = fc
  .tuple(
    commandLines,
    fc.oneof({ weight: 3, arbitrary: fc.constantFrom(held, quick) }, nearTexts),
    fc.oneof(fc.constant(quick), otherFiles),
    fc.constantFrom('{"name":"x"}\n', '\n', held),
    typedLines,
  )
  .map(([argv, a, b, c, typed]) => ({
    kind: 'command line',
    argv,
    files: { 'a.scenario': a, 'b.scenario': b, 'c.jsonl': c, 'd.bin': Uint8Array.of(0, 255, 10) },
    typed,
  }))

const conform: fc.Arbitrary<BadInput> = fc
  .tuple(
    fc.oneof({ weight: 8, arbitrary: recordingTexts }, damagedBytes(recordingTexts), otherFiles),
    fc.constantFrom<readonly string[]>(
      [],
      ['--json'],
      ['--every-seed'],
      ['--as-of', '3.8.0'],
      ['--mode', 'sa'],
    ),
  )
  .map(([text, flags]) => ({
    kind: 'recording',
    argv: ['conform', 'c.jsonl', '--seeds', '1', ...flags],
    files: { 'c.jsonl': text },
    typed: [],
  }))

const shells: fc.Arbitrary<BadInput> = fc
  .tuple(typedLines, fc.constantFrom('three peers', 'one peer'))
  .map(([typed, size]) => ({
    kind: 'shell',
    argv: ['shell', '--with', size],
    files: {},
    typed,
  }))

export const badInputs: fc.Arbitrary<BadInput> = fc.oneof(
  { weight: 30, arbitrary: scenario('absurd scenario', absurdTexts) },
  { weight: 10, arbitrary: scenario('sensible scenario', sensibleTexts) },
  { weight: 2, arbitrary: scenario('long run', fc.oneof(absurdTexts, sensibleTexts), fc.constant(farther)) },
  { weight: 25, arbitrary: scenario('nearly right scenario', nearTexts) },
  { weight: 40, arbitrary: scenario('damaged scenario', damagedTexts) },
  { weight: 12, arbitrary: scenario('damaged bytes', damagedBytes(fc.oneof(sensibleTexts, nearTexts))) },
  { weight: 8, arbitrary: scenario('words', wordSalads) },
  { weight: 8, arbitrary: scenario('random text', randomTexts) },
  { weight: 4, arbitrary: scenario('other file', otherFiles) },
  { weight: 20, arbitrary: conform },
  { weight: 40, arbitrary: commands },
  { weight: 4, arbitrary: shells },
)

/** Apart, for they take long to make. */
export const longInputs: fc.Arbitrary<BadInput> = scenario('long text', longTexts, fc.constant(once))
