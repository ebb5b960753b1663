/** Who plays seeds: workers, or this very process. */
import type { Batch } from './Hunt.ts'
import type { Quarry } from './Quarry.ts'
import type { SeedResult } from './SeedResult.ts'
import type { Shrinking, Small } from './shrinking.ts'

export interface Orders {
  readonly quarry: Quarry
  /** Every seed that this divides is played twice; 0: none. */
  readonly recheck: number
  /** Milliseconds of wall time after which a seed is given up. */
  readonly patience: number
}

export interface Hunters {
  /** How many can be busy at once. */
  readonly count: number
  /** Plays these seeds, one after the other. A seed that cannot be played to an end is a result as well. */
  hunt(batch: Batch): Promise<readonly SeedResult[]>
  /** Makes a failing scenario small. A text: why it was not made smaller. */
  shrink(shrinking: Shrinking, watch: ShrinkWatch): Promise<Small | string>
  close(): Promise<void>
}

/** Between whoever shrinks and whoever shows it. */
export interface ShrinkWatch {
  /** Called now and then. */
  progress(trials: number, steps: number): void
  /** No more is tried; what is smallest so far is the result. */
  readonly stopped: boolean
}
