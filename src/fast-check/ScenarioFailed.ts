import type { Failure } from '../sim/fuzz/Failure.ts'
import { type ShrinkBound, type Shrunk, shrink } from '../sim/fuzz/shrink/Shrinker.ts'
import { type Trial, type TrialOptions, tryScenario } from '../sim/fuzz/Trial.ts'
import { foundName } from '../sim/fuzz/tell/foundName.ts'
import { tellStory } from '../sim/fuzz/tell/tellStory.ts'
import { printScenario } from '../sim/scenario/print.ts'
import { grouped } from '../sim/scenario/transcript.ts'
import { TestFailure } from '../testing/TestFailure.ts'

export interface JudgeOptions extends TrialOptions {
  /** How much may be spent on making a failure small; null: nothing is. */
  readonly shrink?: ShrinkBound | null
}

/** A few seconds. */
const usualBound: ShrinkBound = Object.freeze({ trials: 500, events: 1_000_000 })

/**
 * A scenario did not hold. Its message has a smaller scenario that fails in the same way, and is worked out when somebody
 * first reads it: while fast-check looks for a smaller value, nobody does.
 */
export class ScenarioFailed extends TestFailure {
  override readonly name = 'ScenarioFailed'
  readonly trial: Trial
  readonly failure: Failure
  private readonly options: JudgeOptions
  private found: Shrunk | null = null
  private text: string | null = null

  constructor(trial: Trial, failure: Failure, options: JudgeOptions) {
    super()
    this.trial = trial
    this.failure = failure
    this.options = options
    const frames = (this.stack ?? '').split('\n').slice(1).join('\n')
    // Accessors of the class would be hidden by what Error puts on every instance.
    Object.defineProperties(this, {
      message: { get: () => this.describe() },
      stack: { get: () => `${this.name}: ${this.describe()}\n${frames}` },
    })
  }

  /** The smallest that was found within the bound; null where none was looked for. */
  get smallest(): Shrunk | null {
    const { shrink: bound = usualBound, ...playedWith } = this.options
    if (bound === null) return null
    this.found ??= shrink(this.trial.scenario, this.failure.fingerprint, {
      bound,
      playedWith,
      tryOut: (scenario, maxEvents) => tryScenario(scenario, { ...playedWith, coverage: false, maxEvents }),
    })
    return this.found
  }

  private describe(): string {
    this.text ??= describe(this, this.options)
    return this.text
  }
}

function describe({ trial, failure, smallest }: ScenarioFailed, options: TrialOptions): string {
  const { scenario } = smallest?.trial ?? trial
  const file = `${foundName(failure)}.scenario`
  return [
    `${failure.code} ${failure.name}: ${failure.what}`,
    smallest === null ? 'To paste:' : sizeOf(smallest),
    '',
    `cat > ${file} <<'END'`,
    printScenario(tellStory(scenario, options, { file })).trimEnd(),
    'END',
    `npx zksim run ${file}`,
    '',
  ].join('\n')
}

function sizeOf({ trials, reduced: { stepsBefore, stepsAfter } }: Shrunk): string {
  return `The smallest of ${grouped(trials)} runs that fails in the same way, ${stepsAfter} of ${stepsBefore} steps, to paste:`
}
