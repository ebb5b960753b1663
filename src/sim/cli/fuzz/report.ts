/** A hunt in words: what is hunted, what was found, and one last line that nobody can miss. */
import { findInvariant } from '../../../invariants/index.ts'
import type { Profile } from '../../fuzz/Profile.ts'
import type { Stuck } from '../../scenario/run.ts'
import { grouped } from '../../scenario/transcript.ts'
import { fit, keyValues, type Style, table, visible } from '../layout.ts'
import { type Finding, title } from '../verdict.ts'
import { printSpan } from '../wallTime.ts'
import { type CoverageReport, describeMisses } from './coverage.ts'
import type { HuntEnd } from './Hunt.ts'
import { type HuntPlan, type HuntReport, type Reported, rangeOf, seedAgain } from './HuntReport.ts'
import type { Small } from './shrinking.ts'
import type { Find } from './Tally.ts'

type Pair = readonly [name: string, value: string]

export function describePlan(plan: HuntPlan, { means }: Profile, jobs: number, style: Style): string {
  const { quarry, first, runs, wallTime, recheck } = plan
  const { profile, release, bugs } = quarry
  const drawn = first.drawn ? ', drawn now' : ''
  const from = first.commit === null ? drawn : `, made of commit ${first.commit}`
  const extent = runs === null ? `as many as ${printSpan(wallTime ?? 0)} allow` : grouped(runs)
  const where = jobs === 0 ? 'in this process' : `${jobs} ${jobs === 1 ? 'job' : 'jobs'}`
  const pairs: Pair[] = [
    ['seeds', `${extent}, from ${first.seed} on${from}; ${where}`],
    ['profile', `${profile}: ${means}`],
  ]
  if (release !== null) pairs.push(['as of', release])
  if (bugs.length > 0) pairs.push(['with', bugs.join(', ')])
  if (recheck > 0 && runs !== 1)
    pairs.push(['twice', `seeds that ${recheck} divides, to see whether they are the same`])
  return keyValues(pairs, style)
}

/** The width of most verdicts. */
const WORD = 7

/** A find in one line, when it turns up. */
export function describeFind({ failure, verdict, seed }: Find, style: Style): string {
  const text = visible(`seed ${seed}  ${failure.name} (${failure.code}): ${failure.what}`)
  const room = style.width - WORD - 3
  const short = text.length <= room ? text : `${text.slice(0, room - 1)}…`
  return `${title(verdict, style.colours, WORD)}  ${short}`
}

/** A find with all that is known of it, down to what is to be pasted. */
export function describeReported({ find, small, notShrunk, files, again }: Reported, style: Style): string {
  const { failure, verdict, seed, count, seeds } = find
  const { code, name, what, stuck, event } = failure
  const invariant = findInvariant(code)
  const others = count === 1 ? '' : `; so do ${grouped(count - 1)} more: ${seeds.slice(1).join(' ')}`
  const pairs: Pair[] = []
  if (invariant !== undefined) pairs.push(['must hold', invariant.says])
  pairs.push([invariant === undefined ? 'what' : 'but', visible(what)])
  pairs.push([
    'seed',
    `${seed}${event > 0 ? `, event ${grouped(event)}` : ''}${others}${count > seeds.length ? ' …' : ''}`,
  ])
  if (small !== null) pairs.push(['shrunk', describeSmall(small)])
  else if (notShrunk !== null) pairs.push(['shrunk', `not: ${notShrunk}`])
  if (files.scenario !== null) pairs.push(['scenario', visible(files.scenario)])
  if (files.original !== null) pairs.push(['original', visible(files.original)])
  if (files.test !== null) pairs.push(['test', visible(files.test)])
  const inner = { ...style, width: style.width - INDENT.length }
  const parts = [
    `${title(verdict, style.colours)}  ${fit(`${visible(name)} (${code})`, style.width)}`,
    indented(keyValues(pairs, inner)),
  ]
  if (stuck !== null) parts.push(indented(describeStuck(stuck, inner)))
  // What is to be pasted may be as long as it has to be.
  parts.push(`${INDENT}To see it again:\n${INDENT}  ${again}`)
  return parts.join('\n')
}

const INDENT = '  '

function indented(text: string): string {
  return text.replace(/^/gm, INDENT)
}

function describeStuck({ peers }: Stuck, style: Style): string {
  const rows = peers.map(({ sid, state, waitingFor }) => [`${sid}`, state, waitingFor])
  return table(['peer', 'state', 'waits for'], rows, style)
}

const shrinkEnds = Object.freeze({ smallest: '', bound: ', up to the bound', interrupted: ', interrupted' })

