/** Playing a scenario, and playing it again to see whether it is the same. */
import { type Divergence, firstDivergence } from '../kernel/firstDivergence.ts'
import { type PlayOptions, type StartedScenario, startScenario } from '../runScenario.ts'
import type { Outcome } from '../scenario/run.ts'
import type { Scenario } from '../scenario/Scenario.ts'

/** Called with each run before its first event. Tests plant defects with it. */
export type BeforeRun = (started: StartedScenario) => void

export class Player {
  readonly scenario: Scenario
  private readonly options: PlayOptions
  private readonly beforeRun: BeforeRun | undefined

  constructor(scenario: Scenario, options: PlayOptions, beforeRun: BeforeRun | undefined) {
    this.scenario = scenario
    this.options = options
    this.beforeRun = beforeRun
  }

  start(): StartedScenario {
    const started = startScenario(this.scenario, this.options)
    this.beforeRun?.(started)
    return started
  }

  /** Plays it again. Null: the same. */
  compare(first: Outcome): Difference | null {
    const second = this.start().run.run()
    if (isSame(first, second)) return null
    const [a, b] = [this.start().run, this.start().run]
    const divergence = firstDivergence(a.ensemble.world, b.ensemble.world, { drivers: [a, b] })
    return { first, second, divergence }
  }
}

/** The transcript holds what the hash does not: what was in packets and facts. */
function isSame(a: Outcome, b: Outcome): boolean {
  return (
    a.hash === b.hash &&
    a.events === b.events &&
    a.verdict === b.verdict &&
    a.transcript.length === b.transcript.length &&
    a.transcript.every((line, i) => line.what === b.transcript[i]?.what)
  )
}

export interface Difference {
  readonly first: Outcome
  readonly second: Outcome
  /** Where two further runs parted; null where those two did the same. */
  readonly divergence: Divergence | null
}
