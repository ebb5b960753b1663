import { releases } from '../../nodes/historic/releases.ts'
import { CaseConformer, type CaseOptions, type CaseResult } from './cases/conformCase.ts'
import { parseCase } from './cases/parseCase.ts'
import { conformSituation, type SituationOptions, type SituationResult } from './conformSituation.ts'
import { parseSituation } from './Recording.ts'
import { RecordingError, readLine } from './reading.ts'

/**
 * Plays recordings of real servers and ensembles on simulated ones, and compares: cases of what clients did, and
 * situations of elections and synchronisations.
 */

export interface RecordingFile {
  readonly name: string
  readonly text: string
}

export interface ConformOptions extends SituationOptions, CaseOptions {
  /** Only what is named so, or begins so where the name ends with `*`. */
  readonly only?: readonly string[]
  /** Hears of each case and situation when it is through. */
  readonly progress?: (result: ConformResult) => void
}

export interface SkippedResult {
  readonly type: 'skipped'
  readonly place: string
  readonly name: string
  readonly status: 'skipped'
  readonly reason: string
}

export type ConformResult = SituationResult | CaseResult | SkippedResult

export type ConformStatus =
  | 'equal'
  /** Differs, and is equal with a known behaviour of the recorded release put in. */
  | 'known'
  | 'differs'
  /** Not asked for. */
  | 'skipped'

export interface ConformReport {
  readonly results: readonly ConformResult[]
  readonly errors: readonly string[]
  readonly count: Readonly<Record<ConformStatus, number>>
  /** Nothing differs but for a known reason, nothing was unreadable, and something was compared. */
  readonly conforms: boolean
}

/** @throws RangeError where `asOf` names no release. */
export function conform(files: readonly RecordingFile[], options: ConformOptions = {}): ConformReport {
  checkRelease(options.asOf ?? null)
  const cases = new CaseConformer(options)
  const results: ConformResult[] = []
  const errors: string[] = []
  for (const { name, text } of files) {
    text.split('\n').forEach((line, index) => {
      if (line.trim() === '') return
      try {
        const result = conformLine(line, `${name}:${index + 1}`, options, cases)
        results.push(result)
        options.progress?.(result)
      } catch (error) {
        if (!(error instanceof RecordingError)) throw error
        errors.push(error.message)
      }
    })
  }
  const count = { equal: 0, known: 0, differs: 0, skipped: 0 }
  for (const { status } of results) count[status] += 1
  const compared = count.equal + count.known
  return Object.freeze({
    results: Object.freeze(results),
    errors: Object.freeze(errors),
    count: Object.freeze(count),
    conforms: compared > 0 && count.differs === 0 && errors.length === 0,
  })
}

function conformLine(
  line: string,
  place: string,
  options: ConformOptions,
  cases: CaseConformer,
): ConformResult {
  const top = readLine(line, place)
  const isCase = top.mentions('script')
  if (!isCase && !top.mentions('ensemble')) top.field('script')
  const name = top.field(isCase ? 'name' : 'situation').string()
  if (!isNamed(name, options.only)) return skipped(place, name, 'not asked for')
  if (!isCase) return conformSituation(parseSituation(top, place), options)
  return cases.conform(parseCase(top, place)) ?? skipped(place, name, 'not recorded in that mode')
}

function isNamed(name: string, only: readonly string[] | undefined): boolean {
  if (only === undefined) return true
  return only.some((asked) => (asked.endsWith('*') ? name.startsWith(asked.slice(0, -1)) : name === asked))
}

function skipped(place: string, name: string, reason: string): SkippedResult {
  return Object.freeze({ type: 'skipped', place, name, status: 'skipped', reason })
}

function checkRelease(asOf: string | null): void {
  if (asOf === null || releases.has(asOf)) return
  throw new RangeError(`there is no release ${asOf} to behave as, only ${[...releases.keys()].join(', ')}`)
}
