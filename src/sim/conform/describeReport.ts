import type { ConformReport, ConformResult } from './conform.ts'

/** A line for each situation, its first difference below it, and a line of counts. */
export function describeReport(report: ConformReport): string[] {
  const width = report.results.reduce((most, { situation }) => Math.max(most, situation.length), 0)
  const lines = report.results.flatMap((result) => describeResult(result, width))
  lines.push(...report.errors)
  const { equal, known, differs, skipped } = report.count
  const parts = [
    `${equal} equal`,
    `${known} differ for a known reason`,
    `${differs} differ`,
    `${skipped} skipped`,
  ]
  if (report.errors.length > 0) parts.push(`${report.errors.length} unreadable`)
  lines.push(parts.join(', '))
  return lines
}

export function describeResult(result: ConformResult, width = 0): string[] {
  const { situation, status, seed, seedsEqual, seedsPlayed, seedsOther, difference, reason } = result
  const name = situation.padEnd(width)
  if (status === 'skipped') return [`skipped  ${name}  ${reason}`]
  const other = seedsOther === null ? '' : `, the second recorded run by ${seedsOther}`
  if (status === 'equal') {
    return [`equal    ${name}  seed ${seed} (${seedsEqual} of ${seedsPlayed} seeds${other})`]
  }
  const known = reason === null ? '' : ` (known: ${reason})`
  const lines = [
    `differs  ${name}  with all of ${seedsPlayed} seeds${other}; closest is seed ${seed}${known}`,
  ]
  if (difference === null) return lines
  const where = difference.phase === null ? difference.text : `phase ${difference.phase}, ${difference.text}`
  lines.push(`  ${where}:`, ...difference.what.map((what) => `    ${what}`))
  return lines
}
