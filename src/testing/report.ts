/** What tests say of a run that did not hold. */
import { grouped, printSeconds, type TranscriptLine } from '../sim/scenario/transcript.ts'
import { printSimulation, type SimulationResult } from '../sim/simulate/SimulationResult.ts'
import type { Attempt } from './attempt.ts'

/** Lines of what happened last. */
const LAST = 12

/** What was found, without what to paste. */
export function printResult(result: SimulationResult<unknown>): string[] {
  return printSimulation(result)
    .split('\n')
    .filter((line) => !line.startsWith('  again: '))
}

/** The last lines of the transcript; what is said again and again stands there once. */
export function printHappened({ transcript }: SimulationResult<unknown>): string[] {
  if (transcript.length === 0) return []
  const folded = fold(transcript)
  const shown = folded.slice(-LAST)
  const width = Math.max(...shown.map(({ line }) => line.who.length))
  return [
    shown.length === folded.length ? '  what happened:' : '  what happened last:',
    ...shown.map(({ line: { time, event, who, what }, times }) => {
      const again = times > 1 ? `, ${times} times` : ''
      return `    ${printSeconds(time).padStart(10)} ${grouped(event).padStart(8)}  ${who.padEnd(width)}  ${what}${again}`
    }),
  ]
}

interface Folded {
  /** The first of them. */
  readonly line: TranscriptLine
  readonly times: number
}

function fold(lines: readonly TranscriptLine[]): readonly Folded[] {
  const folded: Folded[] = []
  for (const line of lines) {
    const last = folded.at(-1)
    if (last !== undefined && last.line.who === line.who && last.line.what === line.what) {
      folded[folded.length - 1] = { line: last.line, times: last.times + 1 }
    } else folded.push({ line, times: 1 })
  }
  return folded
}

/** Steps as a list to paste into options. */
export function printFaults(steps: readonly string[]): string[] {
  return ['    faults: [', ...steps.map((step) => `      ${quote(step)},`), '    ],']
}

export function printFailure({ result, played }: Attempt): string {
  return [
    ...printResult(result),
    ...(played.length === 0 ? [] : ['  what went wrong around it:', ...printFaults(played)]),
    ...printHappened(result),
  ].join('\n')
}

function quote(text: string): string {
  return text.includes("'") ? JSON.stringify(text) : `'${text}'`
}
