/** What must come of any input: an exit code, a message that says where and what instead, and nothing else. */
import { Readable } from 'node:stream'
import type { TryOut } from '../../src/sim/cli/fuzz/tryOut.ts'
import { main } from '../../src/sim/cli/main.ts'
import { readSource } from '../../src/sim/cli/sources.ts'
import type { World } from '../../src/sim/kernel/World.ts'
import { parseScenario, tryParse } from '../../src/sim/scenario/parse.ts'
import { printScenario } from '../../src/sim/scenario/print.ts'
import { FakeIo } from '../cli/fakeIo.ts'
import { FakeSurroundings, failure, seedOf, trialOf } from '../cli/fuzz/FakeSurroundings.ts'
import type { BadInput } from './inputs.ts'

export interface Judged {
  /** In a word or two, for the summary. */
  readonly came: string
  /** The kinds of problems that were told. */
  readonly problems: readonly string[]
  /** Errors that ended a simulated process. */
  readonly crashes: readonly string[]
}

const CODES = ['held', 'failed or broken', 'bad input', 'unknown', 'not deterministic']

class Wrong extends Error {
  override readonly name = 'Wrong'
}

function demand(holds: boolean, what: string): asserts holds {
  if (!holds) throw new Wrong(what)
}

/** @throws Error where zksim threw, or what came of it is not as it must be. */
export async function judge(input: BadInput): Promise<Judged> {
  const { argv } = input
  const problems = Object.keys(input.files)
    .filter((file) => file.endsWith('.scenario'))
    .flatMap((file) => checkScenario(file, input))
  const io = new FakeIo(input.files)
  io.input = Readable.from(input.typed.map((line) => `${line}\n`))
  const worlds: World[] = []
  const exit = await main(argv, io, {
    beforeRun: ({ ensemble }) => void worlds.push(ensemble.world),
    surroundings: new FakeSurroundings(tryOut),
  })
  demand(Number.isInteger(exit) && exit >= 0 && exit <= 4, `the exit code is ${exit}`)
  demand(exit !== 4, 'two runs of one scenario differ')
  checkOutput(exit, io, argv)
  checkWritten(io, input)
  return {
    came: CODES[exit] as string,
    problems: problems.length > 0 ? problems : exit === 2 ? [shape(firstMessage(io))] : [],
    crashes: worlds.flatMap(({ crashes }) => crashes.map(({ message }) => message)),
  }
}

/** A hunt plays nothing here: every third seed fails. */
const tryOut: TryOut = (scenario) =>
  trialOf(scenario, seedOf(scenario) % 3 === 0 ? failure('P1', 'OneLeaderPerEpoch', '1 and 2 lead') : null)

// ── texts of scenarios ──

/** @returns what was expected, of each problem. */
function checkScenario(file: string, { files }: BadInput): string[] {
  const source = readSource(file, new FakeIo(files))
  const { text } = source
  if (source.scenario !== null) {
    checkPrinting(file, text)
    return []
  }
  demand(source.problems.length > 0, `${file} is refused without a problem`)
  const lines = (text.startsWith('\u{feff}') ? text.slice(1) : text).split(/\r?\n/)
  for (const { line, column, text: quoted, expected } of source.problems) {
    demand(expected.trim() !== '', 'a problem without what was expected')
    if (line === null || column === null) continue
    demand(lines[line - 1] === quoted, `line ${line} is not what the problem quotes`)
    demand(column >= 1 && column <= (quoted ?? '').length + 1, `there is no column ${column} in line ${line}`)
  }
  return source.problems.slice(0, 20).map(({ expected }) => shape(expected))
}

/** What is printed reads back as the same scenario, and prints as it is. */
function checkPrinting(file: string, text: string): void {
  const { scenario } = tryParse(file, text)
  if (scenario === null) return
  const printed = printScenario(scenario)
  const again = parseScenario(file, printed)
  demand(printScenario(again) === printed, 'what is printed prints otherwise when it is read')
  const plain = (one: typeof again) => JSON.stringify(one.lines.map((line) => ({ ...line, line: 0 })))
  demand(plain(again) === plain(scenario), 'what is printed reads as another scenario')
}

// ── what a command says ──

function checkOutput(exit: number, io: FakeIo, argv: readonly string[]): void {
  const { stdout, stderr } = io
  demand(exit === 0 || stdout + stderr !== '', `exit ${exit} without a word`)
  demand(!/\n {4}at |\[object /.test(stderr), 'stderr shows the insides')
  const objects = stdout.startsWith('{') ? io.objects : []
  demand(!STEERING.test(objects.length > 0 ? stderr : stdout + stderr), 'output could steer a terminal')
  if (exit !== 2) return
  if (objects.length > 0) {
    const told = objects.filter(({ type, expected }) => type === 'problem' && `${expected}` !== '')
    demand(told.length > 0 || stderr !== '', 'no problem among the objects')
  } else if (argv[0] !== 'shell') demand(REASON.test(stderr), 'bad input without a reason on stderr')
}

/** Control characters, and those that nobody sees or that turn the direction of what follows. */
const STEERING = /[^\P{Cc}\n]|[\u200b\u202a-\u202e\u2066-\u2069\ufeff]/u
/** Who says it, or where, and what. */
const REASON = /^\S.*: \S|^Usage: /m

function checkWritten(io: FakeIo, { argv, files }: BadInput): void {
  for (const [path, text] of io.files) {
    if (files[path] === text) continue
    const traced = argv.some(
      (word, at) => word === `--trace=${path}` || (word === path && argv[at - 1] === '--trace'),
    )
    const rewritten = argv.includes('--rewrite') && argv.includes(path)
    const asked =
      argv[0] === 'fuzz' && (/^(zksim-)?found\//.test(path) || argv.some((word) => isWithin(path, word)))
    demand(traced || rewritten || asked, `${JSON.stringify(path)} was written`)
  }
}

/** A report, or a file in a folder that was named. */
function isWithin(path: string, word: string): boolean {
  const named = word.replace(/^--(?:out|junit)=/, '')
  return path === named || path.startsWith(`${named}/`) || (named !== '' && path.startsWith(named))
}

function firstMessage({ stdout, stderr }: FakeIo): string {
  const [line = ''] = (stderr === '' ? stdout : stderr).trim().split('\n')
  return line
}

/** Without names and numbers. */
function shape(text: string): string {
  return text
    .replace(/'[^']*'/g, "'…'")
    .replace(/^\S*:\d+(:\d+)?: /, '')
    .replace(/[0-9]+/g, '#')
    .slice(0, 70)
}
