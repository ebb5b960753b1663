/** One run of a user's program under one seed. */
import type { SimulatedProgram } from '../sim/simulate/Environment.ts'
import type { SimulationResult } from '../sim/simulate/SimulationResult.ts'
import { type SimulateOptions, simulate } from '../sim/simulate/simulate.ts'
import { beset, type Trouble } from './beset.ts'

export interface Attempt<T = unknown> {
  readonly result: SimulationResult<T>
  /** What went wrong, step by step. */
  readonly played: readonly string[]
}

/** What a run is made of; the same gives the same. */
export interface Setting {
  readonly options: SimulateOptions
  readonly trouble: Trouble
}

export async function attempt<T>(setting: Setting, program: SimulatedProgram<T>): Promise<Attempt<T>> {
  const around = beset(setting.trouble, program)
  const result = await simulate({ ...setting.options, print: null }, around.program)
  return Object.freeze({ result, played: Object.freeze([...around.played]) })
}
