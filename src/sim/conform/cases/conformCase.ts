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

/** Plays cases, one after the other. */
export class CaseConformer {
  private readonly asOf: string | null
  private readonly modes: readonly Mode[]
  /** By who plays. Booted once. */
  private readonly servers = new Map<string, FreshServers>()
  /** What has been a reason, smaller sets first: mostly it is the same again. */
  private readonly reasons: (readonly Understudy[])[] = []

  constructor({ asOf = null, modes = allModes }: CaseOptions = {}) {
    this.asOf = asOf
    this.modes = modes
  }

  /** @returns null where the case has none of the modes asked for. */
  conform(recorded: RecordedCase): CaseResult | null {
    const played = this.modes.filter((mode) => recorded.courses.has(mode))
    if (played.length === 0) return null
    const results = played.map((mode) => this.conformMode(recorded, mode))
    return Object.freeze({
      type: 'case',
      place: recorded.place,
      name: recorded.name,
      status: worst(results),
      modes: Object.freeze(results),
    })
  }

  private conformMode(recorded: RecordedCase, mode: Mode): ModeResult {
    const { asOf } = this
    const difference = this.play(recorded, mode, asOf === null ? [] : understudiesOf(asOf))
    const reasons = difference === null || asOf !== null ? [] : this.reasonsFor(recorded, mode)
    const status = difference === null ? 'equal' : reasons.length > 0 ? 'known' : 'differs'
    return Object.freeze({ mode, status, difference, reasons: Object.freeze(reasons) })
  }

  /** The fewest understudies, as near as it can be found, with which a case is equal that differs without. */
  private reasonsFor(recorded: RecordedCase, mode: Mode): readonly string[] {
    const isEqual = (understudies: readonly Understudy[]) => this.play(recorded, mode, understudies) === null
    const known = this.reasons.find(isEqual)
    const all = known ?? understudiesOf(RECORDED)
    if (known === undefined && !isEqual(all)) return []
    let needed = all
    for (const understudy of all.length > 1 ? all : []) {
      const without = needed.filter((other) => other !== understudy)
      if (isEqual(without)) needed = without
    }
    if (known === undefined) {
      this.reasons.push(needed)
      this.reasons.sort((a, b) => a.length - b.length)
    }
    return needed.map(({ issue }) => issue)
  }

  private play(
    recorded: RecordedCase,
    mode: Mode,
    understudies: readonly Understudy[],
  ): CaseDifference | null {
    const names = understudies.map(({ issue }) => issue).join()
    let servers = this.servers.get(names)
    if (servers === undefined) this.servers.set(names, (servers = new FreshServers(understudies)))
    return playCase(recorded, mode, servers)
  }
}

/** Of a name that is among `releases`. */
function understudiesOf(release: string): readonly Understudy[] {
  return releases.get(release) as readonly Understudy[]
}

function worst(results: readonly ModeResult[]): CaseResult['status'] {
  if (results.some(({ status }) => status === 'differs')) return 'differs'
  return results.some(({ status }) => status === 'known') ? 'known' : 'equal'
}
