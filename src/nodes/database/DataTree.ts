import type { AclList } from '../acl.ts'
import type { SnapshotNode } from '../diskRecords.ts'
import { keeperErrors } from '../keeperErrors.ts'
import type { Stat } from '../packets.ts'
import type { Zxid } from '../zxid.ts'
import { HashTrie } from './HashTrie.ts'
import { type Bytes, NO_SESSION, type SessionId, type SubTxn, type Txn } from './txns.ts'
import {
  newStat,
  sameNode,
  statAfterChildChange,
  statAfterSetData,
  statOf,
  ZERO_STAT,
  ZNode,
} from './ZNode.ts'

/**
 * The tree as a value: applying a transaction makes another tree. Java: DataTree, which changes in place.
 *
 * Peers that agree share one object, a leader keeps the trees that its outstanding transactions lead to, and whoever
 * listens may keep any. What Java's tree holds besides is elsewhere: watches with the server, lastProcessedZxid with
 * ZKDatabase. The root's path is `/` (in Java the root has two names, `/` and the empty one).
 */
export class DataTree {
  readonly nodes: HashTrie<ZNode>
  /** Session to the paths of its ephemerals, as keys; no entry for a session without. */
  readonly ephemeralPaths: HashTrie<HashTrie<true>>
  /** ZooKeeper's tree digest, version 2: the sum of its nodes' CRCs. Exact up to two million nodes. */
  readonly digest: number
  /** The sum of the nodes' fingerprints: covers /zookeeper/* as well, and shares nothing with `digest`. */
  readonly fingerprint: number

  constructor(
    nodes: HashTrie<ZNode>,
    ephemeralPaths: HashTrie<HashTrie<true>>,
    digest: number,
    fingerprint: number,
  ) {
    this.nodes = nodes
    this.ephemeralPaths = ephemeralPaths
    this.digest = digest
    this.fingerprint = fingerprint
    Object.freeze(this)
  }

  /** A fresh tree, as every server begins: the root and what is below /zookeeper. */
  static readonly empty: DataTree = DataTree.fresh()

  /** As the real server counts: the root twice. */
  get nodeCount(): number {
    return this.nodes.size + 1
  }

  get(path: string): ZNode | undefined {
    return this.nodes.get(path)
  }

  has(path: string): boolean {
    return this.nodes.get(path) !== undefined
  }

  /** The names below a node, in code unit order; none where there is no node. */
  children(path: string): readonly string[] {
    return this.nodes.get(path)?.children.sortedKeys() ?? []
  }

  /** The paths of a session's ephemerals, in code unit order. */
  ephemerals(sessionId: SessionId): readonly string[] {
    return this.ephemeralPaths.get(sessionId)?.sortedKeys() ?? []
  }

  /** The sessions that own ephemerals, in code unit order. Java: DataTree.getSessions */
  ephemeralOwners(): readonly SessionId[] {
    return this.ephemeralPaths.sortedKeys()
  }

  private static fresh(): DataTree {
    const children = HashTrie.empty<true>()
    // The access control list of /zookeeper/config has been set once, to version -1.
    const configStat = Object.freeze({ ...ZERO_STAT, aversion: -1 })
    const zookeeper = children.set('quota', true).set('config', true)
    const root = ZNode.make('/', '', ZERO_STAT, children.set('zookeeper', true))
    const proc = ZNode.make('/zookeeper', '', ZERO_STAT, zookeeper)
    const quota = ZNode.make('/zookeeper/quota', '', ZERO_STAT, children)
    const config = ZNode.make('/zookeeper/config', '', configStat, children)
    return new DataTree(
      HashTrie.empty<ZNode>()
        .set('/', root)
        .set('/zookeeper', proc)
        .set('/zookeeper/quota', quota)
        .set('/zookeeper/config', config),
      HashTrie.empty(),
      root.digest + proc.digest + quota.digest + config.digest,
      root.fingerprint + proc.fingerprint + quota.fingerprint + config.fingerprint,
    )
  }

  /** Whether both hold the same, field by field; does not trust the digests. */
  equals(other: DataTree): boolean {
    return (
      this === other ||
      (this.nodes.equals(other.nodes, sameNode) &&
        this.ephemeralPaths.equals(other.ephemeralPaths, samePaths))
    )
  }
}

/** What came of a transaction; frozen. Java: DataTree.ProcessTxnResult */
export interface ProcessTxnResult {
  readonly tree: DataTree
  /** 0, or a code of KeeperException. An error may all the same have moved the parent's stat. */
  readonly err: number
  readonly path: string | null
  /** Of a setData that found its node. */
  readonly stat: Stat | null
  /** The nodes that went, in the order in which they went (one for a delete, any number for a closeSession). */
  readonly deleted: readonly string[]
  /** What watches may tell of, in the order in which it happened. */
  readonly changes: readonly TreeChange[]
  /** Of a multi, what each of its parts came to. */
  readonly results: readonly SubTxnResult[] | null
}

