/**
 * Which seeds are played, and in what order they are told: by seed, whoever was done first. So the number of jobs can be
 * seen nowhere.
 */
import type { SeedResult } from './SeedResult.ts'

export interface Batch {
  readonly from: number
  /** Not itself played. */
  readonly to: number
}

/** Why a hunt ended. */
export type HuntEnd = 'runs' | 'time' | 'interrupted' | 'firstFailure' | 'notDeterministic'

export interface HuntLimits {
  readonly first: number
  /** Seeds; null: as many as time allows. */
  readonly runs: number | null
  /** When no more are begun; null: never. */
  readonly deadline: number | null
  /** End with the first that fails. */
  readonly untilFailure: boolean
  readonly jobs: number
}

/** Seeds that are handed out at once, at most; less towards the end, so that all are done at about one time. */
const BATCH = 16

export class Hunt {
  end: HuntEnd | null = null
  /** The next to be told: all before it are. */
  next: number
  private readonly limits: HuntLimits
  private readonly now: () => number
  private readonly tell: (result: SeedResult) => void
  /** The next to be handed out. */
  private ahead: number
  /** Done, but not all before them are. */
  private readonly early = new Map<number, SeedResult>()

  constructor(limits: HuntLimits, now: () => number, tell: (result: SeedResult) => void) {
    this.limits = limits
    this.now = now
    this.tell = tell
    this.next = limits.first
    this.ahead = limits.first
  }

  /** Seeds handed out that are not told yet. */
  get underWay(): number {
    return this.ahead - this.next
  }

  /** Null: no more. */
  take(): Batch | null {
    const { first, runs, deadline, jobs } = this.limits
    if (this.end === null && deadline !== null && this.now() >= deadline) this.end = 'time'
    const left = runs === null ? Number.POSITIVE_INFINITY : first + runs - this.ahead
    if (this.end === null && left <= 0) this.end = 'runs'
    if (this.end !== null) return null
    const from = this.ahead
    this.ahead += Math.max(1, Math.min(BATCH, Math.ceil(left / (4 * jobs))))
    return { from, to: this.ahead }
  }

  /** In whatever order. */
  give(results: readonly SeedResult[]): void {
    for (const result of results) this.early.set(result.seed, result)
    for (let one = this.early.get(this.next); one !== undefined; one = this.early.get(this.next)) {
      this.early.delete(this.next)
      if (this.isOver) continue
      this.next += 1
      this.tell(one)
      if (one.verdict === 'notDeterministic') this.end = 'notDeterministic'
      else if (this.limits.untilFailure && one.failure !== null) this.end = 'firstFailure'
    }
  }

  interrupt(): void {
    this.end ??= 'interrupted'
  }

  /** What lies behind the seed that ended it is not told: other jobs would have got elsewhere. */
  private get isOver(): boolean {
    return this.end === 'notDeterministic' || this.end === 'firstFailure'
  }
}
