/** From a scenario to the moment at which its exploration begins. */
import type { Fact } from '../../nodes/facts.ts'
import { deed } from '../fuzz/assemble.ts'
import { MOST_EVENTS } from '../fuzz/Trial.ts'
import type { FactListener } from '../kernel/World.ts'
import { type PlayOptions, type StartedScenario, startScenario } from '../runScenario.ts'
import { whoTold } from '../scenario/asking.ts'
import type { ScenarioRun } from '../scenario/run.ts'
import { type Line, type Play, type Scenario, stepsOf } from '../scenario/Scenario.ts'
import { ScenarioSubject } from './ScenarioSubject.ts'

/** Where an exploration begins. */
export type Beginning =
  /** When the last step of the scenario is over. */
  | { readonly kind: 'end' }
  /** Right after this event. */
  | { readonly kind: 'event'; readonly event: number }
  /** As soon as this is told, or so. */
  | { readonly kind: 'fact'; readonly fact: Play }

export type ExploreOptions = Pick<PlayOptions, 'cast' | 'clientCast' | 'seed' | 'quiet'>

export interface Begun {
  readonly started: StartedScenario
  /** Null where the run came to its end before. */
  readonly subject: ScenarioSubject | null
}

/** What every way ends with, behind the steps of the scenario: all faults are over, and what must happen in the end has to. */
const TAIL = [deed('heal everybody'), deed('calm until all is well')]

/** Plays a scenario up to the beginning. @throws RangeError as `startScenario` does. */
export function beginExploration(scenario: Scenario, beginning: Beginning, options: ExploreOptions): Begun {
  const started = startScenario(withTail(scenario), {
    quiet: true,
    ...options,
    rewrite: true,
    maxEvents: MOST_EVENTS,
  })
  const { run } = started
  const isThere = playTo(run, stepsOf(scenario).length, beginning)
  return { started, subject: isThere ? new ScenarioSubject(started) : null }
}

/** Its lines keep their numbers. */
function withTail({ file, lines }: Scenario): Scenario {
  const last = Math.max(0, ...lines.map((line) => ('line' in line ? line.line : 0)))
  const tail = TAIL.map(
    (play, i): Line => Object.freeze({ type: 'step', line: last + 1 + i, play, recording: null }),
  )
  return Object.freeze({ file, lines: Object.freeze([...lines, ...tail]) })
}

/** False: it ended before. */
function playTo(run: ScenarioRun, steps: number, beginning: Beginning): boolean {
  const { world } = run.ensemble
  const awaited = beginning.kind === 'fact' ? new Awaited(beginning.fact, run) : null
  if (awaited !== null) world.listeners.push(awaited)
  const isThere = (): boolean => {
    if (beginning.kind === 'event') return world.events >= beginning.event
    return awaited === null ? run.stepsDone >= steps : awaited.told || run.holds(awaited.fact)
  }
  const isOver = (): boolean => run.verdict !== null || run.stepsDone >= steps
  while (!isThere() && !isOver()) run.advance()
  if (awaited !== null) world.listeners = world.listeners.filter((listener) => listener !== awaited)
  return isThere() && run.verdict === null
}

class Awaited implements FactListener {
  readonly fact: Play
  told = false
  private readonly run: ScenarioRun

  constructor(fact: Play, run: ScenarioRun) {
    this.fact = fact
    this.run = run
  }

  hear(fact: Fact): void {
    this.told ||= whoTold(fact, this.fact, this.run) !== undefined
  }
}
