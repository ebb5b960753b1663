import { crc32 } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type AclList, aclList, OPEN_ACL_UNSAFE, Perms, READ_ACL_UNSAFE } from '../../src/nodes/acl.ts'
import { apply } from '../../src/nodes/database/apply.ts'
import { DataTree, parentOf } from '../../src/nodes/database/DataTree.ts'
import { CONTAINER_OWNER, ephemeralTypeOf, MAX_TTL, ttlOf } from '../../src/nodes/database/ephemeralType.ts'
import { TreeBuilder } from '../../src/nodes/database/TreeBuilder.ts'
import { makeTxn, type SubTxn, type TxnBody } from '../../src/nodes/database/txns.ts'
import { statOf, type ZNode } from '../../src/nodes/database/ZNode.ts'
import { create, flatWishes, history, narrowWishes, SESSIONS, wishes } from './generators.ts'
import { NaiveTree } from './NaiveTree.ts'

const [ann, bob] = SESSIONS

function after(...bodies: (readonly [string, TxnBody])[]): DataTree {
  let tree = DataTree.empty
  bodies.forEach(([session, body], i) => {
    tree = apply(tree, makeTxn(i + 1, session, 0, 100 + i, body)).tree
  })
  return tree
}

function newNode(path: string, parentCVersion: number, ephemeral = false): TxnBody {
  return { type: 'create', path, data: 'x', ephemeral, acl: OPEN_ACL_UNSAFE, parentCVersion }
}

/** Everything about a tree, as plain values. */
function contentOf(tree: DataTree): unknown {
  const nodes: [string, unknown][] = []
  tree.nodes.forEach({
    visit: (path, node) =>
      nodes.push([path, { data: node.data, acl: node.acl, stat: node.stat, children: tree.children(path) }]),
  })
  const { nodeCount, digest, fingerprint, localFingerprint } = tree
  const owners = tree.ephemeralOwners().map((id) => [id, tree.ephemerals(id)])
  const sets = [tree.containers(), tree.ttls(), tree.quotas.sortedKeys()]
  return { nodes, owners, sets, nodeCount, digest, fingerprint, localFingerprint }
}

/** The digest as the reference describes it, from nothing. */
function digestFromScratch(tree: DataTree): number {
  let sum = 0
  tree.nodes.forEach({
    visit: (path, { data, stat }) => {
      if (path.startsWith('/zookeeper/')) return
      const numbers = Buffer.alloc(60)
      ;[stat.czxid, stat.mzxid, stat.pzxid, stat.ctime, stat.mtime].forEach((long, i) => {
        numbers.writeBigInt64BE(BigInt(long), 8 * i)
      })
      ;[stat.version, stat.cversion, stat.aversion].forEach((int, i) => {
        numbers.writeInt32BE(int, 40 + 4 * i)
      })
      numbers.writeBigUInt64BE(BigInt(stat.ephemeralOwner), 52)
      const content = Buffer.concat([
        Buffer.from(path === '/' ? '' : path),
        Buffer.from(data ?? '', 'latin1'),
        numbers,
      ])
      sum += crc32Of(content)
    },
  })
  return sum
}

function crc32Of(bytes: Buffer): number {
  if (typeof crc32 === 'function') return crc32(bytes)
  let crc = -1
  for (const byte of bytes) {
    crc ^= byte
    for (let bit = 0; bit < 8; bit++) crc = (crc & 1) === 0 ? crc >>> 1 : (crc >>> 1) ^ 0xedb88320
  }
  return ~crc >>> 0
}

describe('a fresh tree', () => {
  it('has the nodes, stats and digest of a fresh server', () => {
    const tree = DataTree.empty
    expect(tree.nodeCount).toBe(5)
    expect(tree.children('/')).toEqual(['zookeeper'])
    expect(tree.children('/zookeeper')).toEqual(['config', 'quota'])
    expect(statOf(tree.get('/') as ZNode).cversion).toBe(-1)
    expect(statOf(tree.get('/zookeeper') as ZNode).cversion).toBe(-2)
    expect(tree.get('/zookeeper/config')?.stat.aversion).toBe(-1)
    // What every new server logs: "highest zxid is 0x0, digest is 1371985504".
    expect(tree.digest).toBe(1371985504)
  })
})

