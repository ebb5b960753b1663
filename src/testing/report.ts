/** What tests say of a run that did not hold. */
import { grouped, printSeconds } from '../sim/scenario/transcript.ts'
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

export function printHappened({ transcript }: SimulationResult<unknown>): string[] {
  if (transcript.length === 0) return []
  const lines = transcript.slice(-LAST)
  const isAll = lines.length === transcript.length
  const width = Math.max(...lines.map(({ who }) => who.length))
  return [
    isAll
      ? '  what happened:'
      : `  what happened last (${lines.length} of ${grouped(transcript.length)} lines):`,
    ...lines.map(
      ({ time, event, who, what }) =>
        `    ${printSeconds(time).padStart(10)} ${grouped(event).padStart(8)}  ${who.padEnd(width)}  ${what}`,
    ),
  ]
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
