/** Scenarios made by programs: sentences with their holes filled, put together as the lines of a file. */

import { declarationOf } from '../scenario/declarations.ts'
import type { Line, Play, Scenario } from '../scenario/Scenario.ts'
import { stepOf } from '../scenario/steps.ts'
import type { Filled } from '../sentence.ts'

/** A declaration. @throws Error where no declaration reads so. */
export function said(sentence: string, filled: Filled = NOTHING): Play {
  const play = Object.freeze({ sentence, filled: Object.freeze(filled) })
  declarationOf(play)
  return play
}

/** A step. @throws Error where no step reads so. */
export function deed(sentence: string, filled: Filled = NOTHING): Play {
  const play = Object.freeze({ sentence, filled: Object.freeze(filled) })
  stepOf(play)
  return play
}

const NOTHING: Filled = Object.freeze({})

export interface Parts {
  /** For messages, and the name that it would be written under. */
  readonly file: string
  /** What stands at the top; lines without their `#`. */
  readonly prose: readonly string[]
  readonly declarations: readonly Play[]
  readonly steps: readonly Play[]
}

/** Declarations a line, for the eye. */
const A_LINE = 4

/** The scenario of these parts, with the line numbers that its printed text has. */
export function assemble({ file, prose, declarations, steps }: Parts): Scenario {
  const lines: Line[] = []
  const add = (line: Line): void => {
    lines.push(Object.freeze(line))
  }
  for (const text of prose) add({ type: 'prose', text: text === '' ? '#' : `# ${text}` })
  if (prose.length > 0) add({ type: 'blank' })
  for (let i = 0; i < declarations.length; i += A_LINE) {
    const plays = Object.freeze(declarations.slice(i, i + A_LINE))
    add({ type: 'declarations', line: lines.length + 1, plays })
  }
  if (declarations.length > 0 && steps.length > 0) add({ type: 'blank' })
  for (const play of steps) add({ type: 'step', line: lines.length + 1, play, recording: null })
  return Object.freeze({ file, lines: Object.freeze(lines) })
}

/** The parts of a scenario, without what was recorded of its steps. */
export function partsOf(scenario: Scenario): Parts {
  const prose: string[] = []
  const declarations: Play[] = []
  const steps: Play[] = []
  for (const line of scenario.lines) {
    if (line.type === 'declarations') declarations.push(...line.plays)
    else if (line.type === 'step') steps.push(line.play)
    else if (line.type === 'prose') prose.push(line.text.replace(/^# ?/, ''))
  }
  return { file: scenario.file, prose, declarations, steps }
}
