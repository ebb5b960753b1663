/** Scenario → the canonical text of its file. What is printed parses to the same scenario. */
import { declarationOf } from './declarations.ts'
import { RECORDED } from './parse.ts'
import type { Line, Play, Scenario } from './Scenario.ts'
import { stepOf } from './steps.ts'

export function printScenario(scenario: Scenario): string {
  const lines: string[] = []
  let before: Line | null = null
  for (const line of scenario.lines) {
    // A recording ends with a blank line, whoever made the scenario.
    const inRecording = before?.type === 'step' && before.recording !== null && lines.at(-1) !== ''
    if (inRecording && line.type !== 'blank') lines.push('')
    for (const text of printLine(line)) lines.push(text)
    before = line
  }
  return `${lines.join('\n')}\n`
}

function printLine(line: Line): readonly string[] {
  switch (line.type) {
    case 'blank':
      return ['']
    case 'prose':
      return [line.text]
    case 'declarations':
      return [line.plays.map((play) => declarationOf(play).sentence.print(play.filled)).join(', ')]
    case 'step':
      return line.recording === null
        ? [printStep(line.play)]
        : [printStep(line.play), RECORDED, ...line.recording]
  }
}

export function printStep(play: Play): string {
  return stepOf(play).sentence.print(play.filled)
}
