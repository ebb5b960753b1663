import { Ensemble } from '../../src/sim/ensemble.ts'
import { specOf } from '../../src/sim/scenario/declarations.ts'
import { parseScenario } from '../../src/sim/scenario/parse.ts'
import { type Outcome, type RunOptions, ScenarioRun } from '../../src/sim/scenario/run.ts'

/** The run of a scenario's text, about to begin. */
export function runOf(text: string, options: RunOptions = {}): ScenarioRun {
  const scenario = parseScenario('test.scenario', text)
  return new ScenarioRun(scenario, new Ensemble(specOf(scenario), { onNodeError: 'throw' }), options)
}

export function play(text: string, options: RunOptions = {}): Outcome {
  return runOf(text, options).run()
}
