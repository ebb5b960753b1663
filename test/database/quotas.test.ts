import { describe, expect, it } from 'vitest'
import { OPEN_ACL_UNSAFE } from '../../src/nodes/acl.ts'
import { apply } from '../../src/nodes/database/apply.ts'
import { DataTree } from '../../src/nodes/database/DataTree.ts'
import { TreeBuilder } from '../../src/nodes/database/TreeBuilder.ts'
import { makeTxn, type TxnBody } from '../../src/nodes/database/txns.ts'
import type { ZNode } from '../../src/nodes/database/ZNode.ts'
import { SESSIONS } from './generators.ts'

function make(path: string, data: string | null = ''): TxnBody {
  return { type: 'create', path, data, acl: OPEN_ACL_UNSAFE, ephemeral: false, parentCVersion: -1 }
}

function set(path: string, data: string | null): TxnBody {
  return { type: 'setData', path, data, version: 1 }
}

function remove(path: string): TxnBody {
  return { type: 'delete', path }
}

function run(bodies: readonly TxnBody[], from = DataTree.empty): DataTree {
  let tree = from
  bodies.forEach((body, i) => {
    tree = apply(tree, makeTxn(i + 1, SESSIONS[0], 0, i, body)).tree
  })
  return tree
}

/** As `setquota` of the command line makes it: limits first. */
function quotaOn(path: string): TxnBody[] {
  const steps: TxnBody[] = []
  path.split('/').forEach((_, i, parts) => {
    if (i > 0) steps.push(make(`/zookeeper/quota${parts.slice(0, i + 1).join('/')}`))
  })
  const top = `/zookeeper/quota${path}`
  return [...steps, make(`${top}/zookeeper_limits`, 'count=9'), make(`${top}/zookeeper_stats`, 'anything')]
}

function stats(tree: DataTree, path: string): string | null | undefined {
  return tree.get(`/zookeeper/quota${path}/zookeeper_stats`)?.data
}

function reloaded(tree: DataTree): DataTree {
  const builder = new TreeBuilder()
  for (const path of tree.nodes.sortedKeys()) {
    const { data, acl, stat } = tree.get(path) as ZNode
    builder.add({ path, data, acl, stat })
  }
  return builder.build() as DataTree
}

describe('a quota', () => {
  const tree = run([make('/a', 'xx'), make('/a/b', 'yyy'), make('/ab', 'z'), ...quotaOn('/a')])

  it('counts what is there when its statistics are made, its own node too', () => {
    expect(stats(tree, '/a')).toBe('count=2,bytes=5')
  })

  it('then creates, changes and deletes at and below its path', () => {
    const then = run([make('/a/c', 'x'), make('/a/b/d', null), set('/a', 'long'), make('/ab/c', 'y')], tree)
    expect(stats(then, '/a')).toBe('count=4,bytes=8')
    expect(stats(run([remove('/a/c'), set('/a/b', null)], then), '/a')).toBe('count=3,bytes=4')
  })

  it('never touches the Stat of its statistics, and tells no watch of them', () => {
    const { tree: then, changes } = apply(tree, makeTxn(99, SESSIONS[0], 0, 0, make('/a/c', 'x')))
    const path = '/zookeeper/quota/a/zookeeper_stats'
    expect(then.get(path)?.stat).toBe(tree.get(path)?.stat)
    expect(changes.map((change) => change.path)).toEqual(['/a/c'])
    expect(then.digest).not.toBe(tree.digest)
  })

  it('is the deepest one over a path, and ends with its limits', () => {
    const nested = run(quotaOn('/a/b'), tree)
    const then = run([make('/a/b/c', 'x'), make('/a/d', 'y')], nested)
    expect([stats(then, '/a/b'), stats(then, '/a')]).toEqual(['count=2,bytes=4', 'count=3,bytes=6'])
    expect(then.maxPrefixWithQuota('/a/b/c/d')).toBe('/a/b')
    const without = run([remove('/zookeeper/quota/a/b/zookeeper_limits'), make('/a/b/d', 'x')], then)
    expect(without.maxPrefixWithQuota('/a/b/c/d')).toBe('/a')
    expect([stats(without, '/a/b'), stats(without, '/a')]).toEqual(['count=2,bytes=4', 'count=4,bytes=7'])
    expect(without.maxPrefixWithQuota('/ab')).toBeNull()
  })

  it('is there again after a snapshot, which counts anew', () => {
    const nested = run([...quotaOn('/a/b'), make('/a/b/c', 'x')], tree)
    const again = reloaded(nested)
    expect(again.quotas.sortedKeys()).toEqual(['/a', '/a/b'])
    expect([stats(nested, '/a'), stats(again, '/a')]).toEqual(['count=2,bytes=5', 'count=3,bytes=6'])
    expect(again.fingerprint).toBe(nested.fingerprint)
    expect(again.localFingerprint).not.toBe(nested.localFingerprint)
  })

  it('without statistics is counted nowhere', () => {
    const half = run(quotaOn('/a').slice(0, -1), run([make('/a')]))
    expect(run([make('/a/b')], half).maxPrefixWithQuota('/a/b')).toBe('/a')
  })

  it('takes no notice of components that are but spaces', () => {
    expect(tree.maxPrefixWithQuota('/ /a/ /b')).toBe('/a')
  })
})

