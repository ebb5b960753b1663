/** Why a trial did not hold, and what makes two failures the same. */
import type { Outcome, Stuck } from '../scenario/run.ts'

export interface Failure {
  /** The same for failures of one cause, as far as that can be told: the code, and the shape of what contradicts. */
  readonly fingerprint: string
  /** Of the invariant; `stuck`, `expectation`, `endless` or `defect` where it was none. */
  readonly code: string
  readonly name: string
  /** In one line. */
  readonly what: string
  /** The event that showed it. */
  readonly event: number
  readonly stuck: Stuck | null
}

/** Null where it held. */
export function failureOf(outcome: Outcome): Failure | null {
  const { verdict, brokenBy, reason, events, stuck, at } = outcome
  if (verdict === 'held') return null
  if (verdict === 'broken' && brokenBy !== null) {
    const { code, name, what, event } = brokenBy
    return failure(code, name, what, event, stuck)
  }
  const why = reason ?? verdict
  if (verdict === 'failed') return failure('expectation', at?.step ?? 'an expectation', why, events, stuck)
  if (outcome.tooLong) return failure('endless', 'TooManyEvents', why, events, stuck)
  return failure('stuck', at?.step ?? 'a step', why, events, stuck)
}

/** An error that left the simulation: no verdict about ZooKeeper, but one about zksim. */
export function defectOf(error: unknown, event: number): Failure {
  const message = error instanceof Error ? error.message : String(error)
  return failure('defect', 'DefectOfZksim', message, event, null)
}

function failure(code: string, name: string, what: string, event: number, stuck: Stuck | null): Failure {
  return Object.freeze({ fingerprint: fingerprintOf(code, name, what), code, name, what, event, stuck })
}

/** Two failures whose texts differ in names and numbers only have one shape. */
function fingerprintOf(code: string, name: string, what: string): string {
  return `${code} ${name}: ${shapeOf(what)}`
}

export function shapeOf(what: string): string {
  return what
    .replace(/"(?:[^"\\]|\\.)*"/g, '"…"')
    .replace(/0x[0-9a-f]+/g, '#')
    .replace(/(^|[\s(=])\/[^\s,;:)]*/g, '$1/…')
    .replace(/\b[a-z]+[0-9]+\b/g, '@')
    .replace(/[0-9]+(?:[:.][0-9]+)*/g, '#')
    .replace(/#(?:(?:, | and |…)#)+/g, '#s')
}
