import type { LogView } from '../base/AppendOnlyLog.ts'
import type { DiskRecord } from './diskRecords.ts'
import type { Fact } from './facts.ts'
import type { Packet } from './packets.ts'

/** Virtual or real time in integer microseconds. */
export type Micros = number

/** The name of a machine on the network: '1' for server 1, 'ann' for a client. */
export type HostName = string

/** The ports of a machine, by purpose. A live host maps each to a TCP port. */
export type PortName = 'election' | 'quorum' | 'client'

export interface Endpoint {
  readonly host: HostName
  readonly port: PortName
}

/** One end of a connection, as TCP gives it: packets arrive in the order sent, or not at all. */
export interface Connection {
  /** Unique on this node, for printing. */
  readonly id: number
  /** The machine at the other end. */
  readonly remote: HostName
  /** The network address of that machine: '10.0.0.1'. */
  readonly remoteAddress: string
  /** Whatever the node wants to find again when something happens on this connection. */
  attachment: unknown
}

/** A promise that something will be on the platter; comes back as `onForced` or `onDiskFailed`. */
export type Ticket = number

/** A file on the disk of this node: 'log.100000001', 'snapshot.0', 'acceptedEpoch'. */
export type FileName = string

export type DiskError = 'io' | 'full'

/** What a node would read back now. */
export interface DiskImage {
  readonly records: LogView<DiskRecord>
  /**
   * Where reading stops being possible, if anywhere, and why: `torn` is an incomplete last record (a power cut in the
   * middle of a write), `corrupt` a record whose checksum is wrong. Records before `at` are good.
   */
  readonly damage: { readonly at: number; readonly kind: 'torn' | 'corrupt' } | null
}

/** 'main', 'sync', 'learner/2' … */
export type ThreadName = string
export type TimerName = string

/**
 * Everything a node can do to the world, and nothing else.
 *
 * 1. **Run to completion.** A stimulus is never interleaved with another of the same node.
 * 2. **No re-entry.** A Host call never calls the node back; every consequence arrives later as a stimulus.
 * 3. **Once, or never.** Tickets, timers and connections belong to an incarnation; what would arrive after a restart
 *    is dropped by the host. Exactly one of `onForced` / `onDiskFailed` answers a ticket, one of `onConnected` /
 *    `onRefused` a dial; `onClosed` comes at most once a connection and is its last stimulus.
 * 4. **Frozen.** Packets, disk records and facts are frozen all the way down; the simulator passes them by reference.
 * 5. **Any call may be the node's last.** The host may throw out of any call (a crash between two effects of one step).
 *    Nodes do not catch what they did not throw.
 */
export interface Host {
  /** This node's monotonic clock; constant during a step; may run fast or slow. */
  readonly now: Micros
  /** This node's wall clock; may jump either way. */
  readonly wallClock: Micros
  /** Uniform in [0, 1), from this incarnation's own stream. */
  random(): number

  /** Begins to accept connections at a port; each arrives as `onAccepted`. */
  listen(port: PortName): void
  unlisten(port: PortName): void
  /** Opens a connection. Later: `onConnected` or `onRefused`; neither while the network swallows the attempt. */
  dial(to: Endpoint, attachment: unknown): Connection
  /**
   * Puts a packet on the wire, in order or not at all. Sending on a connection that is closed, or not yet connected,
   * loses the packet (as a write to a socket whose reset has not been read yet).
   *
   * @returns false when the send buffer is full: the packet is taken all the same, but a polite sender waits for
   *   `onWritable` before the next.
   */
  send(on: Connection, packet: Packet): boolean
  /** Closes this end. The other end learns later (`onClosed`); this end hears no more of it, not even `onClosed`. */
  hangUp(on: Connection): void

  /** Adds a record at the end of a file, in the page cache. Creates the file. */
  append(file: FileName, record: DiskRecord): void
  /** Makes all appended (and truncated) so far in this file durable. FIFO per file. */
  force(file: FileName): Ticket
  /** Replaces a small file's content by one record, atomically and durably (write aside, force, rename). */
  replace(file: FileName, record: DiskRecord): Ticket
  /** Keeps the first `length` records of a file; durable with the next force. */
  truncate(file: FileName, length: number): void
  remove(file: FileName): void
  /** The names of all files, in code unit order. */
  files(): readonly FileName[]
  /** What would be read back now, page cache included; undefined where there is no such file. */
  read(file: FileName): DiskImage | undefined

  /** Arms a timer (`onTimer`); re-arming replaces. */
  setTimer(name: TimerName, after: Micros): void
  clearTimer(name: TimerName): void
  /** Asks for a turn of a thread (`onTurn`), soon: when is the host's choice. */
  wake(thread: ThreadName): void

  /** Says what has happened, past tense. The protocol may not depend on who listens. */
  tell(fact: Fact): void
  /** Ends this process by its own will (System.exit). Does not return. */
  exit(code: number, reason: string): never
}

/** What runs on a host. One method a stimulus; each runs to completion. */
export interface Node {
  /** The process starts; what is on the disk is all it knows. */
  onStart(): void
  onAccepted(connection: Connection, port: PortName): void
  onConnected(connection: Connection): void
  onRefused(connection: Connection): void
  onPacket(connection: Connection, packet: Packet): void
  /** The send buffer has room again after `send` returned false. */
  onWritable(connection: Connection): void
  onClosed(connection: Connection): void
  onForced(ticket: Ticket): void
  /** The records of this force (and of later appends to the file so far) may or may not be on the platter. */
  onDiskFailed(ticket: Ticket, error: DiskError): void
  onTimer(name: TimerName): void
  onTurn(thread: ThreadName): void
  /** The process is about to end of an error that it did not catch. It may tell so, and do nothing else. */
  onUncaught?(message: string): void
}

/** Makes the node of a new incarnation. Copied with the world, so plain or frozen, without closures. */
export interface NodeFactory {
  create(host: Host): Node
}
