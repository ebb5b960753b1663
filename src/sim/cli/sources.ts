/** Scenario files: read, parsed, and what is wrong with them. */

import { unknownCast } from '../runScenario.ts'
import { specOf } from '../scenario/declarations.ts'
import { tryParse } from '../scenario/parse.ts'
import { type Scenario, stepsOf } from '../scenario/Scenario.ts'
import type { Problem } from '../scenario/ScenarioError.ts'
import { type Io, whyNot } from './io.ts'
import { type Style, visible, visiblePath, wrap } from './layout.ts'

/** Something wrong with a file as a whole has no line. */
export type FileProblem = Omit<Problem, 'line' | 'column' | 'text'> & {
  readonly line: number | null
  readonly column: number | null
  readonly text: string | null
}

export type Source =
  | {
      readonly file: string
      readonly text: string
      readonly scenario: Scenario
      readonly problems: readonly []
    }
  | {
      readonly file: string
      readonly text: string
      readonly scenario: null
      readonly problems: readonly FileProblem[]
    }

const BOM = '\u{feff}'

/** A text with the line ends and the byte order mark that another one has, so that a rewritten file stays as it was. */
export function inTheManner(of: string, text: string): string {
  const lines = of.includes('\r\n') ? text.replaceAll('\n', '\r\n') : text
  return of.startsWith(BOM) ? BOM + lines : lines
}

export function readSource(file: string, io: Io): Source {
  const bad = (expected: string): Source => {
    const problem = { file, line: null, column: null, text: null, expected, nearest: null }
    return { file, text, scenario: null, problems: [problem] }
  }
  let text = ''
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(io.readFile(file))
  } catch (error) {
    return bad(error instanceof TypeError ? 'is not text: a scenario is written in UTF-8' : whyNot(error))
  }
  if (text.trim() === '') return bad('is empty; `zksim steps` shows what can be written in a scenario')
  const parsed = tryParse(file, text.startsWith(BOM) ? text.slice(1) : text)
  if (parsed.scenario === null) return { file, text, scenario: null, problems: parsed.problems }
  if (stepsOf(parsed.scenario).length === 0) {
    return bad('has no steps, so nothing would happen; `zksim steps` shows what can be written')
  }
  const unknown = unknownCast(specOf(parsed.scenario))
  if (unknown !== null) return bad(`cannot be played: ${unknown}`)
  return { file, text, scenario: parsed.scenario, problems: [] }
}

/** Problems shown of one file; what has more is most likely no scenario. */
const SHOWN = 20

export function describeProblems(problems: readonly FileProblem[], style: Style): string {
  const shown = problems.slice(0, SHOWN).map((one) => `${describeProblem(one, style)}\n\n`)
  const more = problems.length - SHOWN
  if (more > 0) {
    shown.push(
      `${visiblePath(problems[0]?.file ?? '')}: ${more} more of its lines cannot be read; is it a scenario?\n\n`,
    )
  }
  return shown.join('')
}

/** Place, the line with a caret, what was expected, the nearest step. */
function describeProblem(problem: FileProblem, { colours, width }: Style): string {
  const { file, line, column, text, expected, nearest } = problem
  if (line === null || column === null || text === null) {
    return `${colours.bold(visiblePath(file))}: ${visible(expected)}`
  }
  const place = colours.bold(`${visiblePath(file)}:${line}:${column}:`)
  const around = excerpt(visible(text), column - 1, width - 4)
  const lines = [
    ...wrap(`${place} expected ${visible(expected)}`, width),
    `  ${around.text}`,
    `  ${' '.repeat(around.at)}${colours.red('^')}`,
  ]
  if (nearest !== null) {
    lines.push(`  nearest step: ${colours.cyan(nearest.shape)}`)
    if (nearest.example !== nearest.shape) lines.push(`  for example:  ${colours.cyan(nearest.example)}`)
  }
  return lines.join('\n')
}

/** So much of a long line as fits, with what stands at `at` in it. */
function excerpt(text: string, at: number, width: number): { readonly text: string; readonly at: number } {
  if (text.length <= width) return { text, at }
  const from = Math.max(0, Math.min(at - Math.floor(width / 2), text.length - width))
  const before = from > 0 ? '…' : ''
  const after = from + width < text.length ? '…' : ''
  const end = from + width - after.length
  return { text: before + text.slice(from + before.length, end) + after, at: at - from }
}
