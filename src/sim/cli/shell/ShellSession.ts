import type { Client } from '../../../nodes/client/Client.ts'
import type { Fact, FactOf } from '../../../nodes/facts.ts'
import type { HostName, Micros } from '../../../nodes/Host.ts'
import type { Operation, Result } from '../../../nodes/packets.ts'
import type { Ensemble } from '../../ensemble.ts'
import type { FactListener } from '../../kernel/World.ts'
import { startScenario } from '../../runScenario.ts'
import { tryParse } from '../../scenario/parse.ts'
import type { Performed, ScenarioRun } from '../../scenario/run.ts'
import type { Scenario, StepLine } from '../../scenario/Scenario.ts'
import type { Problem } from '../../scenario/ScenarioError.ts'

/** Virtual time that an answer may take. */
const PATIENCE: Micros = 60_000_000

/** Virtual time behind an answer in which others learn of what was done. */
const ECHO: Micros = 10_000

/** What a request came to; `err` is 0 or a code of KeeperException. */
export interface Answer {
  readonly err: number
  readonly result: Result | null
}

/** The name of the client that commands speak for at first. */
export const FIRST_CLIENT = 'me'

/**
 * An ensemble that somebody types at. Virtual time passes while a command is carried out, and stands still between two.
 */
export class ShellSession implements FactListener {
  readonly run: ScenarioRun
  readonly ensemble: Ensemble
  /** The client that commands speak for. */
  client: HostName = FIRST_CLIENT
  private readonly answers = new Map<number, Answer>()
  private readonly seen: FactOf<'watchEvent'>[] = []

  constructor(scenario: Scenario, seed: number | undefined) {
    const started = startScenario(scenario, seed === undefined ? {} : { seed })
    this.run = started.run
    this.ensemble = started.ensemble
    this.ensemble.world.listeners.push(this)
  }

  get zk(): Client {
    return this.ensemble.client(this.client)
  }

  hear(fact: Fact): void {
    if (fact.type === 'watchEvent') {
      if (fact.event.type !== 'None') this.seen.push(fact)
    } else if (fact.type === 'completed' && fact.client === this.client) {
      this.answers.set(fact.id, Object.freeze({ err: fact.err, result: fact.result }))
    }
  }

  /** The events that clients were told of since the last call. */
  takeEvents(): readonly FactOf<'watchEvent'>[] {
    return this.seen.splice(0)
  }

  /** Asks, and lets time pass until the answer is there. Null: it is not, for a minute of virtual time. */
  ask(op: Operation): Answer | null {
    // Who types sees that it is disconnected, and means what comes then.
    this.letPass(() => this.zk.state !== 'CONNECTING')
    this.answers.clear()
    const id = this.zk.submit(op)
    if (this.letPass(() => this.answers.has(id))) this.ensemble.world.runUntil(this.ensemble.world.now + ECHO)
    return this.answers.get(id) ?? null
  }

  /** Lets time pass until this holds. @returns whether it does. */
  letPass(holds: () => boolean): boolean {
    const { world } = this.ensemble
    const end = world.now + PATIENCE
    while (!holds()) {
      const next = world.queue.first
      if (next === undefined || next.time > end || !world.step()) return false
    }
    return true
  }

  /** Carries out a line of the scenario language; or says what is wrong with it. */
  say(text: string): Performed | readonly Problem[] {
    // In front of it a step that does nothing, so that what an ensemble is declared to be is refused here.
    const { scenario, problems } = tryParse('shell', `normal\n${text}`)
    if (scenario === null) return problems
    return this.run.perform(scenario.lines.at(-1) as StepLine)
  }
}
