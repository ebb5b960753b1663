import fc from 'fast-check'
import { beforeEach, describe, expect, it } from 'vitest'
import { type AclList, aclList, type Id, OPEN_ACL_UNSAFE, Perms } from '../../src/nodes/acl.ts'
import { DataTree, parentOf, type TreeChange } from '../../src/nodes/database/DataTree.ts'
import { ideal } from '../../src/nodes/ideal.ts'
import { defaultSettings, type PeerConfig } from '../../src/nodes/PeerConfig.ts'
import type { ServerCnxn } from '../../src/nodes/server/ServerCnxn.ts'
import { Watches } from '../../src/nodes/watch/Watches.ts'
import { AddWatchMode, WatcherType } from '../../src/nodes/watch/watcherTypes.ts'

const config: PeerConfig = Object.freeze({
  ...defaultSettings,
  myid: 1,
  quorum: Object.freeze({ version: 0, servers: Object.freeze([]), hierarchy: null }),
})

const ANN_ONLY = aclList([{ perms: Perms.ALL, scheme: 'digest', id: 'ann:x' }])

/** As much of a connection as watches see. */
class Watcher {
  readonly name: string
  closed = false
  private readonly log: string[]

  constructor(name: string, log: string[]) {
    this.name = name
    this.log = log
  }

  get authInfo(): readonly Id[] {
    return [{ scheme: 'digest', id: `${this.name}:x` }]
  }

  sendWatchEvent(event: string, path: string, zxid: number): void {
    this.log.push(`${this.name} ${event} ${path} @${zxid}`)
  }

  get cnxn(): ServerCnxn {
    return this as unknown as ServerCnxn
  }
}

let log: string[]
let watches: Watches
let ann: Watcher
let bob: Watcher

beforeEach(() => {
  log = []
  watches = new Watches(config, ideal)
  ann = new Watcher('ann', log)
  bob = new Watcher('bob', log)
})

function change(
  kind: TreeChange['kind'],
  path: string,
  acl: AclList = OPEN_ACL_UNSAFE,
  parentAcl: AclList = OPEN_ACL_UNSAFE,
): TreeChange {
  return Object.freeze({ kind, path, acl, parentAcl: kind === 'dataChanged' ? null : parentAcl })
}

/** What is told of these changes. */
function told(...changes: TreeChange[]): string[] {
  log.length = 0
  watches.trigger(changes, 7)
  return [...log]
}

describe('watches that fire once', () => {
  it('of data hear of creation, change and deletion', () => {
    for (const [kind, event] of [
      ['created', 'NodeCreated'],
      ['dataChanged', 'NodeDataChanged'],
      ['deleted', 'NodeDeleted'],
    ] as const) {
      watches.addDataWatch('/a', ann.cnxn)
      expect(told(change(kind, '/a'))).toEqual([`ann ${event} /a @7`])
      expect(told(change(kind, '/a'))).toEqual([])
    }
  })

  it('of children hear of children and of the end of the node, never of data', () => {
    watches.addChildWatch('/a', ann.cnxn)
    expect(told(change('dataChanged', '/a'), change('dataChanged', '/a/b'))).toEqual([])
    expect(told(change('created', '/a/b'))).toEqual(['ann NodeChildrenChanged /a @7'])
    watches.addChildWatch('/a', ann.cnxn)
    expect(told(change('deleted', '/a/b'))).toEqual(['ann NodeChildrenChanged /a @7'])
    watches.addChildWatch('/a', ann.cnxn)
    expect(told(change('deleted', '/a'))).toEqual(['ann NodeDeleted /a @7'])
  })

  it('of both kinds are told of the end of the node once, and are both used up', () => {
    watches.addDataWatch('/a', ann.cnxn)
    watches.addChildWatch('/a', ann.cnxn)
    watches.addChildWatch('/a', bob.cnxn)
    expect(told(change('deleted', '/a'))).toEqual(['ann NodeDeleted /a @7', 'bob NodeDeleted /a @7'])
    expect(watches.count).toBe(0)
  })

  it('of the root hear of its children', () => {
    watches.addChildWatch('/', ann.cnxn)
    expect(told(change('created', '/a'))).toEqual(['ann NodeChildrenChanged / @7'])
  })

  it('tell the data first, and watchers in the order in which they came', () => {
    watches.addChildWatch('/', ann.cnxn)
    watches.addDataWatch('/a', bob.cnxn)
    watches.addDataWatch('/a', ann.cnxn)
    expect(told(change('created', '/a'))).toEqual([
      'bob NodeCreated /a @7',
      'ann NodeCreated /a @7',
      'ann NodeChildrenChanged / @7',
    ])
  })
})

