/**
 * A ZooKeeper client as promises. An interface, so that a program written against it runs in a simulation and, with
 * another implementation, on a real ensemble.
 */
import type { AclList, Id } from '../../nodes/acl.ts'
import type { EventType, KeeperState } from '../../nodes/client/WatchedEvent.ts'
import type { CreateMode } from '../../nodes/createFlags.ts'
import type { Stat } from '../../nodes/packets.ts'

/** What a node holds: a string goes as UTF-8; null is no data at all, which is not the same as none. */
export type Data = string | Uint8Array | null

export interface NodeData {
  /** A copy of the bytes. */
  readonly data: Uint8Array | null
  /** The bytes read as UTF-8; what is not UTF-8 in them is shown as U+FFFD. */
  readonly text: string | null
  readonly stat: Stat
}

export interface CreateOptions {
  /** `persistent` unless said. */
  readonly mode?: CreateMode
  /** Open to everybody unless said. */
  readonly acl?: AclList
  /** Milliseconds; for the modes with a TTL alone. */
  readonly ttl?: number
}

/** Java: Watcher.Event.KeeperState */
export type SessionState = KeeperState

/** Java: WatchedEvent. Of type `None` when it is the session that changed; then `path` is null. */
export interface WatchEvent {
  readonly type: EventType
  readonly state: SessionState
  readonly path: string | null
}

export type Watcher = (event: WatchEvent) => void

export interface ReadOptions {
  /**
   * Leave a watch. A function hears of it; `true` is for those who ask for `nextEvent` or iterate over `events`, which
   * see the events of all watches.
   */
  readonly watch?: Watcher | boolean
}

export type WatchMode = 'persistent' | 'persistentRecursive'
/** Java: Watcher.WatcherType */
export type WatcherType = 'children' | 'data' | 'any' | 'persistent' | 'persistentRecursive'

/** A write that may stand in a multi. A version that is not said matches any. */
export type MultiOp =
  | ({ readonly type: 'create'; readonly path: string; readonly data?: Data } & CreateOptions)
  | { readonly type: 'delete'; readonly path: string; readonly version?: number }
  | { readonly type: 'setData'; readonly path: string; readonly data: Data; readonly version?: number }
  | { readonly type: 'check'; readonly path: string; readonly version: number }

/** What a write of a multi came to. */
export type MultiResult =
  | { readonly type: 'create'; readonly path: string; readonly stat: Stat | null }
  | { readonly type: 'setData'; readonly stat: Stat }
  | { readonly type: 'delete' | 'check' }

export interface MultiReadOp {
  readonly type: 'getData' | 'getChildren'
  readonly path: string
}

/** What a read of a multiRead came to: each succeeds or fails for itself, with a KeeperException for its error. */
export type MultiReadResult =
  | ({ readonly type: 'getData' } & NodeData)
  | { readonly type: 'getChildren'; readonly children: readonly string[] }
  | { readonly type: 'error'; readonly error: Error }

/** Collects writes; `commit` does all of them or none. Java: Transaction */
export interface Transaction {
  create(path: string, data?: Data, options?: CreateOptions): Transaction
  delete(path: string, version?: number): Transaction
  setData(path: string, data: Data, version?: number): Transaction
  check(path: string, version: number): Transaction
  commit(): Promise<readonly MultiResult[]>
}

/** Which servers join, leave, or are to be all there are; as text, `4=host:2888:3888:participant;2181`. */
export interface Reconfiguration {
  readonly joining?: string
  readonly leaving?: string
  readonly members?: string
  /** The version of the configuration that is to be changed; any unless said. */
  readonly fromConfig?: number
}

/**
 * A session with an ensemble. Every method that asks the servers rejects with a KeeperException. Java: ZooKeeper
 *
 * Versions that are not said match any.
 */
export interface ZooKeeper {
  /** How facts, transcripts and faults name this client. */
  readonly name: string
  /** `0x0` before the first connection. */
  readonly sessionId: string
  /** Milliseconds, as negotiated. */
  readonly sessionTimeout: number
  readonly state:
    | 'NOT_CONNECTED'
    | 'CONNECTING'
    | 'CONNECTED'
    | 'CONNECTEDREADONLY'
    | 'CLOSED'
    | 'AUTH_FAILED'

  /** @returns the path that was made, which a sequential mode has added a counter to. */
  create(path: string, data?: Data, options?: CreateOptions): Promise<string>
  create2(
    path: string,
    data?: Data,
    options?: CreateOptions,
  ): Promise<{ readonly path: string; readonly stat: Stat }>
  delete(path: string, version?: number): Promise<void>
  /** Null where there is no such node. */
  exists(path: string, options?: ReadOptions): Promise<Stat | null>
  getData(path: string, options?: ReadOptions): Promise<NodeData>
  setData(path: string, data: Data, version?: number): Promise<Stat>
  /** Names, not paths. ZooKeeper promises no order. */
  getChildren(path: string, options?: ReadOptions): Promise<readonly string[]>
  getChildren2(
    path: string,
    options?: ReadOptions,
  ): Promise<{ readonly children: readonly string[]; readonly stat: Stat }>
  getAllChildrenNumber(path: string): Promise<number>
  /** Of this session. */
  getEphemerals(prefix?: string): Promise<readonly string[]>
  getACL(path: string): Promise<{ readonly acl: AclList; readonly stat: Stat }>
  /** @param version compared with the `aversion` of the node */
  setACL(path: string, acl: AclList, version?: number): Promise<Stat>
  /** What was committed before this was asked is seen by what is asked after it is answered. */
  sync(path: string): Promise<void>
  /** All or nothing. Rejects with the error of the operation that failed; `results` has those of all. */
  multi(ops: readonly MultiOp[]): Promise<readonly MultiResult[]>
  transaction(): Transaction
  multiRead(ops: readonly MultiReadOp[]): Promise<readonly MultiReadResult[]>
  /** `persistentRecursive` unless said. */
  addWatch(path: string, options?: { readonly mode?: WatchMode; readonly watch?: Watcher }): Promise<void>
  /**
   * Removes one watcher, or all of this type (`any`: of every type) where none is said; they are told so. `local`: even
   * where the servers do not.
   */
  removeWatches(
    path: string,
    options?: { readonly type?: WatcherType; readonly watch?: Watcher; readonly local?: boolean },
  ): Promise<void>
  addAuth(scheme: string, auth: Data): Promise<void>
  whoAmI(): Promise<readonly Id[]>
  reconfig(change: Reconfiguration): Promise<NodeData>
  getConfig(options?: ReadOptions): Promise<NodeData>
  /** Ends the session; its ephemeral nodes go with it. What was asked before is done first. */
  close(): Promise<void>

  /** The next event of a watch or of the session that nobody took yet; null once it is over and none is left. */
  nextEvent(): Promise<WatchEvent | null>
  /** The same, for `for await`: ends when the session does. */
  readonly events: AsyncIterable<WatchEvent>
  /** Hears every change of the session's state, from now on. @returns what ends that. */
  onState(watcher: Watcher): () => void
}
