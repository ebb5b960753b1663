import { describe, expect, it } from 'vitest'
import { OPEN_ACL_UNSAFE, READ_ACL_UNSAFE } from '../src/nodes/acl.ts'
import { apply } from '../src/nodes/database/apply.ts'
import { DataTree } from '../src/nodes/database/DataTree.ts'
import { makeTxn, NO_SESSION } from '../src/nodes/database/txns.ts'
import type { SnapshotNode } from '../src/nodes/diskRecords.ts'
import { releases, understudies } from '../src/nodes/historic/releases.ts'
import { troupeOf, type Understudy } from '../src/nodes/historic/Understudy.ts'
import { createOperation, readOperation } from '../src/nodes/operations.ts'
import { makeZxid } from '../src/nodes/zxid.ts'
import { Ensemble } from '../src/sim/ensemble.ts'
import { uniform } from '../src/sim/kernel/Distribution.ts'

const named = (...issues: string[]) => issues.map((issue) => understudies.get(issue) as Understudy)
const SECOND = 1_000_000
/** The nodes that every tree has. */
const FIRST = ['/', '/zookeeper', '/zookeeper/quota', '/zookeeper/config']

/** One server that is alone, of such a cast, before it starts. */
function alone(...issues: string[]): Ensemble {
  return new Ensemble({ peers: 1, start: [] }, { ...troupeOf(named(...issues)), check: false })
}

function serving(...issues: string[]): Ensemble {
  const ensemble = alone(...issues)
  ensemble.start(1)
  ensemble.world.runUntil(2 * SECOND)
  return ensemble
}

describe('the table of releases', () => {
  it('has in each what was mended later', () => {
    const table = Object.fromEntries(
      ['3.8.0-upstream', '3.8.0', '3.8.4', '3.8.6', '3.9.1', '3.9.3', '3.9.5'].map((release) => [
        release,
        (releases.get(release) as readonly Understudy[]).map(({ issue }) => issue.replace('ZOOKEEPER-', '')),
      ]),
    )
    const forAll = ['4743', '4915', 'UNFILED-deleteContainer']
    expect(table['3.9.5']).toEqual(forAll)
    expect(table['3.9.3']).toEqual(['4240', '4743', '4846', '4915', '4925', 'UNFILED-deleteContainer'])
    expect(table['3.9.1']).toEqual(
      ['2332', '2590', '2623', '4240', '4508', '4643', '4743', '4846', '4915', '4925'].concat([
        'CVE-2024-23944',
        'UNFILED-deleteContainer',
      ]),
    )
    const watches = ['4466', '4475', '4655', 'UNFILED-checkWatches']
    expect(table['3.8.6']).toEqual(expect.arrayContaining([...watches, '4575', '4508', '2332', '4925']))
    for (const mended of ['2590', '2623', '4026', '4643', '4846', 'CVE-2024-23944']) {
      expect(table['3.8.6']).not.toContain(mended)
    }
    expect(table['3.8.4']).toEqual(expect.arrayContaining(['2623', '4643', '4846']))
    expect(table['3.8.4']).not.toContain('2590')
    expect(new Set(table['3.8.0-upstream'])).toEqual(new Set([...(table['3.8.0'] ?? []), 'CVE-2024-23944']))
    expect(releases.get('3.8.0-11+deb12u2')).toBe(releases.get('3.8.0'))
  })

  it('and a name for every understudy', () => {
    for (const [issue, understudy] of understudies) {
      expect(issue).toMatch(/^(ZOOKEEPER|CVE|UNFILED)-/)
      expect(understudy.story).not.toBe('')
    }
    expect(understudies.get('ZOOKEEPER-4785')).toBe(understudies.get('ZOOKEEPER-4643'))
  })
})

