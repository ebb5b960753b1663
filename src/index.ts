/**
 * zksim as a library: ensembles of ZooKeeper peers in a world that one seed decides, scenarios, faults, invariants,
 * time travel. Runs in Node and in browsers. The same peers over real sockets and disks: `zksim/live`, Node only.
 */

// ── faults ──
export type { Deed, Fault } from './faults/fault.ts'
export { faults } from './faults/index.ts'
// ── invariants ──
export { Checker } from './invariants/Checker.ts'
export { describe as describeViolation } from './invariants/describe.ts'
export { findInvariant, invariants } from './invariants/index.ts'
export { always, eventually, type Invariant, type Violation } from './invariants/invariant.ts'
export {
  type ClientOperation,
  checkHistory,
  type HistoryOptions,
  type HistoryVerdict,
} from './invariants/model/checkHistory.ts'
export { HistoryRecorder } from './invariants/model/HistoryRecorder.ts'
// ── what peers tell, and their words ──
export { CREATOR_ALL_ACL, OPEN_ACL_UNSAFE, Perms, READ_ACL_UNSAFE } from './nodes/acl.ts'
export type { Cast } from './nodes/cast.ts'
// ── clients ──
export type { Client } from './nodes/client/Client.ts'
export type { ClientProgram, ClientProgramFactory } from './nodes/client/ClientProgram.ts'
export { type ClosedLoopOptions, closedLoop } from './nodes/client/ClosedLoop.ts'
export type { LoadOperation, Mix } from './nodes/client/LoadOperation.ts'
export { type LoadKind, mixes } from './nodes/client/mixes.ts'
export type { Fact, FactOf, FactType } from './nodes/facts.ts'
export type { Micros } from './nodes/Host.ts'
export { ideal } from './nodes/ideal.ts'
export { keeperErrorName, keeperErrors } from './nodes/keeperErrors.ts'
export {
  defaultSettings,
  type Hierarchy,
  type PeerConfig,
  type PeerSettings,
  type QuorumConfig,
} from './nodes/PeerConfig.ts'
export type { Operation, Packet, Result } from './nodes/packets.ts'
export type { QuorumPeer } from './nodes/quorum/QuorumPeer.ts'
export { type Epoch, makeZxid, printZxid, type Sid, type Zxid } from './nodes/zxid.ts'
// ── the real system ──
export {
  type ConformOptions,
  type ConformReport,
  type ConformResult,
  conform,
  type RecordingFile,
} from './sim/conform/conform.ts'
export { describeReport } from './sim/conform/describeReport.ts'
// ── ensembles ──
export { Ensemble, type EnsembleOptions } from './sim/ensemble.ts'
export {
  compareRuns,
  type Divergence,
  firstDivergence,
  printDivergence,
} from './sim/kernel/firstDivergence.ts'
// ── worlds and time travel ──
export { fork } from './sim/kernel/fork.ts'
export type { Machine } from './sim/kernel/Machine.ts'
export { type Driver, type Moment, Timeline, type TimelineOptions } from './sim/kernel/Timeline.ts'
export { printEntry, type TraceEntry } from './sim/kernel/Trace.ts'
export { type Action, type FactListener, World, type WorldOptions } from './sim/kernel/World.ts'
export { type PlayOptions, runScenario, type StartedScenario, startScenario } from './sim/runScenario.ts'
export { specOf } from './sim/scenario/declarations.ts'
export { type DiskState, defaultSpec, type EnsembleSpec } from './sim/scenario/EnsembleSpec.ts'
// ── scenarios ──
export { parseScenario, tryParse } from './sim/scenario/parse.ts'
export { printScenario } from './sim/scenario/print.ts'
export { printOutcome } from './sim/scenario/report.ts'
export { rewriteRecordings } from './sim/scenario/rewrite.ts'
export { exitCodes, type Outcome, ScenarioRun, type Verdict } from './sim/scenario/run.ts'
export type { Scenario } from './sim/scenario/Scenario.ts'
export { type Problem, printProblem, ScenarioError } from './sim/scenario/ScenarioError.ts'
export type { Step } from './sim/scenario/step.ts'
export { stepGroups, steps } from './sim/scenario/steps.ts'
export { printTranscript, type TranscriptLine } from './sim/scenario/transcript.ts'
export { whatHappened } from './sim/scenario/whatHappened.ts'
// ── programs in async TypeScript ──
export {
  type ConnectOptions,
  type Environment,
  NotInTime,
  type PeerStatus,
  ProgramKilled,
  type ProgramRandom,
  type SimulatedProgram,
  type SpawnedProgram,
  type SpawnOptions,
} from './sim/simulate/Environment.ts'
export type { Faults, MachineArg, PeerArg, PeersArg, SpanArg } from './sim/simulate/Faults.ts'
export { ForbiddenInSimulation } from './sim/simulate/Guard.ts'
export { isKeeperException, KeeperException } from './sim/simulate/KeeperException.ts'
export type { ProgramState } from './sim/simulate/Program.ts'
export {
  type ProgramResult,
  printSimulation,
  SimulationFailed,
  type SimulationResult,
} from './sim/simulate/SimulationResult.ts'
export { SentenceError } from './sim/simulate/SimulationStage.ts'
export { type SimulateOptions, simulate } from './sim/simulate/simulate.ts'
export type {
  CreateOptions,
  Data,
  MultiOp,
  MultiReadOp,
  MultiReadResult,
  MultiResult,
  NodeData,
  ReadOptions,
  Reconfiguration,
  SessionState,
  Transaction,
  WatchEvent,
  Watcher,
  WatcherType,
  WatchMode,
  ZooKeeper,
} from './sim/simulate/ZooKeeper.ts'