describe('apply', () => {
  it('create: the node is as of its transaction, the parent counts it', () => {
    const tree = after([ann, newNode('/a', 1)], [ann, newNode('/a/b', 1, true)])
    expect(tree.get('/a/b')).toMatchObject({
      data: 'x',
      stat: {
        czxid: 2,
        mzxid: 2,
        pzxid: 2,
        ctime: 101,
        mtime: 101,
        version: 0,
        cversion: 0,
        ephemeralOwner: ann,
      },
    })
    expect(tree.get('/a')?.stat).toMatchObject({ czxid: 1, mzxid: 1, pzxid: 2, cversion: 1 })
    expect(statOf(tree.get('/a') as ZNode)).toMatchObject({ cversion: 1, numChildren: 1, dataLength: 1 })
    expect(tree.ephemerals(ann)).toEqual(['/a/b'])
  })

  it('create: a parentCVersion of -1 counts, a smaller one changes nothing', () => {
    expect(after([ann, newNode('/a', -1)]).get('/')?.stat).toMatchObject({ cversion: 1, pzxid: 1 })
    const tree = after([ann, newNode('/a', 7)], [ann, newNode('/b', 3)])
    expect(tree.get('/')?.stat).toMatchObject({ cversion: 7, pzxid: 1 })
    expect(tree.children('/')).toEqual(['a', 'b', 'zookeeper'])
  })

  it('create on an existing node: an error that still moves the parent forward', () => {
    const tree = after([ann, newNode('/a', 1)])
    const { err, tree: then } = apply(tree, makeTxn(9, bob, 0, 0, newNode('/a', 5, true)))
    expect(err).toBe(-110)
    expect(then.get('/')?.stat).toMatchObject({ cversion: 5, pzxid: 9 })
    expect(then.get('/a')).toBe(tree.get('/a'))
    expect(then.ephemerals(bob)).toEqual([])
  })

  it('create on an existing node puts its access control right (ZOOKEEPER-4846), and nothing else of it', () => {
    const tree = after([ann, newNode('/a', 1)])
    const body = { ...newNode('/a', 1), data: 'other', acl: READ_ACL_UNSAFE } as TxnBody
    const { err, changes, tree: then } = apply(tree, makeTxn(9, bob, 0, 0, body))
    expect([err, changes]).toEqual([-110, []])
    expect(then.get('/a')).toMatchObject({ data: 'x', acl: READ_ACL_UNSAFE })
    expect(then.get('/a')?.stat).toBe(tree.get('/a')?.stat)
  })

  it('setACL: the list and aversion, no watch', () => {
    const tree = after([ann, newNode('/a', 1)])
    const body: TxnBody = { type: 'setACL', path: '/a', acl: READ_ACL_UNSAFE, version: 3 }
    const { err, stat, changes, tree: then } = apply(tree, makeTxn(9, bob, 0, 0, body))
    expect([err, stat?.aversion, stat?.mzxid, changes]).toEqual([0, 3, 1, []])
    expect(then.get('/a')?.acl).toBe(READ_ACL_UNSAFE)
    expect([then.digest === tree.digest, then.fingerprint === tree.fingerprint]).toEqual([false, false])
    expect(apply(tree, makeTxn(9, bob, 0, 0, { ...body, path: '/b' }))).toMatchObject({ err: -101, tree })
  })

  it('containers and nodes with a time to live: known to the tree, owned by nobody', () => {
    const created = { data: '', acl: OPEN_ACL_UNSAFE, parentCVersion: -1 }
    const tree = after(
      [ann, { type: 'createContainer', path: '/c', ...created }],
      [ann, { type: 'createTTL', path: '/t', ttl: MAX_TTL, ...created }],
    )
    expect([tree.containers(), tree.ttls(), tree.ephemeralOwners()]).toEqual([['/c'], ['/t'], []])
    const owners = ['/c', '/t'].map((path) => (tree.get(path) as ZNode).stat.ephemeralOwner)
    expect(owners).toEqual([CONTAINER_OWNER, '0xff0000ffffffffff'])
    expect(owners.map(ephemeralTypeOf)).toEqual(['container', 'ttl'])
    expect(ttlOf(owners[1] as string)).toBe(MAX_TTL)
    expect(statOf(tree.get('/t') as ZNode).ephemeralOwner).toBe('0x0')
    const { tree: then, changes } = apply(
      tree,
      makeTxn(3, ann, 0, 0, { type: 'deleteContainer', path: '/c' }),
    )
    expect([then.containers(), changes.map(({ kind }) => kind)]).toEqual([[], ['deleted']])
  })

  it('a multi of errors changes nothing: none before the first, its own, -2 behind it', () => {
    const tree = after([ann, newNode('/a', 1)])
    const txns = [newNode('/b', 2), { type: 'error', err: -103 }, newNode('/c', 3)] as SubTxn[]
    const done = apply(tree, makeTxn(9, ann, 0, 0, { type: 'multi', txns }))
    expect(done).toMatchObject({ tree, err: -103, changes: [] })
    expect(done.results?.map(({ type, err }) => [type, err])).toEqual([
      ['error', 0],
      ['error', -103],
      ['error', -2],
    ])
    expect(apply(tree, makeTxn(9, ann, 0, 0, { type: 'multi', txns: [] }))).toMatchObject({
      tree,
      err: 0,
      results: [],
    })
  })

  it('a check by itself is nothing, wherever it looks', () => {
    const check: TxnBody = { type: 'check', path: '/gone', version: 7 }
    expect(apply(DataTree.empty, makeTxn(9, ann, 0, 0, check))).toMatchObject({
      err: 0,
      tree: DataTree.empty,
    })
  })

  it('tells watches who may read the node, and who its parent, at that moment', () => {
    const closed = aclList([{ perms: Perms.READ, scheme: 'digest', id: 'ann:x' }])
    const tree = after(
      [ann, newNode('/a', 1)],
      [ann, { type: 'setACL', path: '/a', acl: closed, version: 1 }],
    )
    const txns = [
      { ...newNode('/a/b', 1), acl: READ_ACL_UNSAFE },
      { type: 'setData', path: '/a', data: '', version: 1 },
      { type: 'delete', path: '/a/b' },
    ] as SubTxn[]
    const { changes } = apply(tree, makeTxn(9, ann, 0, 0, { type: 'multi', txns }))
    expect(changes).toEqual([
      { kind: 'created', path: '/a/b', acl: READ_ACL_UNSAFE, parentAcl: closed },
      { kind: 'dataChanged', path: '/a', acl: closed, parentAcl: null },
      { kind: 'deleted', path: '/a/b', acl: READ_ACL_UNSAFE, parentAcl: closed },
    ])
  })

  it('create below nothing: an error and the same tree', () => {
    const { err, tree } = apply(DataTree.empty, makeTxn(1, ann, 0, 0, newNode('/a/b', 1)))
    expect(err).toBe(-101)
    expect(tree).toBe(DataTree.empty)
  })

  it('delete: raises pzxid and leaves the stored cversion, also where the node is gone', () => {
    const tree = after([ann, newNode('/a', 1)], [ann, { type: 'delete', path: '/a' }])
    expect(tree.has('/a')).toBe(false)
    expect(tree.get('/')?.stat).toMatchObject({ cversion: 1, pzxid: 2 })
    expect(statOf(tree.get('/') as ZNode).cversion).toBe(1)
    const again = apply(tree, makeTxn(8, ann, 0, 0, { type: 'delete', path: '/a' }))
    expect(again.err).toBe(-101)
    expect(again.tree.get('/')?.stat).toMatchObject({ cversion: 1, pzxid: 8 })
    const late = apply(tree, makeTxn(1, ann, 0, 0, { type: 'delete', path: '/a' }))
    expect(late.tree).toBe(tree)
  })

  it('setData: data, version, mzxid and mtime, and the stat that the client gets', () => {
    const tree = after([ann, newNode('/a', 1)])
    const {
      stat,
      tree: then,
      err,
    } = apply(tree, makeTxn(7, bob, 0, 55, { type: 'setData', path: '/a', data: null, version: 4 }))
    expect(err).toBe(0)
    expect(then.get('/a')?.stat).toMatchObject({
      czxid: 1,
      mzxid: 7,
      pzxid: 1,
      ctime: 100,
      mtime: 55,
      version: 4,
    })
    expect(stat).toMatchObject({ version: 4, dataLength: 0, mzxid: 7 })
    expect(
      apply(tree, makeTxn(7, bob, 0, 55, { type: 'setData', path: '/b', data: '', version: 1 })),
    ).toMatchObject({
      err: -101,
      tree,
    })
  })

  it('closeSession: first what it lists, in its order, then what else the session owns', () => {
    const tree = after(
      [ann, newNode('/a', 1, true)],
      [ann, newNode('/b', 2, true)],
      [ann, newNode('/c', 3, true)],
      [bob, newNode('/d', 4, true)],
    )
    const { changes, tree: then } = apply(
      tree,
      makeTxn(9, ann, 0, 0, { type: 'closeSession', paths: ['/c', '/gone', '/a'] }),
    )
    expect(changes.map(({ kind, path }) => `${kind} ${path}`)).toEqual([
      'deleted /c',
      'deleted /a',
      'deleted /b',
    ])
    expect(then.children('/')).toEqual(['d', 'zookeeper'])
    expect(then.ephemeralOwners()).toEqual([bob])
    expect(then.get('/')?.stat.pzxid).toBe(9)
  })

  it('createSession and error transactions leave the very tree', () => {
    expect(apply(DataTree.empty, makeTxn(1, ann, 0, 0, { type: 'createSession', timeout: 1 })).tree).toBe(
      DataTree.empty,
    )
    expect(apply(DataTree.empty, makeTxn(1, ann, 0, 0, { type: 'error', err: -103 }))).toMatchObject({
      err: -103,
      tree: DataTree.empty,
    })
  })

  it('survives transactions that make no sense', () => {
    const bodies: TxnBody[] = [
      newNode('/', 1),
      newNode('', 1),
      newNode('a', 1),
      { type: 'delete', path: '/' },
      { type: 'delete', path: '' },
      { type: 'closeSession', paths: ['/', '', 'x'] },
    ]
    for (const body of bodies)
      expect(apply(DataTree.empty, makeTxn(0, ann, 0, 0, body)).tree.equals(DataTree.empty)).toBe(true)
  })

  it('a child that the snapshot saw stays a child when its parent is recreated by the replay', () => {
    // The snapshot was taken at the end; the log is replayed from before the delete.
    const log = [
      create(1, '/a', '', 1),
      makeTxn(2, ann, 0, 0, { type: 'delete', path: '/a' }),
      create(3, '/a', '', 2),
      create(4, '/a/x', '', 1),
    ]
    let direct = DataTree.empty
    for (const txn of log) direct = apply(direct, txn).tree
    let replayed = direct
    for (const txn of log) replayed = apply(replayed, txn).tree
    expect(replayed.children('/a')).toEqual(['x'])
    expect(contentOf(replayed)).toEqual(contentOf(direct))
  })
})

