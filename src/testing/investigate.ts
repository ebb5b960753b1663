/** What there is to say of a run that did not hold: whether it is the same again, and how little it takes to fail so. */
import { shapeOf } from '../sim/fuzz/Failure.ts'
import { ddmin } from '../sim/fuzz/shrink/ddmin.ts'
import { printSeconds, type TranscriptLine } from '../sim/scenario/transcript.ts'
import type { SimulatedProgram } from '../sim/simulate/Environment.ts'
import type { SimulationResult } from '../sim/simulate/SimulationResult.ts'
import { type Attempt, attempt, type Setting } from './attempt.ts'
import { HEALED } from './drawTrouble.ts'

export interface Finding {
  /** The run that failed first. */
  readonly first: Attempt
  /** The one with the fewest steps of trouble that fails in the same way. */
  readonly least: Attempt
  /** Where a second run parted from the first; null where it was the same. */
  readonly parted: string | null
  /** How many runs it took. */
  readonly runs: number
}

export interface Bounds {
  /** At most so many runs. */
  readonly runs: number
  /** At most so many events in all of them. */
  readonly events: number
}

/** A second or two. */
export const usualBounds: Bounds = Object.freeze({ runs: 100, events: 150_000 })

/** @param over asked before every run: whether there is no time left. */
export async function investigate(
  first: Attempt,
  setting: Setting,
  program: SimulatedProgram<unknown>,
  {
    bounds = usualBounds,
    over = () => false,
  }: { readonly bounds?: Bounds; readonly over?: () => boolean } = {},
): Promise<Finding> {
  const second = await attempt(setting, program)
  const parted = whereParted(first.result, second.result)
  if (parted !== null) return Object.freeze({ first, least: first, parted, runs: 1 })
  const failure = fingerprintOf(first.result)
  let least = first
  let runs = 1
  let events = first.result.events
  const [steps, healing] = apart(first.played)
  const search = ddmin(steps, (kept) => [...kept, ...healing])
  for (let step = search.next(); step.done !== true; ) {
    if (runs >= bounds.runs || events >= bounds.events || over()) break
    const found = await attempt({ ...setting, trouble: step.value }, program)
    runs += 1
    events += found.result.events
    const same = fingerprintOf(found.result) === failure
    if (same) least = found
    step = search.next(same)
  }
  return Object.freeze({ first, least, parted: null, runs })
}

/** What is healed in the end stays: nobody can demand that anything goes on where nothing is. */
function apart(played: readonly string[]): readonly [steps: readonly string[], healing: readonly string[]] {
  const isHealed = played.at(-1) === HEALED
  return isHealed ? [played.slice(0, -1), [HEALED]] : [played, []]
}

/** The same for runs that failed in the same way, whatever the names and numbers. */
export function fingerprintOf({ verdict, reason }: SimulationResult<unknown>): string {
  return `${verdict}: ${shapeOf(reason ?? '')}`
}

/** Null where two runs were the same. */
export function whereParted(a: SimulationResult<unknown>, b: SimulationResult<unknown>): string | null {
  if (a.hash === b.hash && a.verdict === b.verdict) return null
  const at = a.transcript.findIndex((line, i) => print(line) !== print(b.transcript[i]))
  const [one, other] = [a.transcript[at], b.transcript[at]]
  if (at === -1 && b.transcript.length === a.transcript.length)
    return 'nothing that is told differs; something between did'
  return `one:   ${print(one)}\nother: ${print(other ?? b.transcript[a.transcript.length])}`
}

function print(line: TranscriptLine | undefined): string {
  if (line === undefined) return '(the run is over)'
  const { time, event, who, what } = line
  return `${printSeconds(time)} #${event} ${who === '' ? '' : `${who} `}${what}`
}
