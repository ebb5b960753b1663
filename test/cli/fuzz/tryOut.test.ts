import { expect, test } from 'vitest'
import { tryOut } from '../../../src/sim/cli/fuzz/tryOut.ts'
import { parseScenario } from '../../../src/sim/scenario/parse.ts'

const scenario = parseScenario('long.scenario', 'three peers\n\nload of 2 clients for 5 s\n')

test('a run is given up after the events that it may take, and listens for nothing else then', () => {
  const whole = tryOut(scenario)
  expect(whole.verdict).toBe('held')
  expect(whole.hits.size).toBeGreaterThan(0)
  const short = tryOut(scenario, 500)
  expect(short).toMatchObject({ verdict: 'unknown', events: 500, failure: { code: 'endless' } })
  expect(short.hits.size).toBe(0)
  expect(tryOut(scenario, whole.events + 1)).toMatchObject({ verdict: 'held', hash: whole.hash })
})
