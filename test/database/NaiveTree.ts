import { type AclList, OPEN_ACL_UNSAFE, READ_ACL_UNSAFE } from '../../src/nodes/acl.ts'
import type { DataTree, TreeChange } from '../../src/nodes/database/DataTree.ts'
import type { Created, SubTxn, Txn } from '../../src/nodes/database/txns.ts'
import type { ZNode } from '../../src/nodes/database/ZNode.ts'
import type { StatPersisted } from '../../src/nodes/diskRecords.ts'

interface NaiveNode {
  data: string | null
  acl: AclList
  stat: { -readonly [K in keyof StatPersisted]: StatPersisted[K] }
  /** The names. In a replay a node may be there that is nobody's child. */
  readonly children: Set<string>
}

interface Outcome {
  readonly type: string
  readonly err: number
  readonly stat: unknown
}

const NO_OWNER = '0x0'

/** ZooKeeper's tree as one would write it down first: one map that is changed in place, everything looked for in it. */
export class NaiveTree {
  readonly nodes = new Map<string, NaiveNode>()
  readonly quotas = new Set<string>()
  changes: TreeChange[] = []

  constructor() {
    const fresh = (acl: AclList, aversion: number, ...children: string[]): NaiveNode => ({
      data: '',
      acl,
      stat: {
        ...{ czxid: 0, mzxid: 0, pzxid: 0, ctime: 0, mtime: 0, version: 0, cversion: 0 },
        ...{ aversion, ephemeralOwner: NO_OWNER },
      },
      children: new Set(children),
    })
    this.nodes.set('/', fresh(OPEN_ACL_UNSAFE, 0, 'zookeeper'))
    this.nodes.set('/zookeeper', fresh(OPEN_ACL_UNSAFE, 0, 'config', 'quota'))
    this.nodes.set('/zookeeper/quota', fresh(OPEN_ACL_UNSAFE, 0))
    this.nodes.set('/zookeeper/config', fresh(READ_ACL_UNSAFE, -1))
  }

  apply(txn: Txn): { err: number; changes: TreeChange[]; stat: unknown; results: Outcome[] | null } {
    const { body, zxid, sessionId } = txn
    this.changes = []
    let outcome: Outcome = { type: body.type, err: 0, stat: null }
    let results: Outcome[] | null = null
    switch (body.type) {
      case 'multi':
        results = this.multi(txn, body.txns)
        outcome = { ...outcome, err: results.map(({ err }) => err).find((err) => err !== 0) ?? 0 }
        break
      case 'closeSession': {
        const owned = [...this.nodes.keys()].filter(
          (path) => this.get(path).stat.ephemeralOwner === sessionId,
        )
        for (const path of [...body.paths, ...owned.sort()]) if (this.nodes.has(path)) this.delete(path, zxid)
        break
      }
      case 'setACL': {
        const node = this.nodes.get(body.path)
        if (node === undefined) outcome = { ...outcome, err: -101 }
        else {
          node.acl = body.acl
          node.stat.aversion = body.version
          outcome = { ...outcome, stat: this.stat(body.path) }
        }
        break
      }
      case 'deleteContainer':
        outcome = this.part(txn, { type: 'delete', path: body.path })
        break
      case 'reconfig':
        outcome = this.part(txn, { ...body, type: 'setData' })
        break
      case 'createSession':
        break
      default:
        outcome = this.part(txn, body)
    }
    return { err: outcome.err, changes: this.changes, stat: outcome.stat, results }
  }

  private multi(txn: Txn, parts: readonly SubTxn[]): Outcome[] {
    const failing = parts.findIndex((part) => part.type === 'error')
    if (failing < 0) return parts.map((part) => this.part(txn, part))
    return parts.map((part, i) => ({
      type: 'error',
      err: part.type === 'error' ? part.err : i < failing ? 0 : -2,
      stat: null,
    }))
  }

  private part({ zxid, time, sessionId }: Txn, part: SubTxn): Outcome {
    let err = 0
    let stat: unknown = null
    switch (part.type) {
      case 'create':
      case 'create2':
        err = this.create(part, part.ephemeral ? sessionId : NO_OWNER, zxid, time)
        if (part.type === 'create2' && err === 0) stat = this.stat(part.path)
        break
      case 'createContainer':
        err = this.create(part, '0x8000000000000000', zxid, time)
        if (err === 0) stat = this.stat(part.path)
        break
      case 'createTTL':
        err = this.create(part, `0xff0000${part.ttl.toString(16).padStart(10, '0')}`, zxid, time)
        if (err === 0) stat = this.stat(part.path)
        break
      case 'delete':
        err = this.delete(part.path, zxid)
        break
      case 'setData': {
        const node = this.nodes.get(part.path)
        if (node === undefined) return { type: part.type, err: -101, stat }
        const more = (part.data ?? '').length - (node.data ?? '').length
        node.data = part.data
        Object.assign(node.stat, { mzxid: zxid, mtime: time, version: part.version })
        stat = this.stat(part.path)
        this.countInQuota(part.path, 0, more)
        this.changes.push({ kind: 'dataChanged', path: part.path, acl: node.acl, parentAcl: null })
        break
      }
      case 'error':
        err = part.err
    }
    return { type: part.type, err, stat }
  }