describe('what a client may do to quotas', () => {
  const top = '/zookeeper/quota'

  it('never ends a server, and never spoils its log or its snapshot', () => {
    const odd: TxnBody[][] = [
      [make(`${top}/zookeeper_limits`), make('/x'), remove(`${top}/zookeeper_limits`)],
      [make(`${top}/zookeeper_limits`), make(`${top}/zookeeper_stats`), make('/x')],
      [make('/zookeeper/zookeeper_limits'), remove('/zookeeper/zookeeper_limits')],
      [make(`${top}/ `), make(`${top}/ /zookeeper_limits`), remove(`${top}/ /zookeeper_limits`)],
      [make('/a'), ...quotaOn('/a'), set(`${top}/a/zookeeper_stats`, 'junk'), make('/a/b')],
      [make('/a'), ...quotaOn('/a'), set(`${top}/a/zookeeper_stats`, null), set('/a', 'x'), remove('/a')],
      [make('/a'), ...quotaOn('/a'), make(`${top}/a/zookeeper_limits/zookeeper_limits`)],
      [make(`${top}X`), make(`${top}X/zookeeper_limits`), make(`${top}X/zookeeper_stats`), make('/X')],
    ]
    for (const bodies of odd) {
      const tree = run([...quotaOn('/q'), ...bodies])
      expect(tree.maxPrefixWithQuota('/q')).toBe('/q')
      expect(reloaded(tree).fingerprint).toBe(tree.fingerprint)
    }
  })

  it('leaves statistics alone that cannot be read, until they are counted anew', () => {
    const tree = run([make('/a'), ...quotaOn('/a'), set(`${top}/a/zookeeper_stats`, 'junk'), make('/a/b')])
    expect(stats(tree, '/a')).toBe('junk')
    expect(stats(reloaded(tree), '/a')).toBe('count=2,bytes=0')
  })

  it('counts on from what it writes there', () => {
    const tree = run([make('/a'), ...quotaOn('/a'), set(`${top}/a/zookeeper_stats`, ''), make('/a/b', 'xyz')])
    expect(stats(tree, '/a')).toBe('count=0,bytes=2')
  })

  it('statistics at the top count everything there is', () => {
    const tree = run([make('/a', 'xx'), make(`${top}/zookeeper_stats`)])
    expect(stats(tree, '')).toBe('count=6,bytes=2')
  })

  it('a name that only begins like the one of quotas is about what follows it', () => {
    const tree = run([
      make(`${top}X`),
      make(`${top}X/zookeeper_limits`),
      make(`${top}X/zookeeper_stats`, 'x'),
    ])
    expect(tree.maxPrefixWithQuota('/X/y')).toBe('/X')
    expect(tree.get(`${top}X/zookeeper_stats`)?.data).toBe('count=0,bytes=0')
  })
})
