/** A program under many seeds, one after the other, up to the first that fails. */

import { blame } from '../sim/simulate/callSite.ts'
import type { SimulatedProgram } from '../sim/simulate/Environment.ts'
import type { SimulationResult } from '../sim/simulate/SimulationResult.ts'
import { attempt } from '../testing/attempt.ts'
import { type Finding, investigate, whereParted } from '../testing/investigate.ts'
import { NotDeterministic } from '../testing/NotDeterministic.ts'
import { type SettingOptions, settingOf } from '../testing/settingOf.ts'
import { TestFailure } from '../testing/TestFailure.ts'
import { printSeedFailed } from './report.ts'
import type { Seeds } from './Seeds.ts'

/** Of the test that runs. */
export interface Course {
  readonly seeds: Seeds
  /** The line that runs one seed of it again. */
  readonly again: (seed: number) => string
  /** It timed out, or the run was cancelled. */
  readonly signal: AbortSignal
}

/** A seed under which a program did not hold. `cause` is what the program threw. */
export class SeedFailed extends TestFailure {
  override readonly name = 'SeedFailed'
  readonly seed: number
  readonly finding: Finding
  readonly result: SimulationResult<unknown>

  constructor(seed: number, finding: Finding, text: string) {
    const { result } = finding.first
    super(text, result.error === null ? {} : { cause: result.error })
    this.seed = seed
    this.finding = finding
    this.result = result
    // Whoever shows where it failed shows the program.
    if (result.error instanceof Error) blame(this, result.error)
  }
}

/** @throws SeedFailed, NotDeterministic */
export async function runSeeds(
  course: Course,
  options: SettingOptions,
  program: SimulatedProgram<unknown>,
): Promise<void> {
  const { seeds, signal } = course
  const over = (): boolean => signal.aborted
  let first: SimulationResult<unknown> | null = null
  for (const [held, seed] of seeds.list.entries()) {
    if (over()) return
    const setting = settingOf(seed, options)
    const found = await attempt(setting, program)
    if (found.result.verdict !== 'held') {
      const finding = await investigate(found, setting, program, { over })
      throw new SeedFailed(seed, finding, printSeedFailed(seed, held, finding, course))
    }
    first ??= found.result
  }
  if (first === null || over()) return
  // What seeds stand for is worth nothing if they stand for something else the next time.
  const [seed] = seeds.list as readonly [number]
  const { result } = await attempt(settingOf(seed, options), program)
  const parted = whereParted(first, result)
  if (parted !== null) throw new NotDeterministic(seed, parted)
}
