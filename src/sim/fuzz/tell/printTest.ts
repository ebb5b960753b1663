import { printScenario } from '../../scenario/print.ts'
import type { Scenario } from '../../scenario/Scenario.ts'
import { assemble, partsOf } from '../assemble.ts'
import type { Failure } from '../Failure.ts'

/**
 * A test for vitest that holds once the defect is mended: the scenario with its story, in one file that needs nothing but
 * zksim. What was recorded is left out, since a mended ensemble does something else.
 *
 * @param scenario as `tellStory` gives it, or any that fails.
 */
export function printTest(scenario: Scenario, { code, name }: Failure): string {
  const parts = partsOf(scenario)
  const text = printScenario(assemble({ ...parts, prose: [] }))
  const story = parts.prose.map((line) => ` * ${line.replaceAll('*/', '* /')}`.trimEnd())
  const comment = story.length === 0 ? [] : ['/**', ...story, ' */']
  return [
    ...comment,
    "import { expect, test } from 'vitest'",
    "import { parseScenario, printOutcome, runScenario } from 'zksim'",
    '',
    `const scenario = parseScenario(\n  ${quoted(scenario.file)},\n  \`${escaped(text)}\`,\n)`,
    '',
    `test(${quoted(titleOf(code, name))}, () => {`,
    '  const outcome = runScenario(scenario)',
    "  expect(outcome.verdict, printOutcome(scenario, outcome)).toBe('held')",
    '})',
    '',
  ].join('\n')
}

function titleOf(code: string, name: string): string {
  switch (code) {
    case 'stuck':
      return `goes on: ${name}`
    case 'expectation':
      return name
    case 'endless':
      return 'comes to an end'
    case 'defect':
      return 'throws nothing'
    default:
      return `${name} (${code}) holds`
  }
}

/** Between single quotes. */
function quoted(text: string): string {
  const inner = JSON.stringify(text).slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'")
  return `'${inner}'`
}

/** Between backticks. */
function escaped(text: string): string {
  return text.replace(/[\\`]|\$(?=\{)/g, (one) => `\\${one}`)
}