describe('what no recording shows', () => {
  it('ZOOKEEPER-4915: a container that never had a child stays', () => {
    for (const [issues, stays] of [
      [[], false],
      [['ZOOKEEPER-4915'], true],
    ] as const) {
      const ensemble = serving(...issues)
      const client = ensemble.client('ann')
      client.connectTo(['1'])
      client.submit(createOperation('/c', null, 'container'))
      ensemble.world.runUntil(400 * SECOND)
      expect(ensemble.peer(1)?.zkDb.tree.has('/c')).toBe(stays)
    }
  })

  it('ZOOKEEPER-4743: versions do not step over -1', () => {
    for (const [issues, version] of [
      [[], 0],
      [['ZOOKEEPER-4743'], -1],
    ] as const) {
      const prototype = troupeOf(named(...issues)).cast.PrepRequestProcessor.prototype
      expect(Reflect.apply(Reflect.get(prototype, 'nextVersion'), prototype, [-2])).toBe(version)
    }
  })

  it('ZOOKEEPER-2332: a file without a header keeps a server from starting', () => {
    const start = (...issues: string[]) => {
      const ensemble = alone(...issues)
      const { disk } = ensemble.machineOf(1)
      disk.place('snapshot.0', snapshotOf(nodesOf(DataTree.empty, FIRST)))
      disk.place('log.1', [])
      ensemble.start(1)
      ensemble.world.runUntil(2 * SECOND)
      return ensemble.machineOf(1)
    }
    expect(start().state).toBe('up')
    expect(start('ZOOKEEPER-2332')).toMatchObject({ state: 'down', exitReason: 'log.1 has no header' })
  })

  it('ZOOKEEPER-4846: a create that is replayed leaves the list of a node as it is', () => {
    const create = (acl = OPEN_ACL_UNSAFE) =>
      makeTxn(1, NO_SESSION, 0, 0, {
        type: 'create',
        path: '/x',
        data: null,
        ephemeral: false,
        acl,
        parentCVersion: 1,
      })
    const { tree } = apply(DataTree.empty, create())
    const aclAfter = (...issues: string[]) => {
      const ensemble = alone(...issues)
      const { disk } = ensemble.machineOf(1)
      disk.place('snapshot.0', snapshotOf(nodesOf(tree, [...FIRST, '/x'])))
      disk.place('log.1', [create(READ_ACL_UNSAFE)])
      ensemble.start(1)
      ensemble.world.runUntil(2 * SECOND)
      return ensemble.peer(1)?.zkDb.tree.get('/x')?.acl
    }
    expect(aclAfter()).toEqual(READ_ACL_UNSAFE)
    expect(aclAfter('ZOOKEEPER-4846')).toEqual(OPEN_ACL_UNSAFE)
  })

  it('ZOOKEEPER-4925: a log with a gap is replayed', () => {
    const start = (...issues: string[]) => {
      const ensemble = alone(...issues)
      const { disk } = ensemble.machineOf(1)
      disk.place('snapshot.0', snapshotOf(nodesOf(DataTree.empty, FIRST)))
      disk.place(
        'log.1',
        [1, 3].map((zxid) => makeTxn(makeZxid(0, zxid), NO_SESSION, 0, 0, { type: 'error', err: -1 })),
      )
      ensemble.start(1)
      ensemble.world.runUntil(2 * SECOND)
      return ensemble.machineOf(1).state
    }
    expect(start()).toBe('down')
    expect(start('ZOOKEEPER-4925')).toBe('up')
  })

  it('ZOOKEEPER-4537: a commit that comes when the thread goes to sleep waits for the next ping', () => {
    const slowest = (...issues: string[]) => {
      const ensemble = new Ensemble({ seed: 3 }, { ...troupeOf(named(...issues)), check: false })
      const { world } = ensemble
      world.runUntil(5 * SECOND)
      const client = ensemble.client('ann')
      client.connectTo(['1'])
      world.runUntil(8 * SECOND)
      ensemble.machineOf(1).slowThread('commit', uniform(0, 5_000))
      let longest = 0
      for (let i = 0; i < 300; i += 1) {
        const begun = world.now
        client.submit(createOperation(`/n${i}`, null))
        while (client.outstanding > 0 && world.step());
        longest = Math.max(longest, world.now - begun)
      }
      expect(ensemble.peer(1)?.zkDb.tree.children('/')).toHaveLength(301)
      return longest
    }
    expect(slowest()).toBeLessThan(0.1 * SECOND)
    expect(slowest('ZOOKEEPER-4537')).toBeGreaterThan(0.5 * SECOND)
  })

  it('CVE-2024-23944: who may not read a node hears of it', () => {
    for (const [issues, hears] of [
      [[], 0],
      [['CVE-2024-23944'], 1],
    ] as const) {
      const ensemble = serving(...issues)
      const [ann, bob] = ['ann', 'bob'].map((name) => ensemble.client(name))
      for (const client of [ann, bob]) client?.connectTo(['1'])
      ensemble.world.runUntil(4 * SECOND)
      const heard: string[] = []
      ensemble.world.listeners.push({
        hear: (fact) => {
          if (fact.type === 'watchEvent' && fact.client === 'bob') heard.push(fact.event.type)
        },
      })
      bob?.submit(readOperation('exists', '/x', true))
      ensemble.world.runUntil(5 * SECOND)
      ann?.addAuthInfo('digest', 'a:a')
      ann?.submit(createOperation('/x', null, 'persistent', [{ perms: 31, scheme: 'auth', id: '' }]))
      ensemble.world.runUntil(6 * SECOND)
      expect(heard).toHaveLength(hears)
    }
  })
})

function nodesOf(tree: DataTree, paths: readonly string[]): SnapshotNode[] {
  return paths.flatMap((path) => {
    const node = tree.get(path)
    return node === undefined ? [] : [{ path, data: node.data, acl: node.acl, stat: node.stat }]
  })
}

function snapshotOf(nodes: readonly SnapshotNode[]) {
  return [
    Object.freeze({ kind: 'snapshotHeader', zxid: 0, sessions: Object.freeze([]) } as const),
    Object.freeze({
      kind: 'snapshotNodes',
      nodes: Object.freeze(nodes.map((node) => Object.freeze(node))),
    } as const),
    Object.freeze({ kind: 'snapshotEnd' } as const),
  ]
}