function describeSmall({ steps, events, trials, ended, failsWith }: Small): string {
  const parts = [
    `from ${steps.before} steps to ${steps.after}, from ${grouped(events.before)} events to ${grouped(events.after)}`,
    `${grouped(trials)} runs${shrinkEnds[ended ?? 'interrupted']}`,
  ]
  if (failsWith !== null) parts.push(`fails with ${failsWith.length} of the seeds 1 to 20`)
  return parts.join('; ')
}

const counted: readonly (readonly [Finding, string])[] = [
  ['held', 'held'],
  ['broken', 'broken'],
  ['failed', 'failed'],
  ['unknown', 'unknown'],
  ['notDeterministic', 'not the same twice'],
]

const ends: Readonly<Record<HuntEnd, string>> = Object.freeze({
  runs: '',
  time: '; the time was up',
  interrupted: '; interrupted',
  firstFailure: '; ended with the first that failed, as asked',
  notDeterministic: '; ended, since nothing that follows could be relied upon',
})

export function describeSummary(report: HuntReport, style: Style): string {
  const { tally, end, coverage, coverageCounts } = report
  const { colours } = style
  const counts = counted
    .filter(([finding]) => tally.of(finding) > 0)
    .map(([finding, word]) => `${grouped(tally.of(finding))} ${word}`)
  const same = tally.divergence === null ? ', the same' : ''
  if (tally.twice > 0) counts.push(`${grouped(tally.twice)} played twice${same}`)
  const pairs: Pair[] = [
    [
      'seeds',
      `${rangeOf(report) ?? 'none'}: ${counts.join(', ') || 'none was played to an end'}${ends[end]}`,
    ],
    ['simulated', `${printSpan(tally.time / 1_000)} in ${grouped(tally.events)} events`],
    ['speed', describeSpeed(report)],
  ]
  if (tally.seeds > 0) pairs.push(['coverage', describeSeen(coverage)])
  const lines = [keyValues(pairs, style)]
  if (coverageCounts) lines.push(...describeMisses(coverage).map((text) => colours.red(`MISS  ${text}`)))
  else if (tally.seeds > 0) lines.push(...notCounted(report, style))
  return lines.join('\n')
}

function describeSeen({ seen, total, rarest }: CoverageReport): string {
  const names = rarest.map(({ name, hits }) => `${name} (${grouped(hits)})`)
  const least = names.length === 0 ? '' : `; the rarest: ${names.join(', ')}`
  return `${seen} of ${total} properties seen${least}`
}

/** Where it is no failure that something was not seen. */
function notCounted({ coverage: { never, untested } }: HuntReport, { colours, width }: Style): string[] {
  const parts: string[] = []
  if (never.length > 0) parts.push(`${never.length} properties that no run had`)
  if (untested.length > 0) parts.push(`${untested.length} invariants that none put to the test`)
  const text = `--expect-coverage names ${parts.join(', and ')}`
  return parts.length === 0 ? [] : fit(text, width).split('\n').map(colours.dim)
}

/** By the clock, and by what processors spent, which says the same on a machine that has other things to do. */
function describeSpeed({ tally, wall }: HuntReport): string {
  const { hunting, cpu, shrinking } = wall
  const speed = (millis: number): string => {
    const seconds = Math.max(millis, 1) / 1_000
    return `${rate(tally.seeds / seconds)} seeds/s and ${rate(tally.events / seconds)} events/s`
  }
  const all = hunting + shrinking
  const share = Math.round((100 * shrinking) / Math.max(1, all))
  const shrunk = shrinking === 0 ? '' : `; shrinking took ${share} % of ${printSpan(all)}`
  return `${speed(hunting)}; of a core ${speed(cpu)}${shrunk}`
}

/** `1.2 M`, `945`, `9.5`. */
export function rate(perSecond: number): string {
  if (perSecond >= 999_500) return `${(perSecond / 1_000_000).toFixed(2)} M`
  return perSecond >= 100 ? grouped(Math.round(perSecond)) : perSecond.toFixed(1)
}

export function describeDivergence({ tally, plan }: HuntReport, style: Style): string {
  const { divergence } = tally
  if (divergence === null) return ''
  const text = `seed ${divergence.seed}, played twice, gave two different runs, so nothing of this hunt can be relied upon.\n${divergence.divergence}`
  const again = seedAgain(divergence.seed, plan.quarry, ' --recheck 1')
  return `${title('notDeterministic', style.colours)}  ${fit(visibleLines(text), style.width)}\n${INDENT}To play it twice again:\n${INDENT}  ${again}`
}

function visibleLines(text: string): string {
  return text.split('\n').map(visible).join('\n')
}

/** The last line. */
export function describeEnd(report: HuntReport, { colours }: Style): string {
  const { tally, finding, plan } = report
  const range = rangeOf(report)?.replace(' to ', '..') ?? 'none'
  return `${title(finding, colours)}  ${plan.quarry.profile}  seeds=${range} events=${grouped(tally.events)} hash=${tally.hash}`
}
