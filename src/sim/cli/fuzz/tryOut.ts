import { type Trial, tryScenario } from '../../fuzz/Trial.ts'
import type { Scenario } from '../../scenario/Scenario.ts'

/** Plays a scenario. Where `mostEvents` is said, it is to be known only whether and how it fails within so many. */
export type TryOut = (scenario: Scenario, mostEvents?: number) => Trial

export const tryOut: TryOut = (scenario, mostEvents) =>
  tryScenario(scenario, mostEvents === undefined ? {} : { coverage: false, maxEvents: mostEvents })
