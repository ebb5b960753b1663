/** How a run ended, in words: the failure, what to paste to see it again, and one last line that nobody can miss. */
import { describe } from '../../invariants/describe.ts'
import type { Ensemble } from '../ensemble.ts'
import { printDivergence } from '../kernel/firstDivergence.ts'
import type { Outcome, ScenarioRun, Stuck, Verdict } from '../scenario/run.ts'
import { grouped, printSeconds } from '../scenario/transcript.ts'
import { type Colours, fit, type Style, shellWord, table, visible, visibleLines } from './layout.ts'
import type { Difference } from './playing.ts'

/** What a command found of one file. `stopped`: a replay that was to go no further. */
export type Finding = Verdict | 'stopped' | 'notDeterministic' | 'badInput'

export const codes: Readonly<Record<Finding, number>> = Object.freeze({
  held: 0,
  stopped: 0,
  broken: 1,
  failed: 1,
  badInput: 2,
  unknown: 3,
  notDeterministic: 4,
})

/** The worst first: a run that is not deterministic proves nothing, and what was not read was not run. */
const worst: readonly Finding[] = [
  'notDeterministic',
  'badInput',
  'broken',
  'failed',
  'unknown',
  'stopped',
  'held',
]

/** `held` where there is none. */
export function worstOf(findings: readonly Finding[]): Finding {
  return worst.find((one) => findings.includes(one)) ?? 'held'
}

export function exitCodeOf(findings: readonly Finding[]): number {
  return codes[worstOf(findings)]
}

const titles: Readonly<Record<Finding, string>> = {
  held: 'HELD',
  stopped: 'STOPPED',
  broken: 'BROKEN',
  failed: 'FAILED',
  badInput: 'BAD INPUT',
  unknown: 'UNKNOWN',
  notDeterministic: 'NOT DETERMINISTIC',
}

/** In capitals, padded to a width. */
export function title(finding: Finding, colours: Colours, width = 0): string {
  const word = titles[finding].padEnd(width)
  if (finding === 'held') return colours.bold(colours.green(word))
  if (finding === 'unknown' || finding === 'stopped') return colours.bold(colours.yellow(word))
  return colours.bold(colours.red(word))
}

/** What to paste to have exactly this run again. */
export function againLine(file: string, seed: string): string {
  return `npx zksim replay ${shellWord(file)} --seed ${seed}`
}

/** Why a run did not hold, ending in what to paste. Empty where it held. */
export function describeFailure(
  run: ScenarioRun,
  ensemble: Ensemble,
  outcome: Outcome,
  style: Style,
): string {
  if (outcome.verdict === 'held') return ''
  const { stuck, mismatches, seed } = outcome
  const parts = [headOf(outcome, ensemble)]
  if (outcome.tooLong) parts.push('`--max-events N` lets a run take more.')
  if (stuck !== null) parts.push(describeStuck(stuck, run, style))
  for (const { line, difference } of mismatches) {
    const lines = difference.map((one) => paintDifference(visible(one), style))
    parts.push(`under line ${line}, - was recorded and + happened:\n${lines.join('\n')}`)
  }
  if (mismatches.length > 0) {
    parts.push('If what happened is what should happen, `zksim run --rewrite` records it.')
  }
  parts.push(
    `To see exactly this run again, with the state of every peer at its end:\n  ${againLine(run.scenario.file, seed)}`,
  )
  // The paste line is the one line that may be as long as it has to be.
  return parts.map((part) => (part.startsWith('To see') ? part : fit(part, style.width))).join('\n\n')
}

/** Where it ended, and why. A recording that differs stops no run, so the last step says nothing about it. */
function headOf({ at, reason, verdict, mismatches }: Outcome, { checker }: Ensemble): string {
  const first = mismatches[0]
  if (reason === `the recording of line ${first?.line} is not what happened`)
    return 'a recording is not what happened'
  const why = verdict === 'broken' ? checker.violations.map(describe).join('\n') : (reason ?? '')
  return visibleLines(at === null ? why : `at line ${at.line}: ${at.step}\n${why}`)
}

function paintDifference(line: string, { colours }: Style): string {
  if (line.startsWith('-')) return `  ${colours.red(line)}`
  return line.startsWith('+') ? `  ${colours.green(line)}` : `  ${line}`
}

function describeStuck({ peers }: Stuck, run: ScenarioRun, style: Style): string {
  const rows = peers.map(({ sid, state, waitingFor }) => [`${sid}`, state, waitingFor])
  const lines = [table(['peer', 'state', 'waits for'], rows, style)]
  const clients = [...run.view.outstanding].filter(([, count]) => count > 0)
  if (clients.length > 0) {
    const each = clients.map(([client, count]) => `${client} (${count})`)
    lines.push(`operations without an answer: ${each.join(', ')}`)
  }
  return lines.join('\n')
}

export function describeDifference(difference: Difference, file: string, style: Style): string {
  const { first, second, divergence } = difference
  const lines = [
    'The same scenario and seed gave two different runs, so nothing that it shows can be relied upon.',
    `  first:  ${facts(first)}`,
    `  second: ${facts(second)}`,
    divergence === null
      ? 'Two further runs were the same as each other: whatever makes the difference is rare.'
      : `Of two further runs, ${printDivergence(divergence)}`,
  ]
  return `${fit(lines.join('\n'), style.width)}\n\nTo play it twice again:\n  npx zksim run ${shellWord(file)} --seed ${first.seed}`
}

/** `seed=7 events=1,234 hash=…` */
export function facts({ seed, events, hash }: Outcome): string {
  return `seed=${seed} events=${grouped(events)} hash=${hash}`
}

/** How long the run was, and of each invariant: held, broken, or unknown because the run did not put it to the test. */
export function describeExtent(run: Outcome, { checker }: Ensemble, style: Style, twice: boolean): string {
  const untried = checker.checks
    .filter((check) => check.exercised === 0)
    .map(({ invariant }) => invariant.code)
  const broken = checker.violations.map(({ code }) => code)
  const held = checker.checks.filter((check) => check.exercised > 0 && check.violation === null).length
  const parts = [`${held} of ${checker.checks.length} invariants held`]
  if (broken.length > 0) parts.push(`broken: ${broken.join(' ')}`)
  parts.push(untried.length === 0 ? 'all put to the test' : `never put to the test: ${untried.join(' ')}`)
  const played = twice ? 'played twice, the same' : 'played once'
  const text = `${printSeconds(run.time)} of virtual time, ${played}; ${parts.join('; ')}`
  return fit(text, style.width).split('\n').map(style.colours.dim).join('\n')
}
