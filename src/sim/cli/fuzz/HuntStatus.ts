/** What a progress bar shows: of the hunt while it lasts, then of making finds small. */
import { grouped } from '../../scenario/transcript.ts'
import type { Status } from '../Progress.ts'
import { printSpan } from '../wallTime.ts'
import { coverageOf } from './coverage.ts'
import type { HuntPlan } from './HuntReport.ts'
import { rate } from './report.ts'
import type { Tally } from './Tally.ts'

/** @param elapsed milliseconds. */
export function huntStatus({ quarry, runs, wallTime }: HuntPlan, tally: Tally, elapsed: number): Status {
  const share = runs === null ? Math.min(1, elapsed / (wallTime ?? 1)) : tally.seeds / runs
  const seconds = Math.max(elapsed, 1) / 1_000
  const left = share > 0 && share < 1 ? `, ${printSpan((elapsed / share) * (1 - share))} left` : ''
  const all = runs === null ? '' : ` of ${grouped(runs)}`
  const { seen, total } = coverageOf(tally, quarry)
  const details = [
    `${rate(tally.events / seconds)} events/s`,
    `${printSpan(tally.time / 1_000)} simulated`,
    `coverage ${seen}/${total}`,
    ...describeFinds(tally),
  ]
  return {
    share,
    done: `${grouped(tally.seeds)}${all} seeds, ${rate(tally.seeds / seconds)}/s${left}`,
    details: details.join(', '),
  }
}

/** Codes that are counted one by one; there may be many. */
const SHOWN = 4

function describeFinds({ finds }: Tally): string[] {
  if (finds.size === 0) return []
  const counts = new Map<string, number>()
  for (const { failure, count } of finds.values()) {
    counts.set(failure.code, (counts.get(failure.code) ?? 0) + count)
  }
  const shown = [...counts].slice(0, SHOWN).map(([code, count]) => `${code} ×${grouped(count)}`)
  return [`found ${finds.size}: ${shown.join(', ')}${counts.size > SHOWN ? ', …' : ''}`]
}
