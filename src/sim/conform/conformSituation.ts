import type { Cast } from '../../nodes/cast.ts'
import { releases } from '../../nodes/historic/releases.ts'
import { troupeOf, type Understudy } from '../../nodes/historic/Understudy.ts'
import { ideal } from '../../nodes/ideal.ts'
import type { Sid } from '../../nodes/zxid.ts'
import { childrenDiffer, differences, isAsInOther } from './compare.ts'
import { knownDefects } from './known.ts'
import { Player } from './Player.ts'
import type { Situation } from './Recording.ts'

/**
 * Plays recordings of elections and synchronisations of real ensembles on simulated ones, and compares.
 *
 * Where the course of a situation is a matter of timing, the recorded one must be among those that seeds give.
 */

export interface SituationOptions {
  /** How many seeds a situation is played with, from 1 on. */
  readonly seeds?: number
  /** No more seeds once one was equal. The counts are of the seeds played. */
  readonly untilEqual?: boolean
  /** Behaves as this release; null: as the newest, mended. */
  readonly asOf?: string | null
}

export interface Difference {
  /** From 1; null: of what was there in the end. */
  readonly phase: number | null
  readonly text: string
  readonly what: readonly string[]
}

export interface SituationResult {
  readonly type: 'situation'
  readonly place: string
  readonly situation: string
  readonly status: 'equal' | 'known' | 'differs'
  readonly seedsPlayed: number
  /** Of the seeds played. */
  readonly seedsEqual: number
  /** How many seeds gave the real ensemble's second run, where that was another one; null: there is none. */
  readonly seedsOther: number | null
  /** The first seed that was equal; otherwise the one that was for longest. */
  readonly seed: number | null
  /** Where that seed first differs. */
  readonly difference: Difference | null
  /** Why it is known to differ. */
  readonly reason: string | null
}

const DEFAULT_SEEDS = 64

/** Plays one situation; one that differs once more with each known defect. */
export function conformSituation(situation: Situation, options: SituationOptions = {}): SituationResult {
  const { seeds = DEFAULT_SEEDS, untilEqual = false, asOf = null } = options
  const played = playAll(situation, seeds, untilEqual, castAsOf(asOf))
  let reason: string | null = null
  if (played.seedsEqual === 0 && asOf === null) {
    const defect = knownDefects.find(
      ({ recast }) => playAll(situation, seeds, true, recast(ideal)).seedsEqual > 0,
    )
    reason = defect?.reason ?? null
  }
  return Object.freeze({
    type: 'situation',
    place: situation.place,
    situation: situation.name,
    status: played.seedsEqual > 0 ? 'equal' : reason === null ? 'differs' : 'known',
    ...played,
    reason,
  })
}

function castAsOf(release: string | null): Cast {
  return troupeOf(release === null ? [] : (releases.get(release) as readonly Understudy[])).cast
}

function playAll(
  situation: Situation,
  seeds: number,
  untilEqual: boolean,
  cast: Cast,
): Pick<SituationResult, 'seedsPlayed' | 'seedsEqual' | 'seedsOther' | 'seed' | 'difference'> {
  let best: Run | null = null
  let bestSeed: number | null = null
  let seedsPlayed = 0
  let seedsEqual = 0
  let seedsOther = 0
  for (let seed = 1; seed <= seeds; seed += 1) {
    const run = playOnce(situation, seed, cast)
    seedsPlayed += 1
    if (run.difference === null) seedsEqual += 1
    if (run.other) seedsOther += 1
    if (best === null || isCloser(run, best)) {
      best = run
      bestSeed = seed
    }
    if (untilEqual && seedsEqual > 0) break
  }
  return {
    seedsPlayed,
    seedsEqual,
    seedsOther: situation.other === null ? null : seedsOther,
    seed: bestSeed,
    difference: best?.difference ?? null,
  }
}

interface Run {
  /** Null: equal in everything. */
  readonly difference: Difference | null
  /** How many phases were equal. */
  readonly equalPhases: number
  readonly other: boolean
}

function isCloser(a: Run, b: Run): boolean {
  if (a.difference === null || b.difference === null) return a.difference === null && b.difference !== null
  if (a.equalPhases !== b.equalPhases) return a.equalPhases > b.equalPhases
  return a.difference.what.length < b.difference.what.length
}

/** As far as the run is equal to either recorded run. */
function playOnce(situation: Situation, seed: number, cast: Cast): Run {
  const player = new Player(situation, seed, cast)
  const { sids } = player.ensemble
  let other = situation.other !== null
  let difference: Difference | null = null
  let equalPhases = 0
  for (const [index, phase] of situation.phases.entries()) {
    const observed = player.play()
    if (difference === null) {
      const what = differences(phase, observed, sids)
      if (what.length === 0) equalPhases += 1
      else difference = Object.freeze({ phase: index + 1, text: phase.text, what: Object.freeze(what) })
    }
    const asOther = situation.other?.[index]
    other &&= asOther !== undefined && isAsInOther(asOther, observed)
    if (difference !== null && !other) return { difference, equalPhases, other }
  }
  return { difference: difference ?? inTheEnd(situation, player, sids), equalPhases, other }
}

function inTheEnd(situation: Situation, player: Player, sids: readonly Sid[]): Difference | null {
  const what: string[] = []
  for (const sid of sids) {
    const recorded = situation.finalChildren.get(sid)
    const text = recorded === undefined ? null : childrenDiffer(sid, recorded, player.children(sid))
    if (text !== null) what.push(text)
  }
  return what.length === 0
    ? null
    : Object.freeze({ phase: null, text: 'in the end', what: Object.freeze(what) })
}