describe('any history', () => {
  it('ends where a naive tree ends, and tells and answers the same on the way', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(wishes, narrowWishes), { maxLength: 50, size: 'max' }), (list) => {
        const naive = new NaiveTree()
        let tree = DataTree.empty
        for (const txn of history(list)) {
          const expected = naive.apply(txn)
          const { tree: next, err, stat, changes, results } = apply(tree, txn)
          const outcomes =
            results?.map((part) => ({ type: part.type, err: part.err, stat: part.stat })) ?? null
          expect({ err, stat, changes, results: outcomes }).toEqual(expected)
          tree = next
        }
        const { naive: expected, real } = naive.compare(tree)
        expect(real).toEqual(expected)
      }),
      { numRuns: 200 },
    )
  })

  it('with transactions that come again, as in a replay, as well', () => {
    fc.assert(
      fc.property(fc.array(narrowWishes, { maxLength: 30, size: 'max' }), fc.nat(30), (list, from) => {
        const naive = new NaiveTree()
        let tree = DataTree.empty
        const txns = history(list)
        for (const txn of [...txns, ...txns.slice(from)]) {
          const { err, changes } = apply(tree, txn)
          tree = apply(tree, txn).tree
          const expected = naive.apply(txn)
          expect({ err, changes }).toEqual({ err: expected.err, changes: expected.changes })
        }
        const { naive: expected, real } = naive.compare(tree)
        expect(real).toEqual(expected)
      }),
      { numRuns: 200 },
    )
  })
})

