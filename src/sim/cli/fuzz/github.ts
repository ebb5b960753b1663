/**
 * What a hunt tells GitHub Actions: annotations, and a summary of the job.
 *
 * Its own library for this, @actions/core, brings an HTTP client along for what these lines do without one. The format:
 * docs.github.com, Workflow commands for GitHub Actions.
 */
import { grouped, printSeconds } from '../../scenario/transcript.ts'
import type { Io } from '../io.ts'
import { whyNotWritten } from '../io.ts'
import { visible } from '../layout.ts'
import { describeMisses } from './coverage.ts'
import { type HuntReport, type Reported, rangeOf, seedAgain } from './HuntReport.ts'

export function tellGithub(report: HuntReport, io: Io): void {
  if (io.env.GITHUB_ACTIONS !== 'true') return
  // The runner reads commands from either stream, and stdout may be JSON.
  for (const line of annotations(report)) io.err(`${line}\n`)
  const summary = io.env.GITHUB_STEP_SUMMARY ?? ''
  if (summary === '') return
  try {
    io.appendFile(summary, jobSummary(report))
  } catch (error) {
    io.err(`zksim: the summary of the job cannot be written: ${whyNotWritten(error)}\n`)
  }
}

type Level = 'error' | 'warning' | 'notice'

function annotations(report: HuntReport): string[] {
  const { finds, tally, coverage, coverageCounts } = report
  const lines = finds.map((one) => {
    const { failure, verdict, seed, count } = one.find
    const level: Level = verdict === 'unknown' ? 'warning' : 'error'
    const where = `seed ${seed}${count === 1 ? '' : ` and ${count - 1} more`}`
    return annotation(level, `${failure.name} (${failure.code})`, `${failure.what}\n${where}\n${one.again}`)
  })
  const { divergence } = tally
  if (divergence !== null) {
    lines.push(
      annotation('error', `seed ${divergence.seed} is not the same twice`, divergence.divergence ?? ''),
    )
  }
  const missed = describeMisses(coverage)
  if (coverageCounts && missed.length > 0) lines.push(annotation('error', 'MISS', missed.join('\n')))
  if (lines.length === 0) lines.push(annotation('notice', 'zksim fuzz', inOneLine(report)))
  return lines
}

function annotation(level: Level, title: string, message: string): string {
  const data = (text: string): string =>
    text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A')
  const property = data(title).replaceAll(':', '%3A').replaceAll(',', '%2C')
  return `::${level} title=${property}::${data(message)}`
}

function inOneLine(report: HuntReport): string {
  const { tally } = report
  const { seen, total } = report.coverage
  return `${grouped(tally.of('held'))} of ${grouped(tally.seeds)} seeds held (${rangeOf(report) ?? 'none'}), coverage ${seen} of ${total}`
}

/** In Markdown. */
function jobSummary(report: HuntReport): string {
  const { plan, finds, tally, coverage, coverageCounts } = report
  const lines = [
    `## zksim fuzz, profile ${plan.quarry.profile}: ${report.finding}`,
    '',
    `${inOneLine(report)}. ${grouped(tally.events)} events, ${printSeconds(tally.time)} of virtual time, hash \`${tally.hash}\`.`,
    '',
  ]
  if (finds.length > 0) {
    lines.push('| promise | what contradicts | seeds | to see it |', '| --- | --- | --- | --- |')
    lines.push(...finds.map(row), '')
  }
  if (tally.divergence !== null) {
    const again = seedAgain(tally.divergence.seed, plan.quarry, ' --recheck 1')
    lines.push(`Seed ${tally.divergence.seed} is not the same twice: \`${again}\``, '')
  }
  const missed = describeMisses(coverage)
  if (missed.length > 0) {
    lines.push(`<details${coverageCounts ? ' open' : ''}><summary>MISS: ${missed.length}</summary>`, '')
    lines.push(...missed.map((text) => `- ${cell(text)}`), '', '</details>', '')
  }
  return `${lines.join('\n')}\n`
}

function row({ find, again }: Reported): string {
  const { failure, seed, count } = find
  const seeds = count === 1 ? `${seed}` : `${seed} and ${grouped(count - 1)} more`
  return `| ${cell(`${failure.name} (${failure.code})`)} | ${cell(failure.what)} | ${seeds} | \`${again.replaceAll('|', '\\|')}\` |`
}

/** Text that Markdown leaves as it is. */
function cell(text: string): string {
  return visible(text).replace(/[\\`*_{}[\]<>#|~&]/g, (mark) => `\\${mark}`)
}
