import type { ServerState } from '../../nodes/packets.ts'
import type { Sid, Zxid } from '../../nodes/zxid.ts'
import type { Ensemble } from '../ensemble.ts'
import type { MachineState } from '../kernel/Machine.ts'
import { blame, type CallSite } from './callSite.ts'
import type { Faults } from './Faults.ts'
import type { ProgramState } from './Program.ts'
import type { ZooKeeper } from './ZooKeeper.ts'

export interface ConnectOptions {
  /** How faults and transcripts name this client; small letters, digits and dashes. */
  readonly name?: string
  /** Which servers it knows; all, unless said. It tries them in a random order. */
  readonly servers?: readonly Sid[]
  /** Milliseconds to ask for; 10,000 unless said. Servers keep it between their limits. */
  readonly sessionTimeout?: number
  /** The path that is its root. */
  readonly chroot?: string
  /** Makes do with a server that only reads while there is no other. */
  readonly canBeReadOnly?: boolean
}

/** Chance, as the seed has it. What one program draws shifts no other's. */
export interface ProgramRandom {
  /** At least 0, less than 1. */
  (): number
  /** A whole number, both ends included. */
  int(least: number, most: number): number
  /** True so often. */
  chance(share: number): boolean
  pick<T>(items: readonly T[]): T
  /** The items in a random order. */
  shuffled<T>(items: readonly T[]): T[]
}

export interface SpawnOptions {
  /** The run ends without waiting for it. */
  readonly background?: boolean
}

/** A program that runs beside others, on a machine of its name. */
export interface SpawnedProgram<T> {
  readonly name: string
  readonly state: ProgramState
  /** What it returns. Rejects with what it throws, and with ProgramKilled. */
  readonly done: Promise<T>
  /** Stops it where it is, with its clients: SIGSTOP, a long garbage collection. */
  pause(): void
  resume(): void
  /** Ends it as `kill -9` does: nothing of it runs any more, its sessions are left to expire. */
  kill(): void
}

/** What can be known of a peer from outside. */
export interface PeerStatus {
  readonly sid: Sid
  readonly machine: MachineState
  readonly state: ServerState | 'DOWN'
  /** An established leader, or a learner that is up to date. */
  readonly serves: boolean
  readonly epoch: number
  readonly leader: Sid | null
  readonly logged: Zxid
  readonly delivered: Zxid
}

/** Everything that a program may use. Times are virtual milliseconds. */
export interface Environment {
  /** The name of this program; `main` is the first. */
  readonly name: string
  readonly seed: string
  /** A new client; resolves when it has its session. */
  connect(options?: ConnectOptions): Promise<ZooKeeper>
  /** The same without waiting. */
  open(options?: ConnectOptions): ZooKeeper
  sleep(time: number): Promise<void>
  /** Since the beginning of the run. */
  now(): number
  readonly random: ProgramRandom
  /** A stream of its own, by name. */
  stream(name: string): ProgramRandom
  /** The established leader, if there is one. */
  leader(): Sid | null
  followers(): readonly Sid[]
  observers(): readonly Sid[]
  peers(): readonly PeerStatus[]
  /** What can be done to the world, at once; `say` plays any sentence of the scenario language. */
  readonly faults: Faults
  /**
   * Waits until this is so: a function of the program, asked after every event, or a fact of the scenario language
   * (`somebody leads`, `2 acked NEWLEADER`). Rejects with NotInTime after `limit`, 60,000 unless said.
   */
  until(what: string | (() => boolean), limit?: number): Promise<void>
  /** Waits until somebody leads, every running peer is in sync, and nothing has been under way for 10 ms. */
  settle(limit?: number): Promise<void>
  /** Another program beside this one, on a machine of its own. */
  spawn<T>(name: string, program: SimulatedProgram<T>, options?: SpawnOptions): SpawnedProgram<T>
  /** A line in the transcript of the run. */
  note(text: string): void
  /** Below all this. What is done to it between two events is part of the run. */
  readonly ensemble: Ensemble
}

export type SimulatedProgram<T> = (environment: Environment) => Promise<T> | T

/** What was waited for was not so in time. */
export class NotInTime extends Error {
  override readonly name = 'NotInTime'

  constructor(message: string, site: CallSite) {
    super(message)
    blame(this, site)
  }
}

/** A program ended with its machine. */
export class ProgramKilled extends Error {
  override readonly name = 'ProgramKilled'
}
