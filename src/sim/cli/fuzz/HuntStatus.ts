/** What a progress bar shows: of the hunt while it lasts, then of making finds small. */
import { grouped } from '../../scenario/transcript.ts'
import { coverageOf } from './coverage.ts'
import type { HuntPlan } from './HuntReport.ts'
import type { Status } from './Progress.ts'
import { rate } from './report.ts'
import type { Tally } from './Tally.ts'
import { printSpan } from './wallTime.ts'

/** @param elapsed milliseconds. */
export function huntStatus({ runs, wallTime }: HuntPlan, tally: Tally, elapsed: number): Status {
  const share = runs === null ? Math.min(1, elapsed / (wallTime ?? 1)) : tally.seeds / runs
  const seconds = Math.max(elapsed, 1) / 1_000
  const left = share > 0 && share < 1 ? `, ${printSpan((elapsed / share) * (1 - share))} left` : ''
  const all = runs === null ? '' : ` of ${grouped(runs)}`
  const details = [
    `${rate(tally.events / seconds)} events/s`,
    `${printSpan(tally.time / 1_000)} simulated`,
    ...describeSeen(tally),
    ...describeFinds(tally),
  ]
  return {
    share,
    done: `${grouped(tally.seeds)}${all} seeds, ${rate(tally.seeds / seconds)}/s${left}`,
    details: details.join(', '),
  }
}

function describeSeen(tally: Tally): string[] {
  const { seen, total } = coverageOf(tally)
  return total === 0 ? [] : [`coverage ${seen}/${total}`]
}

/** Finds that are counted one by one; there may be many. */
const SHOWN = 4

function describeFinds({ finds }: Tally): string[] {
  if (finds.size === 0) return []
  const counts = [...finds.values()].slice(0, SHOWN).map(({ failure, count }) => `${failure.code} ×${count}`)
  const more = finds.size > SHOWN ? ', …' : ''
  return [`found ${finds.size}: ${counts.join(', ')}${more}`]
}
