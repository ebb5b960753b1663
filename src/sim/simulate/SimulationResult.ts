import type { Violation } from '../../invariants/invariant.ts'
import type { Ensemble } from '../ensemble.ts'
import type { Verdict } from '../scenario/run.ts'
import { grouped, printSeconds, type TranscriptLine } from '../scenario/transcript.ts'
import type { ProgramState } from './Program.ts'

export interface ProgramResult {
  readonly name: string
  readonly state: ProgramState
  /** What it threw; null where it did not. */
  readonly error: unknown
  /** What it still waits for, and from where. */
  readonly waitsFor: readonly { readonly what: string; readonly place: string | null }[]
}

/** How a simulation ended. */
export interface SimulationResult<T> {
  /**
   * `held`: the programs ended, and every invariant held. `broken`: an invariant did not. `failed`: a program threw, or used
   * what makes it another each time. `unknown`: it did not end.
   */
  readonly verdict: Verdict
  /** Why, unless it held. */
  readonly reason: string | null
  /** What a program threw, if that ended the run. */
  readonly error: unknown
  /** What the first program returned. */
  readonly value: T | undefined
  readonly violations: readonly Violation[]
  readonly programs: readonly ProgramResult[]
  readonly seed: string
  readonly events: number
  /** Virtual microseconds. */
  readonly time: number
  /** Of every event, and of what programs asked and were answered. */
  readonly hash: string
  readonly transcript: readonly TranscriptLine[]
  /** The line to paste that shows it again. */
  readonly replay: string
  /** As the run left it. */
  readonly ensemble: Ensemble
  /** @throws SimulationFailed unless the run held. @returns the result, to go on with */
  orThrow(): SimulationResult<T>
}

/** A run that did not hold, as an error for test runners; `cause` is what the program threw. */
export class SimulationFailed extends Error {
  override readonly name = 'SimulationFailed'
  readonly result: SimulationResult<unknown>

  constructor(result: SimulationResult<unknown>) {
    super(printSimulation(result), result.error === null ? {} : { cause: result.error })
    this.result = result
  }
}

const titles = Object.freeze({
  held: 'held: every program ended, every invariant held',
  broken: 'broken: an invariant does not hold',
  failed: 'failed: a program did not go through',
  unknown: 'unknown: the run could not go on',
} as const)

/** In words: what was found, where, and what to paste to see it again. */
export function printSimulation(result: SimulationResult<unknown>): string {
  const lines: string[] = [titles[result.verdict]]
  if (result.reason !== null) lines.push(`  ${result.reason}`)
  for (const { name, waitsFor } of result.programs) {
    for (const { what, place } of waitsFor)
      lines.push(`    ${name} waits for ${what}${place === null ? '' : `, ${place}`}`)
  }
  for (const { code, name, says, event, what } of result.violations) {
    lines.push(`  ${code} ${name} broken at event ${grouped(event)}: ${what}`, `    it says: ${says}`)
  }
  lines.push(
    `  seed=${result.seed} events=${grouped(result.events)} time=${printSeconds(result.time)} hash=${result.hash}`,
    `  again: ${result.replay}`,
  )
  return lines.join('\n')
}
