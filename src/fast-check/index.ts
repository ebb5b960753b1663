/**
 * `zksim/fast-check`: arbitraries of fast-check's for ensembles of ZooKeeper, what is asked of them and what goes wrong.
 *
 *     fc.assert(scenarioProperty(scenarios({ profile: 'quick' })))
 */
export { type Profile, profiles } from '../sim/fuzz/Profile.ts'
export type { ShrinkBound, Shrunk } from '../sim/fuzz/shrink/Shrinker.ts'
export type { Trial } from '../sim/fuzz/Trial.ts'
export { NotDeterministic } from '../testing/NotDeterministic.ts'
export type { ProfileOptions } from '../testing/profileOf.ts'
export { type DrawnHistory, histories } from './histories.ts'
export { holds, scenarioProperty } from './holds.ts'
export {
  type AskedOperation,
  type AskedType,
  acls,
  createModes,
  nodeData,
  nodeNames,
  type OperationOptions,
  operations,
  type PathOptions,
  paths,
  versions,
} from './operations.ts'
export { perform } from './perform.ts'
export { type JudgeOptions, ScenarioFailed } from './ScenarioFailed.ts'
export {
  type EnsembleArbitraryOptions,
  ensembles,
  type FaultPlanOptions,
  faultPlans,
  type ScenarioOptions,
  scenarios,
  workloads,
} from './scenarios.ts'
export {
  type DrawnSimulation,
  type SimulationArbitraryOptions,
  SimulationBroken,
  simulations,
} from './simulations.ts'