/** One change that watches may tell of; frozen. */
export interface TreeChange {
  readonly kind: 'created' | 'deleted' | 'dataChanged'
  readonly path: string
  /** Who may not read the node is not told. */
  readonly acl: AclList
  /** The same of the parent, for its children watches; null where only data changed. */
  readonly parentAcl: AclList | null
}

/** What a part of a multi came to; frozen. */
export interface SubTxnResult {
  readonly type: SubTxn['type']
  readonly err: number
  readonly path: string | null
  /** Of create2, createContainer, createTTL and setData. */
  readonly stat: Stat | null
}

/** The path one level up; `/` for the children of the root. */
export function parentOf(path: string): string {
  const slash = path.lastIndexOf('/')
  return slash <= 0 ? '/' : path.slice(0, slash)
}

export function childPath(parent: string, name: string): string {
  return parent === '/' ? `/${name}` : `${parent}/${name}`
}

const OK = keeperErrors.OK.code
const NONODE = keeperErrors.NONODE.code
const NODEEXISTS = keeperErrors.NODEEXISTS.code
const NOTHING: readonly string[] = Object.freeze([])

/**
 * Applies a transaction. Java: DataTree.processTxn.
 *
 * Never throws. A replay from a fuzzy snapshot meets nodes that are there already and nodes that are gone already; what
 * it then does to stats (they only move forward) is what makes the replay end where the original did.
 */
export function apply(tree: DataTree, txn: Txn): ProcessTxnResult {
  const body = txn.body
  switch (body.type) {
    case 'create':
    case 'create2': {
      const edit = new TreeEdit(tree)
      const owner = body.ephemeral ? txn.sessionId : NO_SESSION
      const err = edit.createNode(body.path, body.data, owner, body.parentCVersion, txn.zxid, txn.time)
      return result(edit.done(), err, body.path, null, NOTHING)
    }
    case 'delete': {
      const edit = new TreeEdit(tree)
      const err = edit.deleteNode(body.path, txn.zxid)
      return result(edit.done(), err, body.path, null, err === OK ? Object.freeze([body.path]) : NOTHING)
    }
    case 'setData': {
      const node = tree.get(body.path)
      if (node === undefined) return result(tree, NONODE, body.path, null, NOTHING)
      const stat = statAfterSetData(node.stat, txn.zxid, txn.time, body.version)
      const after = node.withData(body.path, body.data, stat)
      const edit = new TreeEdit(tree)
      edit.replace(body.path, node, after)
      return result(edit.done(), OK, body.path, statOf(after), NOTHING)
    }
    case 'closeSession': {
      const edit = new TreeEdit(tree)
      const deleted = edit.killSession(txn.sessionId, body.paths, txn.zxid)
      return result(edit.done(), OK, null, null, deleted)
    }
    case 'createSession':
      return result(tree, OK, null, null, NOTHING)
    case 'error':
      return result(tree, body.err, null, null, NOTHING)
    default:
      return result(tree, OK, null, null, NOTHING)
  }
}

function result(
  tree: DataTree,
  err: number,
  path: string | null,
  stat: Stat | null,
  deleted: readonly string[],
): ProcessTxnResult {
  return Object.freeze({ tree, err, path, stat, deleted, changes: Object.freeze([]), results: null })
}

/** One tree on its way to the next. */
class TreeEdit {
  private readonly before: DataTree
  private nodes: HashTrie<ZNode>
  private ephemeralPaths: HashTrie<HashTrie<true>>
  private digest: number
  private fingerprint: number

  constructor(tree: DataTree) {
    this.before = tree
    this.nodes = tree.nodes
    this.ephemeralPaths = tree.ephemeralPaths
    this.digest = tree.digest
    this.fingerprint = tree.fingerprint
  }

  done(): DataTree {
    if (this.nodes === this.before.nodes) return this.before
    return new DataTree(this.nodes, this.ephemeralPaths, this.digest, this.fingerprint)
  }

  createNode(
    path: string,
    data: Bytes | null,
    owner: SessionId,
    parentCVersion: number,
    zxid: Zxid,
    time: number,
  ): number {
    if (path === '/' || !path.startsWith('/')) return path === '/' ? NODEEXISTS : NONODE
    const parentPath = parentOf(path)
    const parent = this.nodes.get(parentPath)
    if (parent === undefined) return NONODE
    // -1 is of logs older than the field: count instead.
    const cversion = parentCVersion === -1 ? parent.stat.cversion + 1 : parentCVersion
    const stat =
      cversion > parent.stat.cversion ? statAfterChildChange(parent.stat, cversion, zxid) : parent.stat
    // Also where the child is there already. A replay that deletes and recreates a parent would otherwise leave the
    // child, which the snapshot saw, outside its parent's children: Java's createNode does.
    const children = parent.children.set(path.slice(path.lastIndexOf('/') + 1), true)
    if (stat !== parent.stat || children !== parent.children) {
      this.replace(parentPath, parent, parent.withChildren(stat, children))
    }
    if (this.nodes.get(path) !== undefined) return NODEEXISTS
    this.add(path, ZNode.make(path, data, newStat(zxid, time, owner), HashTrie.empty()))
    return OK
  }

