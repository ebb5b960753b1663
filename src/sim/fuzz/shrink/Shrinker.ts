/**
 * Makes a failing scenario small: fewer steps, peers, clients and settings, plainer values, as long as it fails in the same
 * way. What it finds depends on the scenario and the bound alone, never on the speed of a machine.
 */
import { ConfigError } from '../../../nodes/quorum/QuorumVerifier.ts'
import { problemsOf } from '../../scenario/check.ts'
import { printScenario } from '../../scenario/print.ts'
import type { Scenario } from '../../scenario/Scenario.ts'
import { assemble, type Parts, partsOf } from '../assemble.ts'
import { MOST_EVENTS, type Trial, type TrialOptions } from '../Trial.ts'
import { SHORT } from './loadsAsSteps.ts'
import { passesFor } from './passes.ts'
import { SMALL_SEEDS, seedOf, withSeed } from './plainerChance.ts'

/** How much may be spent on making one scenario small. */
export interface ShrinkBound {
  /** Runs. */
  readonly trials: number
  /** Simulated events, of all of them together. */
  readonly events: number
}

export const defaultShrinkBound: ShrinkBound = Object.freeze({ trials: 2_000, events: 10_000_000 })

export interface ShrinkOptions {
  readonly bound?: ShrinkBound
  /**
   * Plays a candidate. It may give up after so many events: a run that takes much longer than the shortest that fails is
   * not worth its while.
   */
  readonly tryOut: (scenario: Scenario, mostEvents: number) => Trial
  /** What `tryOut` plays with, for those who look into a run. */
  readonly playedWith?: TrialOptions
}

export interface Shrunk {
  readonly scenario: Scenario
  readonly trial: Trial
  /** How many runs it took. */
  readonly trials: number
  /** How many events they had, all together. */
  readonly events: number
  readonly reduced: {
    readonly stepsBefore: number
    readonly stepsAfter: number
    readonly eventsBefore: number
    readonly eventsAfter: number
  }
  /** Of the seeds 1 to 20, those with which it fails in the same way; null where the bound left that open. */
  readonly failsWith: readonly number[] | null
  /** `smallest`: nothing that is tried makes it smaller. Null: it has not ended. */
  readonly ended: 'smallest' | 'bound' | null
}

/** A candidate with its text, which is its name. */
interface Played {
  readonly parts: Parts
  readonly trial: Trial
}

/** So much longer than the shortest failing run may a candidate be. */
const LONGER = 2
const AT_LEAST_EVENTS = 5_000

export class Shrinker {
  readonly bound: ShrinkBound
  private readonly fingerprint: string
  private readonly options: ShrinkOptions
  private readonly first: Played
  private best: Played
  private readonly search: Generator<Parts, void, boolean>
  /** Texts of what was tried. */
  private readonly tried = new Set<string>()
  private answer = false
  /** A candidate that fails takes the place of the best; not where it is only to be known that it does. */
  private adopts = true
  private trials = 0
  private events = 0
  private failsWith: number[] | null = null
  private ended: Shrunk['ended'] = null

  /**
   * Plays the scenario once.
   *
   * @throws RangeError where it does not fail with this fingerprint.
   */
  constructor(scenario: Scenario, fingerprint: string, options: ShrinkOptions) {
    this.bound = options.bound ?? defaultShrinkBound
    this.fingerprint = fingerprint
    this.options = options
    const parts = partsOf(scenario)
    const trial = this.play(parts, MOST_EVENTS)
    if (trial?.failure?.fingerprint !== fingerprint) {
      throw new RangeError(
        `${scenario.file} does not fail with '${fingerprint}' but ${trial?.failure?.fingerprint ?? 'holds'}`,
      )
    }
    this.first = { parts, trial }
    this.best = this.first
    this.search = this.rounds()
  }

  /** One trial more. False when nothing makes it smaller any more, or the bound is reached. */
  advance(): boolean {
    while (this.ended === null) {
      const { value, done } = this.search.next(this.answer)
      this.answer = false
      if (done === true) this.ended = 'smallest'
      else if (this.trials >= this.bound.trials || this.events >= this.bound.events) this.ended = 'bound'
      else if (this.isNew(value)) {
        this.tryOut(value)
        return true
      }
    }
    return false
  }

  get result(): Shrunk {
    const { best, first, trials, events, ended } = this
    return Object.freeze({
      scenario: assemble(best.parts),
      trial: best.trial,
      trials,
      events,
      reduced: Object.freeze({
        stepsBefore: first.parts.steps.length,
        stepsAfter: best.parts.steps.length,
        eventsBefore: first.trial.events,
        eventsAfter: best.trial.events,
      }),
      failsWith: this.failsWith === null ? null : Object.freeze([...this.failsWith]),
      ended,
    })
  }

  private *rounds(): Generator<Parts, void, boolean> {
    const { early, late } = passesFor(this.options.playedWith ?? {})
    let parts = this.first.parts
    for (let before = ''; before !== textOf(parts); ) {
      before = textOf(parts)
      for (const pass of early) parts = yield* pass(parts)
      if (before !== textOf(parts)) continue
      for (const pass of late) parts = yield* pass(parts)
    }
    yield* this.smallSeeds(parts)
  }

  /** Which of the small seeds it fails with too; the first of them is as good as the one that was drawn. */
  private *smallSeeds(parts: Parts): Generator<Parts, void, boolean> {
    const found: number[] = []
    const own = seedOf(parts)
    for (let seed = 1; seed <= SMALL_SEEDS; seed += 1) {
      this.adopts = found.length === 0
      if (seed === own || (yield withSeed(parts, seed))) found.push(seed)
    }
    this.failsWith = found
  }

  private isNew(parts: Parts): boolean {
    const text = textOf(parts)
    if (this.tried.has(text)) return false
    this.tried.add(text)
    return problemsOf(assemble(parts), []).length === 0
  }

  private tryOut(parts: Parts): void {
    const { best } = this
    const most = Math.max(best.trial.events * LONGER, AT_LEAST_EVENTS)
    const trial = this.play(parts, Math.min(most, MOST_EVENTS))
    this.answer = trial?.failure?.fingerprint === this.fingerprint
    if (trial === null || !this.answer || !this.adopts) return
    const steps = parts.steps.length
    if (steps <= Math.max(best.parts.steps.length, SHORT)) this.best = { parts, trial }
  }

  /** Null where there can be no such ensemble. */
  private play(parts: Parts, mostEvents: number): Trial | null {
    this.trials += 1
    try {
      const trial = this.options.tryOut(assemble(parts), mostEvents)
      this.events += trial.events
      return trial
    } catch (error) {
      if (error instanceof ConfigError) return null
      throw error
    }
  }
}

function textOf(parts: Parts): string {
  return printScenario(assemble(parts))
}

/** Makes a failing scenario as small as the bound allows. @throws RangeError as `Shrinker` does. */
export function shrink(scenario: Scenario, fingerprint: string, options: ShrinkOptions): Shrunk {
  const shrinker = new Shrinker(scenario, fingerprint, options)
  while (shrinker.advance());
  return shrinker.result
}
