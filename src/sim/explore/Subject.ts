import type { Failure } from '../fuzz/Failure.ts'
import type { Event } from '../kernel/EventQueue.ts'
import type { Machine } from '../kernel/Machine.ts'
import type { Death } from '../kernel/SimHost.ts'
import type { World } from '../kernel/World.ts'

/** What is explored: a world, and who plays and judges it. Copied as one, by the rule of `fork`. */
export interface Subject {
  readonly world: World
  /** Facts told so far. */
  readonly told: number
  /** Machines that may crash. */
  readonly mortals: readonly Machine[]
  /** What whoever judges has noted, as far as that decides what it will find. */
  readonly memory: readonly unknown[]
  /** What was found so far; null where all held. */
  readonly failure: Failure | null
  /** One event of those that are enabled. */
  happen(event: Event): void
  /** A crash, or a power cut that leaves only what was forced. */
  end(machine: Machine, how: Death): void
  /** The rest, as it comes. */
  playOn(): void
}
