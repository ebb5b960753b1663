import { PassThrough } from 'node:stream'
import type { Hunters, Orders } from '../../../src/sim/cli/fuzz/Hunters.ts'
import { InProcess } from '../../../src/sim/cli/fuzz/InProcess.ts'
import type { TryOut } from '../../../src/sim/cli/fuzz/tryOut.ts'
import type { Surroundings } from '../../../src/sim/cli/Surroundings.ts'
import type { Failure } from '../../../src/sim/fuzz/Failure.ts'
import type { Trial } from '../../../src/sim/fuzz/Trial.ts'
import { specOf } from '../../../src/sim/scenario/declarations.ts'
import { printScenario } from '../../../src/sim/scenario/print.ts'
import type { Scenario } from '../../../src/sim/scenario/Scenario.ts'

/** A machine on paper: its clock goes on by a millisecond whenever somebody looks, and seeds are played in this process. */
export class FakeSurroundings implements Surroundings {
  readonly cores = 3
  readonly terminal = new PassThrough()
  left = false
  /** What is called at Ctrl-C; null while nobody listens. */
  interrupt: (() => void) | null = null
  orders: Orders | null = null
  private clock = 0
  private readonly tryOut: TryOut

  constructor(tryOut: TryOut) {
    this.tryOut = tryOut
  }

  now(): number {
    this.clock += 1
    return this.clock
  }

  cpu(): number {
    return this.clock / 2
  }

  anySeed(): number {
    return 4_711
  }

  onInterrupt(listener: () => void): () => void {
    this.interrupt = listener
    return () => {
      this.interrupt = null
    }
  }

  leave(): void {
    this.left = true
  }

  hunters(_jobs: number, orders: Orders): Hunters {
    this.orders = orders
    return new InProcess(orders, this.tryOut)
  }
}

export function seedOf(scenario: Scenario): number {
  return specOf(scenario).seed
}

/** A trial that was not played: every run has 10 events. */
export function trialOf(scenario: Scenario, failure: Failure | null, more: Partial<Trial> = {}): Trial {
  return {
    scenario,
    verdict: failure === null ? 'held' : 'broken',
    failure,
    broken: failure === null ? [] : [failure.code],
    events: 10,
    time: 1_000,
    hash: `${printScenario(scenario).length}`.padStart(16, '0'),
    exercised: new Map([['P1', 1]]),
    hits: new Map([['modes: a server alone', 1]]),
    ...more,
  }
}

export function failure(code: string, name: string, what: string): Failure {
  return { fingerprint: `${code} ${name}`, code, name, what, event: 7, stuck: null }
}
