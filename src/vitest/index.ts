/**
 * `zksim/vitest`: tests of programs that use ZooKeeper, in simulated ensembles, under many seeds.
 *
 *     simulationTest('a lock is held by one', { faults: 'swarm' }, async ({ connect, spawn }) => { … })
 */
export type { Profile } from '../sim/fuzz/Profile.ts'
export { profiles } from '../sim/fuzz/Profile.ts'
export type { Attempt } from '../testing/attempt.ts'
export type { Finding } from '../testing/investigate.ts'
export { NotDeterministic } from '../testing/NotDeterministic.ts'
export { SeedFailed } from './runSeeds.ts'
export {
  type SimulationTest,
  type SimulationTestForCases,
  type SimulationTestFunction,
  type SimulationTestOptions,
  simulationTest,
  simulationTestOn,
  type TestProgram,
  type TestProgramFor,
} from './simulationTest.ts'
