import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { EventType } from '../../src/nodes/client/WatchedEvent.ts'
import { type WatchKind, ZKWatchManager } from '../../src/nodes/client/ZKWatchManager.ts'
import { fork } from '../../src/sim/kernel/fork.ts'

const KINDS: readonly WatchKind[] = ['data', 'exist', 'child', 'persistent', 'persistentRecursive']
const PATHS = ['/', '/a', '/a/b', '/a/bc', '/a/b/c', '/d']
const WATCHERS = ['', 'v', 'w']
const EVENTS: readonly EventType[] = ['NodeCreated', 'NodeDeleted', 'NodeDataChanged', 'NodeChildrenChanged']
const NOWATCHER = -121
const CONNECTIONLOSS = -4

/** By type code: Children, Data, Any, Persistent, PersistentRecursive. */
const KINDS_OF_TYPE: Readonly<Record<number, readonly WatchKind[]>> = {
  1: ['child'],
  2: ['data', 'exist'],
  3: KINDS,
  4: ['persistent'],
  5: ['persistentRecursive'],
}
/** Which watches at the path itself an event ends. */
const ENDED: Readonly<Record<string, readonly WatchKind[]>> = {
  NodeCreated: ['data', 'exist'],
  NodeDataChanged: ['data', 'exist'],
  NodeChildrenChanged: ['child'],
  NodeDeleted: ['data', 'exist', 'child'],
}

/** All there is to know: who watches what in which way. */
class NaiveWatches {
  watches: { kind: WatchKind; path: string; watcher: string }[] = []

  register(kind: WatchKind, path: string, watcher: string): void {
    if (this.find(kind, path).includes(watcher)) return
    this.watches.push({ kind, path, watcher })
  }

  find(kind: WatchKind, path: string): string[] {
    return this.watches.filter((w) => w.kind === kind && w.path === path).map((w) => w.watcher)
  }

  event(type: EventType, path: string): string[] {
    const ended = ENDED[type] ?? []
    const hears = (w: { kind: WatchKind; path: string }): boolean => {
      if (w.path === path && (ended.includes(w.kind) || w.kind === 'persistent')) return true
      if (w.kind !== 'persistentRecursive' || type === 'NodeChildrenChanged') return false
      return w.path === path || w.path === '/' || path.startsWith(`${w.path}/`)
    }
    const told = this.watches.filter(hears).map((w) => w.watcher)
    this.watches = this.watches.filter((w) => w.path !== path || !ended.includes(w.kind))
    return sorted(told)
  }

  /** By event: who no longer watches. */
  remove(path: string, watcher: string | null, type: number): Map<string, string[]> {
    const kinds = KINDS_OF_TYPE[type] ?? []
    const gone = this.watches.filter(
      (w) => kinds.includes(w.kind) && w.path === path && (watcher === null || w.watcher === watcher),
    )
    this.watches = this.watches.filter((w) => !gone.includes(w))
    const by = new Map<string, string[]>()
    for (const { kind, watcher: name } of gone) {
      const event = REMOVED[kind]
      by.set(event, sorted([...(by.get(event) ?? []), name]))
    }
    return by
  }
}

const REMOVED: Readonly<Record<WatchKind, string>> = {
  child: 'ChildWatchRemoved',
  data: 'DataWatchRemoved',
  exist: 'DataWatchRemoved',
  persistent: 'PersistentWatchRemoved',
  persistentRecursive: 'PersistentWatchRemoved',
}

function sorted(names: string[]): string[] {
  return [...new Set(names)].sort((a, b) => (a < b ? -1 : 1))
}

const kind = fc.constantFrom(...KINDS)
const path = fc.constantFrom(...PATHS)
const watcher = fc.constantFrom(...WATCHERS)
const deed = fc.oneof(
  { weight: 3, arbitrary: fc.record({ type: fc.constant('register' as const), kind, path, watcher }) },
  {
    weight: 2,
    arbitrary: fc.record({ type: fc.constant('event' as const), event: fc.constantFrom(...EVENTS), path }),
  },
  fc.record({
    type: fc.constant('remove' as const),
    path,
    watcher: fc.option(watcher),
    watcherType: fc.integer({ min: 1, max: 5 }),
    local: fc.boolean(),
    rc: fc.constantFrom(0, CONNECTIONLOSS),
  }),
)

describe('the watches of a client', () => {
  it('are those of a list of all watches', () => {
    fc.assert(
      fc.property(fc.array(deed, { maxLength: 40 }), (deeds) => {
        const watches = new ZKWatchManager(false)
        const naive = new NaiveWatches()
        for (const one of deeds) {
          if (one.type === 'register') {
            watches.register(one.kind, one.path, one.watcher)
            naive.register(one.kind, one.path, one.watcher)
          } else if (one.type === 'event') {
            expect(watches.materialize('SyncConnected', one.event, one.path)).toEqual(
              naive.event(one.event, one.path),
            )
          } else {
            const isThere = (KINDS_OF_TYPE[one.watcherType] ?? []).some((k) => {
              const those = naive.find(k, one.path)
              return one.watcher === null ? those.length > 0 : those.includes(one.watcher)
            })
            const removes = isThere && (one.rc === 0 || one.local)
            const { err, removed } = watches.removeWatcher(
              one.path,
              one.watcher,
              one.watcherType,
              one.local,
              one.rc,
            )
            expect(err).toBe(removes ? 0 : isThere ? one.rc : NOWATCHER)
            const by = removes ? naive.remove(one.path, one.watcher, one.watcherType) : new Map()
            expect(new Map(removed.map((r) => [r.type as string, r.watchers]))).toEqual(by)
          }
          for (const k of KINDS) {
            const there = new Set(naive.watches.filter((w) => w.kind === k).map((w) => w.path))
            expect(new Set(watches.paths(k))).toEqual(there)
            for (const p of PATHS) expect(watches.watchersOf(k, p)).toEqual(sorted(naive.find(k, p)))
          }
          expect(watches.isEmpty).toBe(naive.watches.length === 0)
        }
      }),
    )
  })

  it('all hear of a state, the default watcher in any case', () => {
    const watches = new ZKWatchManager(false)
    expect(watches.materialize('Disconnected', 'None', null)).toEqual([''])
    watches.register('data', '/a', 'w')
    watches.register('persistentRecursive', '/', 'v')
    expect(watches.materialize('Disconnected', 'None', null)).toEqual(['', 'v', 'w'])
    expect(watches.paths('data')).toEqual(['/a'])
  })

  it('that fire once are given up with the connection, where they are not to be set again', () => {
    const watches = new ZKWatchManager(true)
    for (const k of KINDS) watches.register(k, '/a', 'w')
    watches.materialize('SyncConnected', 'None', null)
    expect(watches.paths('exist')).toEqual(['/a'])
    expect(watches.materialize('Disconnected', 'None', null)).toEqual(['', 'w'])
    expect(KINDS.filter((k) => watches.paths(k).length > 0)).toEqual(['persistent', 'persistentRecursive'])
  })

  it('are copied with all else', () => {
    const watches = new ZKWatchManager(false)
    for (const k of KINDS) watches.register(k, '/a', 'w')
    const copy = fork(watches, { strict: true })
    copy.materialize('SyncConnected', 'NodeDeleted', '/a')
    copy.register('child', '/b', 'v')
    for (const k of KINDS) copy.register(k, '/c', 'v')
    for (const k of KINDS) expect(watches.paths(k)).toEqual(['/a'])
    expect(copy.paths('data')).toEqual(['/c'])
    expect(copy.paths('child')).toEqual(['/b', '/c'])
  })
})