  deleteNode(path: string, zxid: Zxid): number {
    if (path === '/' || !path.startsWith('/')) return NONODE
    const parentPath = parentOf(path)
    const parent = this.nodes.get(parentPath)
    if (parent === undefined) return NONODE
    // Also where the child is gone already: the snapshot may hold the parent from before. ZOOKEEPER-3125
    const stat =
      zxid > parent.stat.pzxid ? statAfterChildChange(parent.stat, parent.stat.cversion, zxid) : parent.stat
    const children = parent.children.delete(path.slice(path.lastIndexOf('/') + 1))
    if (stat !== parent.stat || children !== parent.children) {
      this.replace(parentPath, parent, parent.withChildren(stat, children))
    }
    const node = this.nodes.get(path)
    if (node === undefined) return NONODE
    this.remove(path, node)
    return OK
  }

  /** What the transaction lists goes in its order; then whatever else the session owns here. ZOOKEEPER-3145 */
  killSession(sessionId: SessionId, paths: readonly string[], zxid: Zxid): readonly string[] {
    const deleted: string[] = []
    for (const path of paths) if (this.deleteNode(path, zxid) === OK) deleted.push(path)
    for (const path of this.ephemeralPaths.get(sessionId)?.sortedKeys() ?? NOTHING) {
      if (this.deleteNode(path, zxid) === OK) deleted.push(path)
    }
    return deleted.length === 0 ? NOTHING : Object.freeze(deleted)
  }

  replace(path: string, before: ZNode, after: ZNode): void {
    this.nodes = this.nodes.set(path, after)
    this.digest += after.digest - before.digest
    this.fingerprint += after.fingerprint - before.fingerprint
  }

  private add(path: string, node: ZNode): void {
    this.nodes = this.nodes.set(path, node)
    this.digest += node.digest
    this.fingerprint += node.fingerprint
    const owner = node.stat.ephemeralOwner
    if (owner === NO_SESSION) return
    const paths = this.ephemeralPaths.get(owner) ?? HashTrie.empty<true>()
    this.ephemeralPaths = this.ephemeralPaths.set(owner, paths.set(path, true))
  }

  private remove(path: string, node: ZNode): void {
    this.nodes = this.nodes.delete(path)
    this.digest -= node.digest
    this.fingerprint -= node.fingerprint
    const owner = node.stat.ephemeralOwner
    if (owner === NO_SESSION) return
    const paths = this.ephemeralPaths.get(owner)?.delete(path)
    if (paths === undefined) return
    this.ephemeralPaths =
      paths.size === 0 ? this.ephemeralPaths.delete(owner) : this.ephemeralPaths.set(owner, paths)
  }
}

/**
 * A tree from its nodes, parents before children, as snapshots hold them. Java: DataTree.deserialize.
 */
export class TreeBuilder {
  private readonly parts = new Map<string, { readonly node: SnapshotNode; readonly children: string[] }>()

  /** @returns false when the parent is not there, or the path is: such a snapshot is invalid. */
  add(node: SnapshotNode): boolean {
    if (this.parts.has(node.path)) return false
    if (node.path !== '/') {
      const parent = this.parts.get(parentOf(node.path))
      if (parent === undefined || !node.path.startsWith('/')) return false
      parent.children.push(node.path.slice(node.path.lastIndexOf('/') + 1))
    }
    this.parts.set(node.path, { node, children: [] })
    return true
  }

  /** Null where there is not even a root. */
  build(): DataTree | null {
    if (!this.parts.has('/')) return null
    let nodes = HashTrie.empty<ZNode>()
    let digest = 0
    let fingerprint = 0
    const ephemerals = new Map<SessionId, string[]>()
    for (const [path, { node, children }] of this.parts) {
      const made = ZNode.make(path, node.data, node.stat, setOf(children))
      nodes = nodes.set(path, made)
      digest += made.digest
      fingerprint += made.fingerprint
      const owner = node.stat.ephemeralOwner
      if (owner === NO_SESSION) continue
      const paths = ephemerals.get(owner)
      if (paths === undefined) ephemerals.set(owner, [path])
      else paths.push(path)
    }
    let ephemeralPaths = HashTrie.empty<HashTrie<true>>()
    for (const [owner, paths] of ephemerals) ephemeralPaths = ephemeralPaths.set(owner, setOf(paths))
    return new DataTree(nodes, ephemeralPaths, digest, fingerprint)
  }
}

function setOf(keys: readonly string[]): HashTrie<true> {
  let set = HashTrie.empty<true>()
  for (const key of keys) set = set.set(key, true)
  return set
}

function samePaths(a: HashTrie<true>, b: HashTrie<true>): boolean {
  return a.equals(b, () => true)
}
