/**
 * What an invariant is: a sentence about the ensemble, and folds over the facts that could contradict it.
 *
 * Definitions are frozen and shared by all worlds. What one run knows of an invariant is its Check, plain state that is
 * copied with the world.
 */
import { begin, type Copy, finish, type TwoStep, type Unfinished } from '../base/forkable.ts'
import type { FactOf, FactType } from '../nodes/facts.ts'
import type { Micros } from '../nodes/Host.ts'
import type { Sid, Zxid } from '../nodes/zxid.ts'
import type { Bounds, Calm } from './Calm.ts'
import type { Checker } from './Checker.ts'
import type { History } from './History.ts'

/** One fact against one invariant. `history` has recorded the fact already. */
export type Fold<F, S> = (fact: F, history: History, check: Check, state: S) => void

export type Folds<S> = { readonly [T in FactType]?: Fold<FactOf<T>, S> } & {
  /** The next transaction of the whole order: a `delivered` fact of the first peer to get there. */
  readonly ordered?: Fold<FactOf<'delivered'>, S>
}

export interface Invariant {
  /** As in the literature's tables: P protocol, E epochs and votes, A actions, D disk, C clients, L liveness. */
  readonly code: string
  readonly name: string
  /** The sentence that must be true. */
  readonly says: string
  /** Where the sentence comes from. */
  readonly source: string
  /**
   * `always`: one contradiction breaks it. `eventually`: it is broken when nothing has disturbed the run for so long that
   * it should be true, and it is not.
   */
  readonly polarity: 'always' | 'eventually'
  /** The state that its folds keep, plain and fresh each time; most need none, the ghosts in History are enough. */
  start(): unknown
  readonly on: Folds<never>
  /** What only the end of the run can tell. */
  readonly atEnd: ((history: History, check: Check) => void) | null
  readonly inTheEnd: InTheEnd | null
}

/** What an undisturbed run must have come to. */
export interface InTheEnd {
  /** How long that may take. */
  readonly within: keyof Bounds
  /** Called when that time has passed, perhaps more than once. */
  readonly judge: (history: History, check: Check, calm: Calm, bounds: Bounds) => void
}

interface Spec<S> {
  readonly code: string
  readonly name: string
  readonly says: string
  readonly source: string
  readonly on: Folds<S>
  readonly start?: () => S
  readonly atEnd?: (history: History, check: Check) => void
}

const noState = () => null

/** Defines an invariant that holds at every step. */
export function always<S = null>(spec: Spec<S>): Invariant {
  return Object.freeze({
    code: spec.code,
    name: spec.name,
    says: spec.says,
    source: spec.source,
    polarity: 'always',
    start: spec.start ?? noState,
    on: Object.freeze(spec.on) as Folds<never>,
    atEnd: spec.atEnd ?? null,
    inTheEnd: null,
  })
}

/** Defines an invariant of what happens in the end, once nothing disturbs. */
export function eventually<S = null>(
  spec: Omit<Spec<S>, 'on' | 'atEnd'> & InTheEnd & { readonly on?: Folds<S> },
): Invariant {
  const { within, judge } = spec
  return Object.freeze({
    code: spec.code,
    name: spec.name,
    says: spec.says,
    source: spec.source,
    polarity: 'eventually',
    start: spec.start ?? noState,
    on: Object.freeze(spec.on ?? {}) as Folds<never>,
    atEnd: null,
    inTheEnd: Object.freeze({ within, judge }),
  })
}

/** The first contradiction of an invariant in a run; frozen. */
export interface Violation {
  readonly code: string
  readonly name: string
  readonly says: string
  /** The number of the event that showed it, and its time. */
  readonly event: number
  readonly time: Micros
  readonly peers: readonly Sid[]
  readonly zxids: readonly Zxid[]
  /** The facts that contradict, as prose. */
  readonly what: string
}

/** What one run knows of one invariant. */
export class Check implements TwoStep {
  readonly invariant: Invariant
  readonly state: unknown
  private checker: Checker
  /** How often the sentence was really put to the test. */
  exercised = 0
  violation: Violation | null = null
  /** Contradictions after the first. */
  further = 0

  constructor(invariant: Invariant, checker: Checker, state = invariant.start()) {
    this.invariant = invariant
    this.checker = checker
    this.state = state
  }

  [begin](): this {
    const copy = new Check(this.invariant, this.checker, null)
    copy.exercised = this.exercised
    copy.violation = this.violation
    copy.further = this.further
    return copy as this
  }

  [finish](into: this, copy: Copy): void {
    const own: Unfinished<Check> = into
    own.state = copy(this.state)
    into.checker = copy(this.checker)
  }

  /** A condition that must hold: counted as a test, and as a contradiction where it does not. */
  holds(condition: boolean, peers: readonly Sid[], zxids: readonly Zxid[], what: () => string): void {
    this.exercised += 1
    if (!condition) this.broken(peers, zxids, what())
  }

  get now(): Micros {
    return this.checker.clock.now
  }

  /** Latches the first contradiction and counts the others. */
  broken(peers: readonly Sid[], zxids: readonly Zxid[], what: string): void {
    if (this.violation !== null) {
      this.further += 1
      return
    }
    const { code, name, says } = this.invariant
    const { events, now } = this.checker.clock
    this.violation = Object.freeze({
      code,
      name,
      says,
      event: events,
      time: now,
      peers: Object.freeze([...peers]),
      zxids: Object.freeze([...zxids]),
      what,
    })
    this.checker.found(this.violation)
  }
}

/** Only finds out whether a sentence would be broken, and leaves no mark. */
export class DryCheck extends Check {
  isBroken = false

  override holds(condition: boolean): void {
    if (!condition) this.isBroken = true
  }

  override broken(): void {
    this.isBroken = true
  }
}
