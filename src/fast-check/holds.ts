import * as fc from 'fast-check'
import { tryScenario } from '../sim/fuzz/Trial.ts'
import type { Scenario } from '../sim/scenario/Scenario.ts'
import { type JudgeOptions, ScenarioFailed } from './ScenarioFailed.ts'
import { scenarios } from './scenarios.ts'

/**
 * Plays a scenario, and says whether it went well: every invariant held, every expectation was met, and it came to its end.
 *
 * @returns true, as properties like it
 * @throws ScenarioFailed with a smaller one that fails in the same way, and what to paste to see it
 */
export function holds(scenario: Scenario, options: JudgeOptions = {}): true {
  const failed = judge(scenario, options)
  if (failed !== null) throw failed
  return true
}

function judge(scenario: Scenario, options: JudgeOptions): ScenarioFailed | null {
  const { shrink: _shrink, ...playedWith } = options
  const trial = tryScenario(scenario, { coverage: false, ...playedWith })
  return trial.failure === null ? null : new ScenarioFailed(trial, trial.failure, options)
}

/**
 * The property that drawn scenarios hold, for `fc.assert`. Beside `holds` in a property of one's own, what it shrinks to
 * fails in the same way as what failed first, not in some other.
 */
export function scenarioProperty(
  drawn: fc.Arbitrary<Scenario> = scenarios(),
  options: JudgeOptions = {},
): fc.IPropertyWithHooks<[Scenario]> {
  let wanted: string | null = null
  let candidate: Scenario | null = null
  const property = fc.property(drawn, (scenario) => {
    const failed = judge(scenario, options)
    if (scenario !== candidate) wanted = null
    if (failed === null) return
    const { fingerprint } = failed.failure
    if (wanted !== null && fingerprint !== wanted) return
    wanted = fingerprint
    throw failed
  })
  const generate = property.generate.bind(property)
  const shrink = property.shrink.bind(property)
  return Object.assign(property, {
    generate(mrng: fc.Random, runId?: number) {
      wanted = null
      return generate(mrng, runId)
    },
    shrink(value: fc.Value<[Scenario]>) {
      return shrink(value).map((each) => {
        ;[candidate] = each.value_
        return each
      })
    },
  })
}
