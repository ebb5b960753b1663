import type * as fc from 'fast-check'
import type { ClientOperation } from '../invariants/model/checkHistory.ts'
import { HistoryRecorder } from '../invariants/model/HistoryRecorder.ts'
import type { Txn } from '../nodes/database/txns.ts'
import { MOST_EVENTS } from '../sim/fuzz/Trial.ts'
import { startScenario } from '../sim/runScenario.ts'
import { printScenario } from '../sim/scenario/print.ts'
import type { Scenario } from '../sim/scenario/Scenario.ts'
import { printingAs } from './DrawnScenarios.ts'
import { type ScenarioOptions, scenarios } from './scenarios.ts'

/** What the clients of one run asked for and were answered. */
export interface DrawnHistory {
  readonly operations: readonly ClientOperation[]
  /** What was agreed on, in its order. */
  readonly txns: readonly Txn[]
  /** Where it comes from. */
  readonly scenario: Scenario
}

/**
 * Histories for `checkHistory` and checkers of one's own: what clients see in runs of drawn scenarios, faults and all. They
 * shrink, and print, as their scenarios do.
 *
 * @throws RangeError where there is no such profile
 */
export function histories(options: ScenarioOptions = {}): fc.Arbitrary<DrawnHistory> {
  return scenarios(options).map((scenario) => printingAs(historyOf(scenario), () => printScenario(scenario)))
}

function historyOf(scenario: Scenario): DrawnHistory {
  const { run, ensemble } = startScenario(scenario, { quiet: true, maxEvents: MOST_EVENTS })
  const recorder = new HistoryRecorder(ensemble.world)
  ensemble.world.listeners.push(recorder)
  run.run()
  // What was delivered nowhere may be agreed on all the same: a leader's last proposals, once they are synchronised.
  const txns = Object.freeze(ensemble.checker.history.committed.toArray())
  return { operations: recorder.history(), txns, scenario }
}
