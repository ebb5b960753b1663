/** An outcome in words: what was found, where, and what to paste to see it again. */

import type { Outcome, Stuck } from './run.ts'
import type { Scenario } from './Scenario.ts'
import { grouped, printSeconds } from './transcript.ts'

const titles = {
  held: 'held: every invariant held, every expectation was met',
  broken: 'broken: an invariant does not hold',
  failed: 'failed: an expectation was not met',
  unknown: 'unknown: the run could not go on',
} as const

export function printOutcome(scenario: Scenario, outcome: Outcome): string {
  const { verdict, at, reason, stuck, mismatches, violations } = outcome
  const lines = [`${scenario.file}: ${titles[verdict]}`]
  if (at !== null && verdict !== 'held') lines.push(`  at line ${at.line}: ${at.step}`)
  if (reason !== null) lines.push(`  ${reason}`)
  if (stuck !== null) lines.push(...printStuck(stuck))
  for (const { line, difference } of mismatches) {
    lines.push(
      `  recording of line ${line} (- recorded, + happened):`,
      ...difference.map((one) => `    ${one}`),
    )
  }
  for (const { code, name, says, event } of violations) {
    lines.push(`  ${code} ${name} broken at event ${grouped(event)}`, `    it says: ${says}`)
  }
  lines.push(
    `  seed=${outcome.seed} events=${grouped(outcome.events)} time=${printSeconds(outcome.time)} hash=${outcome.hash}`,
  )
  return lines.join('\n')
}

function printStuck({ peers }: Stuck): string[] {
  const width = peers.reduce((most, peer) => Math.max(most, peer.state.length), 0)
  return peers.map(
    ({ sid, state, waitingFor }) => `    ${sid}  ${state.padEnd(width)}  waits for ${waitingFor}`,
  )
}
