/** Scenario files: read, parsed, and what is wrong with them. */

import { unknownCast } from '../runScenario.ts'
import { specOf } from '../scenario/declarations.ts'
import { tryParse } from '../scenario/parse.ts'
import { type Scenario, stepsOf } from '../scenario/Scenario.ts'
import type { Problem } from '../scenario/ScenarioError.ts'
import { type Io, whyNot } from './io.ts'
import { type Style, visible, wrap } from './layout.ts'

/** Something wrong with a file as a whole has no line. */
export type FileProblem = Omit<Problem, 'line' | 'column' | 'text'> & {
  readonly line: number | null
  readonly column: number | null
  readonly text: string | null
}

export type Source =
  | { readonly file: string; readonly scenario: Scenario; readonly problems: readonly [] }
  | { readonly file: string; readonly scenario: null; readonly problems: readonly FileProblem[] }

export function readSource(file: string, io: Io): Source {
  const bad = (expected: string): Source => {
    const problem = { file, line: null, column: null, text: null, expected, nearest: null }
    return { file, scenario: null, problems: [problem] }
  }
  let text: string
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(io.readFile(file))
  } catch (error) {
    return bad(error instanceof TypeError ? 'is not text: a scenario is written in UTF-8' : whyNot(error))
  }
  if (text.trim() === '') return bad('is empty; `zksim steps` shows what can be written in a scenario')
  const parsed = tryParse(file, text)
  if (parsed.scenario === null) return { file, scenario: null, problems: parsed.problems }
  if (stepsOf(parsed.scenario).length === 0) {
    return bad('has no steps, so nothing would happen; `zksim steps` shows what can be written')
  }
  const unknown = unknownCast(specOf(parsed.scenario))
  if (unknown !== null) return bad(`cannot be played: ${unknown}`)
  return { file, scenario: parsed.scenario, problems: [] }
}

/** Place, the line with a caret, what was expected, the nearest step. */
export function describeProblem(problem: FileProblem, { colours, width }: Style): string {
  const { file, line, column, text, expected, nearest } = problem
  if (line === null || column === null || text === null) {
    return `${colours.bold(visible(file))}: ${visible(expected)}`
  }
  const place = colours.bold(`${visible(file)}:${line}:${column}:`)
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
