import type { CaseResult, ModeResult } from './cases/conformCase.ts'
import type { ConformReport, ConformResult } from './conform.ts'
import type { SituationResult } from './conformSituation.ts'

/** A line for each case and situation, its first difference below it, and a line of counts. */
export function describeReport(report: ConformReport): string[] {
  const width = report.results.reduce((most, result) => Math.max(most, nameOf(result).length), 0)
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
  const name = nameOf(result).padEnd(width)
  switch (result.type) {
    case 'skipped':
      return [`skipped  ${name}  ${result.reason}`]
    case 'case':
      return describeCase(result, name)
    case 'situation':
      return describeSituation(result, name)
  }
}

function nameOf(result: ConformResult): string {
  return result.type === 'situation' ? result.situation : result.name
}

function describeCase({ place, modes, status }: CaseResult, name: string): string[] {
  const played = modes.map(({ mode }) => mode).join(' ')
  if (status === 'equal') return [`equal    ${name}  ${played}`]
  return [
    `${status.padEnd(7)}  ${name}  ${played}  (${place})`,
    ...modes.flatMap((mode) => describeMode(mode)),
  ]
}

function describeMode({ mode, difference, reasons }: ModeResult): string[] {
  if (difference === null) return []
  const { step, text, what } = difference
  const where = step === null ? text : `script[${step}] ${text}`
  const known = reasons.length === 0 ? '' : ` (known: ${reasons.join(', ')})`
  return [`  ${mode}: ${where}${known}`, ...what.map((line) => `    ${line}`)]
}

function describeSituation(result: SituationResult, name: string): string[] {
  const { status, seed, seedsEqual, seedsPlayed, seedsOther, difference, reason } = result
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