describe('watches that stay', () => {
  it('hear of data and children for ever', () => {
    watches.addPersistentWatch('/a', AddWatchMode.persistent, ann.cnxn)
    for (let i = 0; i < 2; i++) {
      expect(told(change('dataChanged', '/a'), change('created', '/a/b'))).toEqual([
        'ann NodeDataChanged /a @7',
        'ann NodeChildrenChanged /a @7',
      ])
    }
    expect(told(change('dataChanged', '/a/b'))).toEqual([])
  })

  it('and are recursive hear of every node below, and of no children as such', () => {
    watches.addPersistentWatch('/a', AddWatchMode.persistentRecursive, ann.cnxn)
    expect(told(change('created', '/a/b'), change('dataChanged', '/a'), change('deleted', '/a/b/c'))).toEqual(
      ['ann NodeCreated /a/b @7', 'ann NodeDataChanged /a @7', 'ann NodeDeleted /a/b/c @7'],
    )
    expect(told(change('created', '/ab'))).toEqual([])
  })

  it('and are recursive at the root hear of everything', () => {
    watches.addPersistentWatch('/', AddWatchMode.persistentRecursive, ann.cnxn)
    expect(told(change('created', '/a/b/c'))).toEqual(['ann NodeCreated /a/b/c @7'])
  })

  it('tell of one change once, however often they match', () => {
    watches.addDataWatch('/a/b', ann.cnxn)
    watches.addPersistentWatch('/a/b', AddWatchMode.persistent, ann.cnxn)
    watches.addPersistentWatch('/a', AddWatchMode.persistentRecursive, ann.cnxn)
    watches.addPersistentWatch('/', AddWatchMode.persistentRecursive, ann.cnxn)
    expect(told(change('dataChanged', '/a/b'))).toEqual(['ann NodeDataChanged /a/b @7'])
  })
})

describe('who may not read', () => {
  it('is not told, and has used up the watch all the same', () => {
    watches.addDataWatch('/a', ann.cnxn)
    watches.addDataWatch('/a', bob.cnxn)
    expect(told(change('dataChanged', '/a', ANN_ONLY))).toEqual(['ann NodeDataChanged /a @7'])
    expect(told(change('dataChanged', '/a'))).toEqual([])
  })

  it('the parent, is not told of its children', () => {
    watches.addChildWatch('/a', ann.cnxn)
    watches.addChildWatch('/a', bob.cnxn)
    expect(told(change('created', '/a/b', OPEN_ACL_UNSAFE, ANN_ONLY))).toEqual([
      'ann NodeChildrenChanged /a @7',
    ])
  })

  it('does not hear of the end of a node by its other watch either', () => {
    watches.addDataWatch('/a', bob.cnxn)
    watches.addChildWatch('/a', bob.cnxn)
    expect(told(change('deleted', '/a', ANN_ONLY))).toEqual([])
    expect(watches.count).toBe(0)
  })
})

describe('a connection that is gone', () => {
  it('has no watches, and gets none', () => {
    watches.addDataWatch('/a', ann.cnxn)
    watches.addPersistentWatch('/', AddWatchMode.persistentRecursive, ann.cnxn)
    watches.removeCnxn(ann.cnxn)
    ann.closed = true
    watches.addDataWatch('/a', ann.cnxn)
    expect(told(change('dataChanged', '/a'))).toEqual([])
    expect(watches.count).toBe(0)
  })
})

describe('checkWatches and removeWatches', () => {
  const types = Object.entries(WatcherType)
  const setters: Record<string, (cnxn: ServerCnxn) => void> = {
    data: (cnxn) => watches.addDataWatch('/a', cnxn),
    children: (cnxn) => watches.addChildWatch('/a', cnxn),
    persistent: (cnxn) => watches.addPersistentWatch('/a', AddWatchMode.persistent, cnxn),
    persistentRecursive: (cnxn) => watches.addPersistentWatch('/a', AddWatchMode.persistentRecursive, cnxn),
  }

  for (const [name, type] of types) {
    it(`of type ${name} know what they are for`, () => {
      for (const [kind, set] of Object.entries(setters)) {
        const matches = name === 'any' || name === kind
        set(ann.cnxn)
        expect([kind, watches.containsWatch('/a', type, ann.cnxn)]).toEqual([kind, matches])
        expect(watches.containsWatch('/a', type, bob.cnxn)).toBe(false)
        expect(watches.containsWatch('/a/b', type, ann.cnxn)).toBe(false)
        expect(watches.removeWatch('/a', type, bob.cnxn)).toBe(false)
        expect([kind, watches.removeWatch('/a', type, ann.cnxn)]).toEqual([kind, matches])
        expect(watches.removeWatch('/a', type, ann.cnxn)).toBe(false)
        expect(watches.count === 0).toBe(matches)
        watches.removeCnxn(ann.cnxn)
      }
    })
  }

  it('take one mode and leave the others', () => {
    for (const set of Object.values(setters)) set(ann.cnxn)
    expect(watches.removeWatch('/a', WatcherType.persistentRecursive, ann.cnxn)).toBe(true)
    expect(told(change('created', '/a/b'))).toEqual(['ann NodeChildrenChanged /a @7'])
    expect(watches.removeWatch('/a', WatcherType.persistent, ann.cnxn)).toBe(true)
    expect(told(change('dataChanged', '/a'))).toEqual(['ann NodeDataChanged /a @7'])
    expect(watches.count).toBe(0)
  })

  it('of a type that there is not find nothing', () => {
    for (const set of Object.values(setters)) set(ann.cnxn)
    expect(watches.containsWatch('/a', 9, ann.cnxn)).toBe(false)
    expect(watches.removeWatch('/a', 9, ann.cnxn)).toBe(false)
  })
})

