import type { WatchEventType } from '../packets.ts'
import type { Zxid } from '../zxid.ts'

/** How a client is to its servers. Java: Watcher.Event.KeeperState, less SASL's */
export type KeeperState =
  | 'Disconnected'
  | 'SyncConnected'
  | 'AuthFailed'
  | 'ConnectedReadOnly'
  | 'Expired'
  | 'Closed'

/** Those that the client makes itself when watches are removed. */
export type WatchRemovedType = 'ChildWatchRemoved' | 'DataWatchRemoved' | 'PersistentWatchRemoved'

/** `None` says that the state is another. Java: Watcher.Event.EventType */
export type EventType = 'None' | WatchEventType | WatchRemovedType

/**
 * A watcher: where the Java client has objects, a client here has names. Each hears of an event once, whatever number of
 * its watches it matches.
 */
export type WatcherName = string

/** The one that a client is made with. Java: ZKWatchManager.defaultWatcher */
export const DEFAULT_WATCHER: WatcherName = ''

/** What a client tells its watchers. Frozen. Java: WatchedEvent */
export interface WatchedEvent {
  readonly type: EventType
  readonly state: KeeperState
  /** As the client names it, below its chroot; null where the type is `None`. */
  readonly path: string | null
  /** Of the change, as the server's packet says; -1 where it does not, and for what the client makes itself. */
  readonly zxid: Zxid
  /** Who is told, in code unit order. */
  readonly watchers: readonly WatcherName[]
}