describe('digest', () => {
  it('is the sum of the CRCs, kept up to date by every transaction', () => {
    fc.assert(
      fc.property(fc.array(wishes, { maxLength: 60, size: 'max' }), (list) => {
        let tree = DataTree.empty
        for (const txn of history(list)) tree = apply(tree, txn).tree
        expect(tree.digest).toBe(digestFromScratch(tree))
      }),
      { numRuns: 50 },
    )
  })

  it('takes paths beyond ASCII as UTF-8', () => {
    const tree = after([ann, newNode('/é', 1)], [ann, newNode('/\u{1f600}x', 2)], [ann, newNode('/語', 3)])
    expect(tree.digest).toBe(digestFromScratch(tree))
  })

  it('leaves out what is below /zookeeper; the fingerprints do not', () => {
    const tree = after([ann, { type: 'setData', path: '/zookeeper/config', data: 'server.1', version: -1 }])
    expect(tree.digest).toBe(DataTree.empty.digest)
    expect(tree.localFingerprint).not.toBe(DataTree.empty.localFingerprint)
  })

  it('the fingerprint notices every field', () => {
    const builders = [
      { data: 'y' },
      { data: null },
      { acl: READ_ACL_UNSAFE },
      { acl: [] },
      ...(['czxid', 'mzxid', 'pzxid', 'ctime', 'mtime', 'version', 'cversion', 'aversion'] as const).map(
        (field) => ({
          stat: { [field]: 77 },
        }),
      ),
      { stat: { ephemeralOwner: '0x100000001' } },
      { stat: { ephemeralOwner: '0xffffffffffffffff' } },
      { stat: { czxid: 2 ** 40 } },
      {},
    ]
    const seen = builders.map((change) => {
      const builder = new TreeBuilder()
      const stat = (DataTree.empty.get('/') as ZNode).stat
      builder.add({
        path: '/',
        data: 'x',
        acl: OPEN_ACL_UNSAFE,
        ...change,
        stat: { ...stat, ...change.stat },
      })
      return (builder.build() as DataTree).fingerprint
    })
    expect(new Set(seen).size).toBe(builders.length)
  })
})