describe('watches that are set again', () => {
  const tree = DataTree.empty

  it('fire at once where something has changed, with no zxid, and are kept where nothing has', () => {
    watches.setWatches(
      {
        type: 'setWatches2',
        relativeZxid: 0,
        data: ['/', '/gone'],
        exist: ['/zookeeper', '/new'],
        child: ['/zookeeper', '/gone/too'],
        persistent: ['/p'],
        persistentRecursive: ['/r'],
      },
      tree,
      ann.cnxn,
    )
    expect(log).toEqual([
      'ann NodeDeleted /gone @-1',
      'ann NodeCreated /zookeeper @-1',
      'ann NodeDeleted /gone/too @-1',
    ])
    const types = (path: string) =>
      Object.entries(WatcherType).flatMap(([name, type]) =>
        name !== 'any' && watches.containsWatch(path, type, ann.cnxn) ? [name] : [],
      )
    expect(['/', '/gone', '/new', '/zookeeper', '/p', '/r'].map(types)).toEqual([
      ['data'],
      [],
      ['data'],
      ['children'],
      ['persistent'],
      ['persistentRecursive'],
    ])
  })

  it('fire where the node was changed behind what the client has seen', () => {
    const lists = { data: ['/'], exist: [], child: ['/'] }
    watches.setWatches({ type: 'setWatches', relativeZxid: -1, ...lists }, tree, ann.cnxn)
    expect(log).toEqual(['ann NodeDataChanged / @-1', 'ann NodeChildrenChanged / @-1'])
    expect(watches.count).toBe(0)
  })
})

describe('100,000 watches of 10,000 connections', () => {
  it('cost a change no more than those that it concerns', () => {
    let looks = 0
    class Counted extends Watcher {
      override get authInfo(): Watcher['authInfo'] {
        looks += 1
        return []
      }
    }
    const many = Array.from({ length: 10_000 }, (_, i) => new Counted(`c${i}`, log))
    for (const [i, { cnxn }] of many.entries()) {
      for (let n = 0; n < 10; n += 1) watches.addDataWatch(`/${i}/${n}`, cnxn)
    }
    expect(watches.count).toBe(100_000)
    expect(told(change('dataChanged', '/77/7', ANN_ONLY))).toEqual([])
    expect(told(change('dataChanged', '/nobody', ANN_ONLY))).toEqual([])
    expect(looks).toBe(1)
    for (const { cnxn } of many) watches.removeCnxn(cnxn)
    expect(watches.count).toBe(0)
  })
})

// ── against a naive model ──

interface Watch {
  readonly who: string
  readonly manager: 'data' | 'child'
  readonly path: string
  readonly mode: 'standard' | 'persistent' | 'recursive'
}

/** Every watch in one list, looked through from end to end for every event. */
class Model {
  watches: Watch[] = []

  add(...added: Watch[]): void {
    for (const watch of added) {
      if (!this.watches.some((old) => same(old, watch))) this.watches.push(watch)
    }
  }

  remove(matches: (watch: Watch) => boolean): boolean {
    const left = this.watches.filter((watch) => !matches(watch))
    const removed = left.length < this.watches.length
    this.watches = left
    return removed
  }

