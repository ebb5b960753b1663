import type { Cast } from '../../nodes/cast.ts'
import { newLeader380 } from '../../nodes/historic/newLeader380.ts'
import { ideal } from '../../nodes/ideal.ts'
import type { Sid } from '../../nodes/zxid.ts'
import { childrenDiffer, differences, isAsInOther } from './compare.ts'
import { knownDefects } from './known.ts'
import { Player } from './Player.ts'
import { parseSituation, type Situation } from './Recording.ts'
import { RecordingError, readLine } from './reading.ts'

/**
 * Plays recordings of elections and synchronisations of real ensembles on simulated ones, and compares.
 *
 * Where the course of a situation is a matter of timing, the recorded one must be among those that seeds give.
 */

export interface RecordingFile {
  readonly name: string
  readonly text: string
}

export interface ConformOptions {
  /** How many seeds a situation is played with, from 1 on. */
  readonly seeds?: number
  /** No more seeds once one was equal. The counts are of the seeds played. */
  readonly untilEqual?: boolean
  /** With the defects of this release, as far as `newLeader380` has them. */
  readonly asOf?: '3.8.0' | null
  /** Hears of each situation when it is through. */
  readonly progress?: (result: ConformResult) => void
}

export type ConformStatus =
  | 'equal'
  /** Differs, and is equal with a defect of the recorded release put in: see `known.ts`. */
  | 'known'
  | 'differs'
  /** Not a recording of elections. */
  | 'skipped'

export interface Difference {
  /** From 1; null: of what was there in the end. */
  readonly phase: number | null
  readonly text: string
  readonly what: readonly string[]
}

export interface ConformResult {
  readonly place: string
  readonly situation: string
  readonly status: ConformStatus
  readonly seedsPlayed: number
  /** Of the seeds played. */
  readonly seedsEqual: number
  /** How many seeds gave the real ensemble's second run, where that was another one; null: there is none. */
  readonly seedsOther: number | null
  /** The first seed that was equal; otherwise the one that was for longest. */
  readonly seed: number | null
  /** Where that seed first differs. */
  readonly difference: Difference | null
  /** Why it is known to differ, or why it is skipped. */
  readonly reason: string | null
}

export interface ConformReport {
  readonly results: readonly ConformResult[]
  readonly errors: readonly string[]
  readonly count: Readonly<Record<ConformStatus, number>>
  /** Nothing differs but for a known reason, nothing was unreadable, and something was compared. */
  readonly conforms: boolean
}

const DEFAULT_SEEDS = 64

export function conform(files: readonly RecordingFile[], options: ConformOptions = {}): ConformReport {
  const results: ConformResult[] = []
  const errors: string[] = []
  for (const { name, text } of files) {
    text.split('\n').forEach((line, index) => {
      if (line.trim() === '') return
      try {
        const result = conformLine(line, `${name}:${index + 1}`, options)
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

function conformLine(line: string, place: string, options: ConformOptions): ConformResult {
  const top = readLine(line, place)
  if (!top.has('script')) return conformSituation(parseSituation(top, place), options)
  return Object.freeze({
    place,
    situation: nameOf(line),
    status: 'skipped',
    seedsPlayed: 0,
    seedsEqual: 0,
    seedsOther: null,
    seed: null,
    difference: null,
    reason: 'not a recording of elections; skipped here',
  })
}

function nameOf(line: string): string {
  const { name } = JSON.parse(line) as { readonly name?: unknown }
  return typeof name === 'string' ? name : '(no name)'
}

/** Plays one situation; one that differs once more with each known defect. */
export function conformSituation(situation: Situation, options: ConformOptions = {}): ConformResult {
  const { seeds = DEFAULT_SEEDS, untilEqual = false, asOf = null } = options
  const played = playAll(situation, seeds, untilEqual, asOf === '3.8.0' ? newLeader380(ideal) : ideal)
  let reason: string | null = null
  if (played.seedsEqual === 0 && asOf === null) {
    const defect = knownDefects.find(
      ({ recast }) => playAll(situation, seeds, true, recast(ideal)).seedsEqual > 0,
    )
    reason = defect?.reason ?? null
  }
  return Object.freeze({
    place: situation.place,
    situation: situation.name,
    status: played.seedsEqual > 0 ? 'equal' : reason === null ? 'differs' : 'known',
    ...played,
    reason,
  })
}

function playAll(
  situation: Situation,
  seeds: number,
  untilEqual: boolean,
  cast: Cast,
): Pick<ConformResult, 'seedsPlayed' | 'seedsEqual' | 'seedsOther' | 'seed' | 'difference'> {
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