describe('a tree as a value', () => {
  it('does not depend on how it came to be', () => {
    fc.assert(
      fc.property(fc.array(flatWishes, { maxLength: 60, size: 'max' }), (list) => {
        let tree = DataTree.empty
        for (const txn of history(list)) tree = apply(tree, txn).tree
        const builder = new TreeBuilder()
        const paths: string[] = []
        tree.nodes.forEach({ visit: (path) => paths.push(path) })
        for (const path of paths.sort()) {
          const node = tree.get(path) as ZNode
          expect(builder.add({ path, data: node.data, acl: node.acl, stat: node.stat })).toBe(true)
        }
        const built = builder.build() as DataTree
        expect(contentOf(built)).toEqual(contentOf(tree))
        expect(built.equals(tree)).toBe(true)
      }),
      { numRuns: 50 },
    )
  })

  it('is not changed by what is applied to it', () => {
    fc.assert(
      fc.property(fc.array(wishes, { minLength: 1, maxLength: 40, size: 'max' }), (list) => {
        let tree = DataTree.empty
        const versions: [DataTree, unknown][] = []
        for (const txn of history(list)) {
          versions.push([tree, contentOf(tree)])
          tree = apply(tree, txn).tree
        }
        for (const [version, content] of versions) expect(contentOf(version)).toEqual(content)
      }),
      { numRuns: 20 },
    )
  })

  it('differs from one of other access control, not from one whose lists were written down twice', () => {
    const withAcl = (acl: AclList) => after([ann, { ...newNode('/a', 1), acl } as TxnBody])
    const open = withAcl(OPEN_ACL_UNSAFE)
    const again = withAcl(aclList(OPEN_ACL_UNSAFE))
    expect(again.get('/a')?.acl).toBe(OPEN_ACL_UNSAFE)
    expect([again.equals(open), again.fingerprint]).toEqual([true, open.fingerprint])
    expect(withAcl(READ_ACL_UNSAFE).equals(open)).toBe(false)
    expect(withAcl(READ_ACL_UNSAFE).equals(withAcl(aclList(READ_ACL_UNSAFE)))).toBe(true)
  })

  it('is refused where a node has no parent', () => {
    const stat = (DataTree.empty.get('/') as ZNode).stat
    const builder = new TreeBuilder()
    expect(builder.add({ path: '/a', data: null, acl: OPEN_ACL_UNSAFE, stat })).toBe(false)
    expect(builder.build()).toBeNull()
  })
})

describe('parentOf', () => {
  it('goes up to the root', () => {
    expect(['/a/b', '/a', '/'].map(parentOf)).toEqual(['/a', '/', '/'])
  })
})
