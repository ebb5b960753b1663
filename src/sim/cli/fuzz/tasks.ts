/** What workers are told, and the few numbers that they and the pool have in common while they are at it. */
import type { Batch } from './Hunt.ts'
import type { Orders } from './Hunters.ts'
import type { Shrinking } from './shrinking.ts'

/** Places in `shared`. */
export const slots = Object.freeze({
  /** Another number whenever the worker has come further; 0 before it has begun. Of a hunt, which of its seeds it is at. */
  beat: 0,
  /** Not 0: the worker is to come to an end. */
  stop: 1,
  /** How far shrinking has come. */
  trials: 2,
  steps: 3,
})

export type Shared = Int32Array<SharedArrayBuffer>

export function makeShared(): Shared {
  return new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT * Object.keys(slots).length))
}

export interface HuntTask extends Batch {
  readonly orders: Orders
  readonly shared: Shared
}

export interface ShrinkTask {
  readonly shrinking: Shrinking
  readonly shared: Shared
}
