import type { Hierarchy, PeerSettings } from '../../nodes/PeerConfig.ts'
import type { Epoch, Sid, Zxid } from '../../nodes/zxid.ts'

/** What lies on one peer's disk before it first starts. */
export interface DiskState {
  readonly sid: Sid
  /** Transactions in the log, oldest first, as runs of consecutive zxids of one epoch each. */
  readonly logged: readonly { readonly from: Zxid; readonly to: Zxid }[]
  /** A snapshot that holds everything up to here; null: only the empty one that every log begins with. */
  readonly snapshot: Zxid | null
  /** Null: the epoch of the last transaction. */
  readonly acceptedEpoch: Epoch | null
  readonly currentEpoch: Epoch | null
}

/** Everything that a scenario says about its ensemble before its first step. Frozen. */
export interface EnsembleSpec {
  readonly seed: number
  /** Every wake of a thread runs at the same instant. */
  readonly lockstep: boolean
  /** How often somebody's priority falls; null: things do not go by priority. See kernel/Priorities. */
  readonly priorityChanges: number | null
  /** Voters are 1 to `peers`, observers follow. */
  readonly peers: number
  readonly observers: number
  /** Servers behind the observers that are in no configuration at first, and do not start of themselves. */
  readonly joiners: number
  /** All servers run on one computer, with one power supply and one clock. */
  readonly oneComputer: boolean
  readonly hierarchy: Hierarchy | null
  readonly settings: Partial<PeerSettings>
  /** Behave as this release of ZooKeeper did; null: as the newest, its known protocol bugs fixed. */
  readonly release: string | null
  /** Historic bugs and mutants to put in, by name. */
  readonly bugs: readonly string[]
  readonly disks: readonly DiskState[]
  /** Who starts at time 0; null: everybody. */
  readonly start: readonly Sid[] | null
  /** Steps that cannot be played are passed over, and waits that come to nothing end. */
  readonly lenient: boolean
  /** Faults that damage a disk are passed over where the other peers could not do without it. */
  readonly sparing: boolean
}

/** What an ensemble is when nothing else is said: three voters, seed 1. */
export const defaultSpec: EnsembleSpec = Object.freeze({
  seed: 1,
  lockstep: false,
  priorityChanges: null,
  peers: 3,
  observers: 0,
  joiners: 0,
  oneComputer: false,
  hierarchy: null,
  settings: Object.freeze({}),
  release: null,
  bugs: Object.freeze([]),
  disks: Object.freeze([]),
  start: null,
  lenient: false,
  sparing: false,
})

/** All sids: voters, then observers, then joiners. */
export function sidsOf(spec: EnsembleSpec): Sid[] {
  return Array.from({ length: spec.peers + spec.observers + spec.joiners }, (_, i) => i + 1)
}

/** Who is in the first configuration. */
export function membersOf(spec: EnsembleSpec): Sid[] {
  return sidsOf(spec).slice(0, spec.peers + spec.observers)
}
