import { type Copy, type Forkable, fork } from '../../base/forkable.ts'
import { keeperErrors } from '../keeperErrors.ts'
import { WatcherType } from '../watch/watcherTypes.ts'
import {
  DEFAULT_WATCHER,
  type EventType,
  type KeeperState,
  type WatcherName,
  type WatchRemovedType,
} from './WatchedEvent.ts'

/** Watchers by the path they watch; the lists are frozen and in code unit order. */
type WatchTable = Map<string, readonly WatcherName[]>

/** The tables, in the order in which they are set again after a reconnect. */
export type WatchKind = 'data' | 'exist' | 'child' | 'persistent' | 'persistentRecursive'

const NOBODY: readonly WatcherName[] = Object.freeze([])
const BY_DEFAULT: readonly WatcherName[] = Object.freeze([DEFAULT_WATCHER])

export interface Removed {
  readonly type: WatchRemovedType
  readonly watchers: readonly WatcherName[]
}

/** What a removal came to: `err` is what the caller is told. */
export interface Removal {
  readonly err: number
  readonly removed: readonly Removed[]
}

/**
 * Which watchers of a client watch what, in the server's paths. A watch is registered by the reply to the request that
 * asked for it, and forgotten by the event that it was for. Java: ZKWatchManager
 */
export class ZKWatchManager implements Forkable {
  protected readonly disableAutoWatchReset: boolean
  // Most clients have few kinds of watches, or none.
  protected data: WatchTable | null = null
  protected exist: WatchTable | null = null
  protected child: WatchTable | null = null
  protected persistent: WatchTable | null = null
  protected persistentRecursive: WatchTable | null = null

  constructor(disableAutoWatchReset: boolean) {
    this.disableAutoWatchReset = disableAutoWatchReset
  }

  [fork](_copy: Copy): this {
    const copy: ZKWatchManager = new (this.constructor as typeof ZKWatchManager)(this.disableAutoWatchReset)
    copy.data = copyOf(this.data)
    copy.exist = copyOf(this.exist)
    copy.child = copyOf(this.child)
    copy.persistent = copyOf(this.persistent)
    copy.persistentRecursive = copyOf(this.persistentRecursive)
    return copy as this
  }

  /** Java: getDataWatchList and its likes. In the order of registration. */
  paths(kind: WatchKind): readonly string[] {
    const table = this[kind]
    return table === null ? [] : [...table.keys()]
  }

  get isEmpty(): boolean {
    return (
      sizeOf(this.data) +
        sizeOf(this.exist) +
        sizeOf(this.child) +
        sizeOf(this.persistent) +
        sizeOf(this.persistentRecursive) ===
      0
    )
  }

  /** Who watches this path in this way. */
  watchersOf(kind: WatchKind, path: string): readonly WatcherName[] {
    return this[kind]?.get(path) ?? NOBODY
  }

  /** Java: ZooKeeper.WatchRegistration.register */
  register(kind: WatchKind, path: string, watcher: WatcherName): void {
    const table = (this[kind] ??= new Map())
    const watchers = table.get(path)
    if (watchers === undefined) {
      table.set(path, watcher === DEFAULT_WATCHER ? BY_DEFAULT : Object.freeze([watcher]))
    } else if (!watchers.includes(watcher)) {
      table.set(path, inOrder([...watchers, watcher]))
    }
  }

  /**
   * Whom to tell of an event; watches that fire once are forgotten.
   *
   * @param path null for a change of state, which concerns everybody.
   */
  materialize(state: KeeperState, type: EventType, path: string | null): readonly WatcherName[] {
    if (path === null) return this.everybody(state)
    const found: (readonly WatcherName[])[] = []
    switch (type) {
      case 'NodeDataChanged':
      case 'NodeCreated':
        take(this.data, path, found)
        take(this.exist, path, found)
        break
      case 'NodeChildrenChanged':
        take(this.child, path, found)
        break
      default:
        take(this.data, path, found)
        // The server has nothing to delete where such a watch is; but if it were to say so, that watch is over.
        take(this.exist, path, found)
        take(this.child, path, found)
    }
    this.addPersistentWatches(path, type, found)
    return union(found)
  }

