import { simulationTest } from '../../../src/vitest/index.ts'

simulationTest.only('this alone', { seeds: 2 }, () => {})
simulationTest('not this', { seeds: 2 }, () => {
  throw new Error('it ran')
})
