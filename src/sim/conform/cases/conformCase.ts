import { releases } from '../../../nodes/historic/releases.ts'
import type { Understudy } from '../../../nodes/historic/Understudy.ts'
import { RECORDED } from '../known.ts'
import { modes as allModes, type Mode, type RecordedCase } from './Case.ts'
import { type CaseDifference, playCase } from './playCase.ts'
import { FreshServers } from './servers.ts'

export interface CaseOptions {
  /** Behaves as this release; null: as the newest, mended. */
  readonly asOf?: string | null
  /** The modes to play; all that a case names unless said. */
  readonly modes?: readonly Mode[]
}

export interface CaseResult {
  readonly type: 'case'
  readonly place: string
  readonly name: string
  readonly status: 'equal' | 'known' | 'differs'
  readonly modes: readonly ModeResult[]
}

export interface ModeResult {
  readonly mode: Mode
  readonly status: 'equal' | 'known' | 'differs'
  /** The first. */
  readonly difference: CaseDifference | null
  /** Without any of these ways of the recorded release it differs: with all of them it is equal. */
  readonly reasons: readonly string[]
}

/** @returns null where the case has none of the modes asked for. */
export function conformCase(recorded: RecordedCase, options: CaseOptions = {}): CaseResult | null {
  const { asOf = null, modes = allModes } = options
  const played = modes.filter((mode) => recorded.courses.has(mode))
  if (played.length === 0) return null
  const results = played.map((mode) => conformMode(recorded, mode, asOf))
  return Object.freeze({
    type: 'case',
    place: recorded.place,
    name: recorded.name,
    status: worst(results),
    modes: Object.freeze(results),
  })
}

function conformMode(recorded: RecordedCase, mode: Mode, asOf: string | null): ModeResult {
  const difference = playCase(recorded, mode, serversWith(asOf === null ? [] : understudiesOf(asOf)))
  const reasons = difference === null || asOf !== null ? [] : reasonsFor(recorded, mode)
  const status = difference === null ? 'equal' : reasons.length > 0 ? 'known' : 'differs'
  return Object.freeze({ mode, status, difference, reasons: Object.freeze(reasons) })
}

/** The fewest understudies, as near as it can be found, with which a case is equal that differs without. */
function reasonsFor(recorded: RecordedCase, mode: Mode): readonly string[] {
  const all = understudiesOf(RECORDED)
  const isEqual = (cast: readonly Understudy[]) => playCase(recorded, mode, serversWith(cast)) === null
  if (!isEqual(all)) return []
  const alone = all.find((understudy) => isEqual([understudy]))
  if (alone !== undefined) return [alone.issue]
  let needed = all
  for (const understudy of all) {
    const without = needed.filter((other) => other !== understudy)
    if (isEqual(without)) needed = without
  }
  return needed.map(({ issue }) => issue)
}

function understudiesOf(release: string): readonly Understudy[] {
  return releases.get(release) as readonly Understudy[]
}

/** By who plays. Booted once. */
const servers = new Map<string, FreshServers>()

function serversWith(understudies: readonly Understudy[]): FreshServers {
  const names = understudies.map(({ issue }) => issue).join()
  let found = servers.get(names)
  if (found === undefined) servers.set(names, (found = new FreshServers(understudies)))
  return found
}

function worst(results: readonly ModeResult[]): CaseResult['status'] {
  if (results.some(({ status }) => status === 'differs')) return 'differs'
  return results.some(({ status }) => status === 'known') ? 'known' : 'equal'
}
