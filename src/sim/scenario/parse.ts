/**
 * Scenario text → Scenario. All problems of a file are found in one pass, none stops it.
 *
 * `#` begins prose, blank lines stand between paragraphs, every other line is one sentence. The lines before the first
 * step may declare the ensemble, several declarations a line with commas between them. `----` after a step begins what
 * was recorded of it, up to the next blank line.
 */
import { isMiss, type Sentence } from '../sentence.ts'
import { problemsOf } from './check.ts'
import { declarations } from './declarations.ts'
import { missOf, nearestTo, readDeclarations, readOne } from './reading.ts'
import type { Line, Scenario } from './Scenario.ts'
import { type Problem, ScenarioError } from './ScenarioError.ts'
import { steps } from './steps.ts'

export type Parsed =
  | { readonly scenario: Scenario; readonly problems: readonly [] }
  | { readonly scenario: null; readonly problems: readonly Problem[] }

/** Reads a file's text, never throwing. */
export function tryParse(file: string, text: string): Parsed {
  const parser = new Parser(file, text)
  const lines = parser.parse()
  if (parser.problems.length > 0) return { scenario: null, problems: parser.problems }
  const scenario = Object.freeze({ file, lines: Object.freeze(lines) })
  const problems = problemsOf(scenario, parser.source)
  return problems.length > 0 ? { scenario: null, problems } : { scenario, problems: [] }
}

/** @throws ScenarioError with all problems of the file. */
export function parseScenario(file: string, text: string): Scenario {
  const parsed = tryParse(file, text)
  if (parsed.scenario === null) throw new ScenarioError(parsed.problems)
  return parsed.scenario
}

export const RECORDED = '----'

/** Problems of a file with which the sentence is named that was most likely meant. */
const MOST_EXPLAINED = 50

class Parser {
  readonly problems: Problem[] = []
  private readonly file: string
  readonly source: readonly string[]
  private readonly declarations: readonly Sentence[] = declarations.map((one) => one.sentence)
  private readonly steps: readonly Sentence[] = [...steps.values()].map((one) => one.sentence)
  private readonly all = [...this.declarations, ...this.steps]
  private at = 0
  private stepSeen = false

  constructor(file: string, text: string) {
    this.file = file
    this.source = text.split(/\r?\n/)
  }

  parse(): Line[] {
    const lines: Line[] = []
    while (this.at < this.source.length) {
      const line = this.line()
      const blankBefore = lines.length === 0 || lines.at(-1)?.type === 'blank'
      if (line !== null && !(line.type === 'blank' && blankBefore)) lines.push(Object.freeze(line))
    }
    if (lines.at(-1)?.type === 'blank') lines.pop()
    return lines
  }

  private line(): Line | null {
    const source = this.source[this.at]!
    this.at += 1
    const text = source.trimEnd()
    const start = text.length - text.trimStart().length
    if (text === '') return { type: 'blank' }
    if (text[start] === '#') return { type: 'prose', text: text.slice(start) }
    if (text.slice(start) === RECORDED) return this.problem(source, start, 'a step before its recording')
    return this.stepSeen ? this.step(source, text, start) : this.first(source, text, start)
  }

  /** Declarations or the first step, whichever reads; else the problem of whichever is nearer. */
  private first(source: string, text: string, start: number): Line | null {
    const read = readDeclarations(this.declarations, text, start)
    if ('plays' in read) return { type: 'declarations', line: this.at, plays: read.plays }
    if (readsWhole(this.steps, text, start)) {
      this.stepSeen = true
      return this.step(source, text, start)
    }
    const { at, miss } = read
    const nearest = this.nearest(at === start ? this.all : this.declarations, text.slice(at))
    if (nearest !== null && this.steps.includes(nearest)) return this.step(source, text, start)
    const { missAt, expected } = (miss.missAt === at ? missOf(nearest, text, at) : null) ?? miss
    return this.problem(source, missAt, expected, nearest)
  }

  private step(source: string, text: string, start: number): Line | null {
    const line = this.at
    const read = readOne(this.steps, text, start)
    const recording = this.recording()
    if (!isMiss(read) && read.end === text.length) return { type: 'step', line, play: read.value, recording }
    if ('plays' in readDeclarations(this.declarations, text, start)) {
      return this.problem(
        source,
        start,
        'a step: what the ensemble is stands before the first step',
        null,
        line,
      )
    }
    const nearest = this.nearest(this.steps, text.slice(start))
    const miss = missOf(nearest, text, start)
    if (miss !== null && (isMiss(read) || miss.missAt >= read.end)) {
      return this.problem(source, miss.missAt, miss.expected, nearest, line)
    }
    if (isMiss(read)) return this.problem(source, read.missAt, read.expected, nearest, line)
    return this.problem(source, skipSpaces(text, read.end), 'the end of the line', nearest, line)
  }

  /** Null once there are so many problems that nobody reads them all: looking for it takes a while. */
  private nearest(sentences: readonly Sentence[], text: string): Sentence | null {
    return this.problems.length < MOST_EXPLAINED ? nearestTo(sentences, text) : null
  }

  private recording(): readonly string[] | null {
    if (this.source[this.at]?.trim() !== RECORDED) return null
    this.at += 1
    const lines: string[] = []
    while (this.at < this.source.length && this.source[this.at]!.trim() !== '') {
      const source = this.source[this.at]!
      const text = source.trimEnd()
      const start = text.length - text.trimStart().length
      lines.push(text)
      this.at += 1
      // Else a rewrite would take the steps for what was recorded, and remove them.
      if (text.slice(start) === RECORDED || readsWhole(this.steps, text, start)) {
        this.problem(source, start, 'a blank line between a recording and the next step')
      }
    }
    return Object.freeze(lines)
  }

  private problem(
    text: string,
    offset: number,
    expected: string,
    sentence: Sentence | null = null,
    line = this.at,
  ): null {
    const nearest = sentence && { shape: sentence.shape, example: sentence.example }
    this.problems.push({ file: this.file, line, column: offset + 1, text, expected, nearest })
    return null
  }
}

function readsWhole(sentences: readonly Sentence[], text: string, start: number): boolean {
  const read = readOne(sentences, text, start)
  return !isMiss(read) && read.end === text.length
}

function skipSpaces(text: string, at: number): number {
  let end = at
  while (text[end] === ' ') end += 1
  return end
}
