import type { Scenario } from './Scenario.ts'

/**
 * The scenario with what happened in place of what was recorded. Steps without a recording get none, and steps that
 * were not reached keep theirs.
 */
export function rewriteRecordings(
  scenario: Scenario,
  happened: ReadonlyMap<number, readonly string[]>,
): Scenario {
  const lines = scenario.lines.map((line) => {
    if (line.type !== 'step' || line.recording === null) return line
    return Object.freeze({ ...line, recording: happened.get(line.line) ?? line.recording })
  })
  return Object.freeze({ file: scenario.file, lines: Object.freeze(lines) })
}