  /**
   * Takes watches away after the server's answer.
   *
   * @param watcher null: whoever watches there in this way
   * @param local even if the server answered with an error
   * @param rc what the server answered
   */
  removeWatcher(
    path: string,
    watcher: WatcherName | null,
    watcherType: number,
    local: boolean,
    rc: number,
  ): Removal {
    if (!this.containsWatcher(path, watcher, watcherType)) return refused(keeperErrors.NOWATCHER.code)
    if (rc !== keeperErrors.OK.code && !local) return refused(rc)
    const removed: Removed[] = []
    const any = watcherType === WatcherType.any
    if (any || watcherType === WatcherType.children) {
      removed.push(removal('ChildWatchRemoved', [removeFrom(this.child, path, watcher)]))
    }
    if (any || watcherType === WatcherType.data) {
      const both = [removeFrom(this.data, path, watcher), removeFrom(this.exist, path, watcher)]
      removed.push(removal('DataWatchRemoved', both))
    }
    const persistent: (readonly WatcherName[])[] = []
    if (any || watcherType === WatcherType.persistent) {
      persistent.push(removeFrom(this.persistent, path, watcher))
    }
    if (any || watcherType === WatcherType.persistentRecursive) {
      persistent.push(removeFrom(this.persistentRecursive, path, watcher))
    }
    removed.push(removal('PersistentWatchRemoved', persistent))
    const told = removed.filter(({ watchers }) => watchers.length > 0)
    return told.length === 0
      ? refused(keeperErrors.NOWATCHER.code)
      : Object.freeze({ err: keeperErrors.OK.code, removed: Object.freeze(told) })
  }

  protected containsWatcher(path: string, watcher: WatcherName | null, watcherType: number): boolean {
    switch (watcherType) {
      case WatcherType.children:
        return contains(this.child, path, watcher)
      case WatcherType.data:
        return contains(this.data, path, watcher) || contains(this.exist, path, watcher)
      case WatcherType.persistent:
        return contains(this.persistent, path, watcher)
      case WatcherType.persistentRecursive:
        return contains(this.persistentRecursive, path, watcher)
      default:
        return (
          contains(this.child, path, watcher) ||
          contains(this.data, path, watcher) ||
          contains(this.exist, path, watcher) ||
          contains(this.persistent, path, watcher) ||
          contains(this.persistentRecursive, path, watcher)
        )
    }
  }

  protected addPersistentWatches(path: string, type: EventType, found: (readonly WatcherName[])[]): void {
    add(this.persistent, path, found)
    // A child watch below brings such an event to this connection; a recursive watch never asked for it.
    if (type === 'NodeChildrenChanged') return
    this.addRecursiveWatches(path, found)
  }

  /** Java: PathParentIterator.forAll */
  protected addRecursiveWatches(path: string, found: (readonly WatcherName[])[]): void {
    if (sizeOf(this.persistentRecursive) === 0) return
    for (let at = path; at.length > 1; at = at.slice(0, at.lastIndexOf('/'))) {
      add(this.persistentRecursive, at, found)
    }
    add(this.persistentRecursive, '/', found)
  }

  private everybody(state: KeeperState): readonly WatcherName[] {
    const found = [BY_DEFAULT]
    const tables = [this.data, this.exist, this.child, this.persistent, this.persistentRecursive]
    for (const table of tables) for (const watchers of table?.values() ?? []) found.push(watchers)
    if (this.disableAutoWatchReset && state !== 'SyncConnected') {
      this.data = null
      this.exist = null
      this.child = null
    }
    return union(found)
  }
}

function copyOf(table: WatchTable | null): WatchTable | null {
  return table instanceof Map ? new Map(table) : table
}

function sizeOf(table: WatchTable | null): number {
  return table === null ? 0 : table.size
}

function add(table: WatchTable | null, path: string, found: (readonly WatcherName[])[]): void {
  const watchers = table?.get(path)
  if (watchers !== undefined) found.push(watchers)
}

function take(table: WatchTable | null, path: string, found: (readonly WatcherName[])[]): void {
  add(table, path, found)
  table?.delete(path)
}

function contains(table: WatchTable | null, path: string, watcher: WatcherName | null): boolean {
  const watchers = table?.get(path)
  return watchers !== undefined && (watcher === null || watchers.includes(watcher))
}

/** @returns whom. */
function removeFrom(
  table: WatchTable | null,
  path: string,
  watcher: WatcherName | null,
): readonly WatcherName[] {
  const watchers = table?.get(path)
  if (table === null || watchers === undefined) return NOBODY
  if (watcher === null) {
    table.delete(path)
    return watchers
  }
  if (!watchers.includes(watcher)) return NOBODY
  if (watchers.length === 1) table.delete(path)
  else table.set(path, Object.freeze(watchers.filter((other) => other !== watcher)))
  return Object.freeze([watcher])
}

function removal(type: WatchRemovedType, lists: readonly (readonly WatcherName[])[]): Removed {
  return Object.freeze({ type, watchers: union(lists) })
}

function refused(err: number): Removal {
  return Object.freeze({ err, removed: NOTHING_REMOVED })
}

const NOTHING_REMOVED: readonly Removed[] = Object.freeze([])

function union(lists: readonly (readonly WatcherName[])[]): readonly WatcherName[] {
  const [first = NOBODY] = lists
  if (lists.every((list) => list === first)) return first
  const all = new Set<WatcherName>()
  for (const list of lists) for (const watcher of list) all.add(watcher)
  return inOrder([...all])
}

function inOrder(watchers: WatcherName[]): readonly WatcherName[] {
  return Object.freeze(watchers.sort((a, b) => (a < b ? -1 : a > b ? 1 : 0)))
}
