/** `zksim shell`: an ensemble to type at. */
import { createInterface } from 'node:readline'
import { tryParse } from '../../scenario/parse.ts'
import type { Scenario } from '../../scenario/Scenario.ts'
import { type Io, whyNot } from '../io.ts'
import { type Style, visible } from '../layout.ts'
import { describeProblems, readSource } from '../sources.ts'
import { codes, describeExtent, type Finding, facts, title } from '../verdict.ts'
import { type Reply, Shell } from './Shell.ts'
import { ShellSession } from './ShellSession.ts'

export interface ShellFlags {
  readonly seed?: number
  /** Declarations, as in front of the first step of a scenario. */
  readonly with?: string
}

const WELCOME =
  '`help` lists the commands, Tab completes, Ctrl-D leaves. Time passes only while a command is carried out.'

/** @returns the exit code, once the input has ended. */
export async function shellCommand(
  file: string | undefined,
  flags: ShellFlags,
  io: Io,
  style: Style,
): Promise<number> {
  const scenario =
    file === undefined ? declared(flags.with ?? 'three peers', io, style) : read(file, io, style)
  if (scenario === null) return codes.badInput
  const session = new ShellSession(scenario, flags.seed)
  const shell = new Shell(session, style)
  for (const opening of shell.open()) io.out(`${opening}\n`)
  const replies = await converse(shell, io, style)
  return conclude(session, replies, io, style)
}

function declared(text: string, io: Io, style: Style): Scenario | null {
  // A step behind it, or there would be nothing to play.
  const { scenario, problems } = tryParse('--with', `${text}\nnormal`)
  if (scenario === null) io.err(describeProblems(problems, style))
  return scenario
}

function read(file: string, io: Io, style: Style): Scenario | null {
  const { scenario, problems } = readSource(file, io)
  if (scenario === null) io.err(describeProblems(problems, style))
  return scenario
}

/** Line by line, to the end of the input. @returns the status of each reply. */
async function converse(shell: Shell, io: Io, style: Style): Promise<Reply['status'][]> {
  const { input } = io
  const isTyped = io.isTTY && input.isTTY === true
  const lines = createInterface({
    input,
    ...(isTyped ? { output: process.stdout, completer: (line: string) => shell.complete(line) } : {}),
    terminal: isTyped,
  })
  if (isTyped) io.out(`${style.colours.dim(WELCOME)}\n`)
  const prompt = (): void => {
    lines.setPrompt(shell.prompt)
    if (isTyped) lines.prompt()
  }
  const statuses: Reply['status'][] = []
  prompt()
  try {
    for await (const line of lines) {
      if (!isTyped) io.out(`${style.colours.dim(shell.prompt)}${visible(line)}\n`)
      const { output, status } = shell.execute(line)
      if (output !== '') io.out(`${output}\n`)
      statuses.push(status)
      if (status === 'quit') break
      prompt()
    }
  } catch (error) {
    io.err(`zksim: the input cannot be read: ${whyNot(error)}\n`)
    statuses.push('usage')
  } finally {
    lines.close()
  }
  return isTyped ? statuses.filter((status) => status === 'quit') : statuses
}

function conclude(session: ShellSession, replies: readonly Reply['status'][], io: Io, style: Style): number {
  const { run, ensemble } = session
  ensemble.checker.finish()
  const broken = ensemble.checker.violations.length > 0
  const finding: Finding = replies.includes('usage')
    ? 'badInput'
    : broken
      ? 'broken'
      : replies.includes('refused')
        ? 'failed'
        : 'held'
  const outcome = run.outcome()
  io.out(`\n${describeExtent(outcome, ensemble, style, false)}\n`)
  io.out(`${title(finding, style.colours)}  ${facts(outcome)}\n`)
  return codes[finding]
}
