/**
 * A scenario file as a value: frozen all the way down, plain enough for JSON, printable back to its text.
 */
import type { Filled } from '../sentence.ts'

/** A sentence with its holes filled, by the sentence's text. */
export interface Play {
  readonly sentence: string
  readonly filled: Filled
}

export type Line =
  | { readonly type: 'prose'; readonly text: string }
  | { readonly type: 'blank' }
  /** What the ensemble is; only before the first step. */
  | { readonly type: 'declarations'; readonly line: number; readonly plays: readonly Play[] }
  | {
      readonly type: 'step'
      readonly line: number
      readonly play: Play
      /** What stood under `----`; null where nothing is recorded. */
      readonly recording: readonly string[] | null
    }

export interface Scenario {
  /** For messages: a path, or whatever the text came from. */
  readonly file: string
  readonly lines: readonly Line[]
}

export type StepLine = Line & { readonly type: 'step' }

export function stepsOf(scenario: Scenario): StepLine[] {
  return scenario.lines.filter((line): line is StepLine => line.type === 'step')
}