  private create(
    { path, data, acl, parentCVersion }: Created,
    owner: string,
    zxid: number,
    time: number,
  ): number {
    const parent = this.nodes.get(above(path))
    if (parent === undefined) return -101
    if (parentCVersion > parent.stat.cversion) {
      parent.stat.cversion = parentCVersion
      parent.stat.pzxid = zxid
    }
    parent.children.add(nameOf(path))
    const existing = this.nodes.get(path)
    if (existing !== undefined) {
      existing.acl = acl
      return -110
    }
    this.nodes.set(path, {
      data,
      acl,
      stat: {
        ...{ czxid: zxid, mzxid: zxid, pzxid: zxid, ctime: time, mtime: time },
        ...{ version: 0, cversion: 0, aversion: 0, ephemeralOwner: owner },
      },
      children: new Set(),
    })
    const [, about, kind] = /^\/zookeeper\/quota(.+)\/zookeeper_(limits|stats)$/.exec(path) ?? []
    if (about !== undefined && kind === 'limits') this.quotas.add(about)
    if (about !== undefined && kind === 'stats') {
      const counted = this.subtree(about)
      const bytes = counted.reduce((sum, at) => sum + (this.get(at).data ?? '').length, 0)
      this.get(path).data = `count=${counted.length},bytes=${bytes}`
    }
    this.countInQuota(path, 1, (data ?? '').length)
    this.changes.push({ kind: 'created', path, acl, parentAcl: parent.acl })
    return 0
  }

  private delete(path: string, zxid: number): number {
    const parent = this.nodes.get(above(path))
    if (parent === undefined) return -101
    parent.stat.pzxid = Math.max(parent.stat.pzxid, zxid)
    parent.children.delete(nameOf(path))
    const node = this.nodes.get(path)
    if (node === undefined) return -101
    this.nodes.delete(path)
    const [, about] = /^\/zookeeper\/quota(.+)\/zookeeper_limits$/.exec(path) ?? []
    if (about !== undefined) this.quotas.delete(about)
    this.countInQuota(path, -1, -(node.data ?? '').length)
    this.changes.push({ kind: 'deleted', path, acl: node.acl, parentAcl: parent.acl })
    return 0
  }

  private countInQuota(path: string, count: number, bytes: number): void {
    const over = [...this.quotas].filter((quota) => path === quota || path.startsWith(`${quota}/`))
    const deepest = over.sort((a, b) => b.length - a.length)[0]
    const node = this.nodes.get(`/zookeeper/quota${deepest}/zookeeper_stats`)
    if (node === undefined) return
    const [, countThere, bytesThere] = /^count=(-?\d+),bytes=(-?\d+)$/.exec(
      node.data as string,
    ) as RegExpExecArray
    node.data = `count=${Number(countThere) + count},bytes=${Number(bytesThere) + bytes}`
  }

  private children(path: string): string[] {
    return [...this.get(path).children].sort()
  }

  private subtree(path: string): string[] {
    if (!this.nodes.has(path)) return []
    return [path, ...this.children(path).flatMap((name) => this.subtree(childrenOf(path) + name))]
  }

  /** As clients see it. */
  private stat(path: string): unknown {
    const { stat, data } = this.get(path)
    const numChildren = this.children(path).length
    const cversion = stat.cversion * 2 - numChildren
    const ephemeralOwner = /^0x(8|ff0000)[0-9a-f]{10,15}$/.test(stat.ephemeralOwner)
      ? NO_OWNER
      : stat.ephemeralOwner
    return { ...stat, cversion, ephemeralOwner, numChildren, dataLength: (data ?? '').length }
  }

  private get(path: string): NaiveNode {
    return this.nodes.get(path) as NaiveNode
  }

  /** What differs between this and a tree, as two equal values where nothing does. */
  compare(tree: DataTree): { readonly naive: unknown; readonly real: unknown } {
    const paths = [...this.nodes.keys()].sort()
    const withOwner = (pattern: RegExp) =>
      paths.filter((path) => pattern.test(this.get(path).stat.ephemeralOwner))
    const isSession = (owner: string) => !/^0x(0|8000000000000000|ff0000[0-9a-f]{10})$/.test(owner)
    const owners = [...new Set(paths.map((path) => this.get(path).stat.ephemeralOwner))]
      .filter(isSession)
      .sort()
    return {
      naive: {
        nodes: paths.map((path) => {
          const { data, acl, stat } = this.get(path)
          return [path, { data, acl, stat }, this.children(path)]
        }),
        owners: owners.map((owner) => [owner, withOwner(new RegExp(`^${owner}$`))]),
        containers: withOwner(/^0x8000000000000000$/),
        ttls: withOwner(/^0xff0000[0-9a-f]{10}$/),
        quotas: [...this.quotas].sort(),
        below: paths.map((path) => this.subtree(path).length - 1),
      },
      real: {
        nodes: tree.nodes.sortedKeys().map((path) => {
          const { data, acl, stat } = tree.get(path) as ZNode
          return [path, { data, acl, stat }, tree.children(path)]
        }),
        owners: tree.ephemeralOwners().map((owner) => [owner, tree.ephemerals(owner)]),
        containers: tree.containers(),
        ttls: tree.ttls(),
        quotas: tree.quotas.sortedKeys(),
        below: tree.nodes.sortedKeys().map((path) => tree.allChildrenNumber(path)),
      },
    }
  }
}

function above(path: string): string {
  return path.slice(0, path.lastIndexOf('/')) || '/'
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1)
}

function childrenOf(path: string): string {
  return path === '/' ? '/' : `${path}/`
}
