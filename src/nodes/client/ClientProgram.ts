import type { Operation, Result } from '../packets.ts'
import type { Client } from './Client.ts'
import type { WatchedEvent } from './WatchedEvent.ts'

/**
 * What a client does by itself: a workload. Its calls may submit operations, so that what completes brings
 * forth the next. An instance belongs to one run of one client and is copied with it: plain fields and
 * methods only.
 */
export interface ClientProgram {
  /** A session is established or re-established. */
  onConnected(client: Client): void
  /** `err` is 0 or a code of KeeperException; `result` is null unless it is 0. */
  onCompleted(client: Client, id: number, op: Operation, err: number, result: Result | null): void
  /**
   * What the watchers of the client are told, in the order in which it came between the replies; changes of state are
   * among it.
   */
  onEvent?(client: Client, event: WatchedEvent): void
  /** The timer that it set by `client.wakeProgram`. */
  onTimer?(client: Client): void
  /**
   * The session is over, not by its own `close`; everything it had pending has completed. `client.connect` begins
   * another.
   */
  onExpired(client: Client): void
}

/** Makes the program of each run of a client. Frozen. */
export interface ClientProgramFactory {
  create(): ClientProgram
}