  trigger({ kind, path }: TreeChange): string[] {
    const events: string[] = []
    const fire = (manager: Watch['manager'], event: string, at: string, but: ReadonlySet<string>) => {
      const hit = this.watches.filter(
        (watch) =>
          watch.manager === manager &&
          (watch.path === at || (watch.mode === 'recursive' && isAbove(watch.path, at))),
      )
      const who = new Set(hit.map((watch) => watch.who))
      this.watches = this.watches.filter((watch) => !(hit.includes(watch) && watch.mode === 'standard'))
      for (const one of who) if (!but.has(one)) events.push(`${one} ${event} ${at} @7`)
      return who
    }
    const nobody: ReadonlySet<string> = new Set()
    if (kind === 'dataChanged') fire('data', 'NodeDataChanged', path, nobody)
    else {
      const event = kind === 'created' ? 'NodeCreated' : 'NodeDeleted'
      const who = fire('data', event, path, nobody)
      if (kind === 'deleted') fire('child', event, path, who)
      fire('child', 'NodeChildrenChanged', parentOf(path), nobody)
    }
    return events
  }
}

function same(a: Watch, b: Watch): boolean {
  return a.who === b.who && a.manager === b.manager && a.path === b.path && a.mode === b.mode
}

function isAbove(above: string, path: string): boolean {
  return above === '/' ? path !== '/' : path.startsWith(`${above}/`)
}

const paths = fc.constantFrom('/a', '/a/b', '/a/b/c', '/a/bb', '/d')
const watched = fc.oneof(paths, fc.constant('/'))
const names = fc.constantFrom('ann', 'bob', 'eve')
const step = fc.oneof(
  fc.record({ do: fc.constant('data' as const), who: names, path: watched }),
  fc.record({ do: fc.constant('child' as const), who: names, path: watched }),
  fc.record({ do: fc.constant('add' as const), who: names, path: watched, mode: fc.constantFrom(0, 1) }),
  fc.record({
    do: fc.constant('remove' as const),
    who: names,
    path: watched,
    type: fc.integer({ min: 1, max: 5 }),
  }),
  fc.record({ do: fc.constant('gone' as const), who: names }),
  fc.record({
    do: fc.constant('change' as const),
    kind: fc.constantFrom('created', 'deleted', 'dataChanged'),
    path: paths,
  }),
)

const OF_TYPE: Readonly<Record<number, (watch: Watch) => boolean>> = {
  [WatcherType.children]: ({ manager, mode }) => manager === 'child' && mode === 'standard',
  [WatcherType.data]: ({ manager, mode }) => manager === 'data' && mode === 'standard',
  [WatcherType.any]: () => true,
  [WatcherType.persistent]: ({ mode }) => mode === 'persistent',
  [WatcherType.persistentRecursive]: ({ mode }) => mode === 'recursive',
}

describe('any watches and any changes', () => {
  it('tell what a naive model tells, to the same watchers', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const events: string[] = []
        const real = new Watches(config, ideal)
        const model = new Model()
        const watchers = new Map(['ann', 'bob', 'eve'].map((name) => [name, new Watcher(name, events)]))
        const of = (name: string) => watchers.get(name)?.cnxn as ServerCnxn
        for (const one of steps) {
          if (one.do === 'data') {
            real.addDataWatch(one.path, of(one.who))
            model.add({ who: one.who, manager: 'data', path: one.path, mode: 'standard' })
          } else if (one.do === 'child') {
            real.addChildWatch(one.path, of(one.who))
            model.add({ who: one.who, manager: 'child', path: one.path, mode: 'standard' })
          } else if (one.do === 'add') {
            real.addPersistentWatch(one.path, one.mode, of(one.who))
            const { who, path } = one
            if (one.mode === AddWatchMode.persistentRecursive) {
              model.add({ who, manager: 'data', path, mode: 'recursive' })
            } else {
              model.add({ who, manager: 'data', path, mode: 'persistent' })
              model.add({ who, manager: 'child', path, mode: 'persistent' })
            }
          } else if (one.do === 'remove') {
            const { who, path, type } = one
            const matches = (watch: Watch) =>
              watch.who === who && watch.path === path && (OF_TYPE[type]?.(watch) ?? false)
            expect(real.containsWatch(path, type, of(who))).toBe(model.watches.some(matches))
            expect(real.removeWatch(path, type, of(who))).toBe(model.remove(matches))
          } else if (one.do === 'gone') {
            real.removeCnxn(of(one.who))
            model.remove((watch) => watch.who === one.who)
          } else {
            events.length = 0
            const changed = change(one.kind as TreeChange['kind'], one.path)
            real.trigger([changed], 7)
            // Between watchers, in which order the naive one does not know.
            expect([...events].sort()).toEqual(model.trigger(changed).sort())
          }
          const pairs = new Set(model.watches.map((watch) => `${watch.who} ${watch.manager} ${watch.path}`))
          expect(real.count).toBe(pairs.size)
        }
      }),
    )
  })
})
