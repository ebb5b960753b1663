/**
 * Who watches what, in one client. The client's node knows the paths; who is to be told is known here alone.
 * Java: ZKWatchManager
 */
import type { WatchEvent, Watcher, WatcherType, WatchMode } from './ZooKeeper.ts'

type Kind = 'data' | 'exist' | 'child' | WatchMode
type Table = Map<string, Set<Watcher>>

const kindsOfType: Readonly<Record<WatcherType, readonly Kind[]>> = Object.freeze({
  children: Object.freeze(['child'] as const),
  data: Object.freeze(['data', 'exist'] as const),
  persistent: Object.freeze(['persistent'] as const),
  persistentRecursive: Object.freeze(['persistentRecursive'] as const),
  any: Object.freeze(['child', 'data', 'exist', 'persistent', 'persistentRecursive'] as const),
})

/** Watches that an event uses up, by its type. Java: ZKWatchManager.materialize */
const usedUpBy: Readonly<Partial<Record<WatchEvent['type'], readonly Kind[]>>> = Object.freeze({
  NodeCreated: Object.freeze(['data', 'exist'] as const),
  NodeDataChanged: Object.freeze(['data', 'exist'] as const),
  NodeChildrenChanged: Object.freeze(['child'] as const),
  NodeDeleted: Object.freeze(['data', 'exist', 'child'] as const),
})

export type RemovalEvent = 'ChildWatchRemoved' | 'DataWatchRemoved' | 'PersistentWatchRemoved'

const removalEvents: Readonly<Record<Kind, RemovalEvent>> = Object.freeze({
  child: 'ChildWatchRemoved',
  data: 'DataWatchRemoved',
  exist: 'DataWatchRemoved',
  persistent: 'PersistentWatchRemoved',
  persistentRecursive: 'PersistentWatchRemoved',
})

export class WatchTable {
  private readonly tables: Readonly<Record<Kind, Table>> = Object.freeze({
    data: new Map(),
    exist: new Map(),
    child: new Map(),
    persistent: new Map(),
    persistentRecursive: new Map(),
  })

  get empty(): boolean {
    return Object.values(this.tables).every((table) => table.size === 0)
  }

  add(kind: Kind, path: string, watcher: Watcher): void {
    const table = this.tables[kind]
    const watchers = table.get(path)
    if (watchers === undefined) table.set(path, new Set([watcher]))
    else watchers.add(watcher)
  }

  /**
   * @param watcher null: whoever watches there in this way
   * @returns who was removed, by the event that tells them so. Java: removeWatcher
   */
  remove(type: WatcherType, path: string, watcher: Watcher | null): ReadonlyMap<RemovalEvent, Set<Watcher>> {
    const removed = new Map<RemovalEvent, Set<Watcher>>()
    for (const kind of kindsOfType[type]) {
      const watchers = this.tables[kind].get(path)
      if (watchers === undefined || (watcher !== null && !watchers.has(watcher))) continue
      const gone = watcher === null ? [...watchers] : [watcher]
      for (const one of gone) watchers.delete(one)
      if (watchers.size === 0) this.tables[kind].delete(path)
      const event = removalEvents[kind]
      removed.set(event, new Set([...(removed.get(event) ?? []), ...gone]))
    }
    return removed
  }

  /** Who is to be told, each once. What fires once only is used up. */
  materialize({ type, path }: WatchEvent): readonly Watcher[] {
    const told = new Set<Watcher>()
    const tell = (watchers: ReadonlySet<Watcher> | undefined): void => {
      for (const watcher of watchers ?? []) told.add(watcher)
    }
    if (path === null) {
      for (const table of Object.values(this.tables)) for (const watchers of table.values()) tell(watchers)
      return [...told]
    }
    for (const kind of usedUpBy[type] ?? []) {
      tell(this.tables[kind].get(path))
      this.tables[kind].delete(path)
    }
    tell(this.tables.persistent.get(path))
    // A recursive watch hears of children by their own events.
    if (type !== 'NodeChildrenChanged') {
      for (const parent of pathAndParents(path)) tell(this.tables.persistentRecursive.get(parent))
    }
    return [...told]
  }
}

function* pathAndParents(path: string): Generator<string> {
  let at = path
  while (at !== '/' && at !== '') {
    yield at
    at = at.slice(0, at.lastIndexOf('/'))
  }
  yield '/'
}
