import { type AclList, OPEN_ACL_UNSAFE, READ_ACL_UNSAFE } from '../acl.ts'
import type { Stat } from '../packets.ts'
import { HashTrie, type TrieVisitor } from './HashTrie.ts'
import { maxPrefixWithQuota, QUOTA, STATS } from './quotas.ts'
import type { SessionId, SubTxn } from './txns.ts'
import { sameNode, ZERO_STAT, ZNode } from './ZNode.ts'

export const CONFIG_NODE = '/zookeeper/config'

/** What a tree is made of. */
export interface TreeParts {
  readonly nodes: HashTrie<ZNode>
  /** Session to the paths of its ephemerals, as keys; no entry for a session without. */
  readonly ephemeralPaths: HashTrie<HashTrie<true>>
  readonly containerPaths: HashTrie<true>
  /** The paths of the nodes with a time to live. */
  readonly ttlPaths: HashTrie<true>
  /** The paths with a quota. Java: pTrie */
  readonly quotas: HashTrie<true>
  /** ZooKeeper's tree digest, version 2: the sum of its nodes' CRCs. Exact up to two million nodes. */
  readonly digest: number
  /** The sum of the nodes' fingerprints: covers what is below /zookeeper as well, and shares nothing with `digest`. */
  readonly fingerprint: number
  /**
   * Servers that have applied the same agree but for this: the configuration that each takes from its own files, and
   * the statistics of quotas, which a server counts anew when it loads a snapshot, nested ones differently.
   */
  readonly localFingerprint: number
}

/**
 * The tree as a value: applying a transaction makes another tree. Java: DataTree, which changes in place.
 *
 * Peers that agree share one object, a leader keeps the trees that its outstanding transactions lead to, and whoever
 * listens may keep any. What Java's tree holds besides is elsewhere: watches with the server, lastProcessedZxid with
 * ZKDatabase. The root's path is `/` (in Java the root has two names, `/` and the empty one).
 */
export class DataTree implements TreeParts {
  readonly nodes: HashTrie<ZNode>
  readonly ephemeralPaths: HashTrie<HashTrie<true>>
  readonly containerPaths: HashTrie<true>
  readonly ttlPaths: HashTrie<true>
  readonly quotas: HashTrie<true>
  readonly digest: number
  readonly fingerprint: number
  readonly localFingerprint: number

  constructor(parts: TreeParts) {
    this.nodes = parts.nodes
    this.ephemeralPaths = parts.ephemeralPaths
    this.containerPaths = parts.containerPaths
    this.ttlPaths = parts.ttlPaths
    this.quotas = parts.quotas
    this.digest = parts.digest
    this.fingerprint = parts.fingerprint
    this.localFingerprint = parts.localFingerprint
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

  /** As a client may name a node: the empty path is the root's second name. Java: DataTree(), getNode */
  named(path: string): ZNode | undefined {
    return this.nodes.get(path === '' ? '/' : path)
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

  /** Containers, in code unit order. */
  containers(): readonly string[] {
    return this.containerPaths.sortedKeys()
  }

  /** Nodes with a time to live, in code unit order. */
  ttls(): readonly string[] {
    return this.ttlPaths.sortedKeys()
  }

  /**
   * How many nodes are below a path; below the root, without the root's second name, but with its own, for the empty
   * path. Java: getAllChildrenNumber
   */
  allChildrenNumber(path: string): number {
    if (path === '/') return this.nodes.size - 1
    if (path === '') return this.nodes.size
    let count = 0
    const waiting = [path]
    for (let at = waiting.pop(); at !== undefined; at = waiting.pop()) {
      const node = this.nodes.get(at)
      if (node === undefined) continue
      count += node.children.size
      if (node.children.size > 0) node.children.forEach(new PathCollector(at, waiting))
    }
    return count
  }

  /** The deepest path with a quota that a path is at or below; null where there is none. */
  maxPrefixWithQuota(path: string): string | null {
    return maxPrefixWithQuota(this.quotas, path)
  }

  private static fresh(): DataTree {
    const children = HashTrie.empty<true>()
    // The access control list of /zookeeper/config has been set once, to version -1.
    const configStat = Object.freeze({ ...ZERO_STAT, aversion: -1 })
    const zookeeper = children.set('quota', true).set('config', true)
    const root = ZNode.make('/', '', OPEN_ACL_UNSAFE, ZERO_STAT, children.set('zookeeper', true))
    const proc = ZNode.make('/zookeeper', '', OPEN_ACL_UNSAFE, ZERO_STAT, zookeeper)
    const quota = ZNode.make(QUOTA, '', OPEN_ACL_UNSAFE, ZERO_STAT, children)
    const config = ZNode.make(CONFIG_NODE, '', READ_ACL_UNSAFE, configStat, children)
    return new DataTree({
      nodes: HashTrie.empty<ZNode>()
        .set('/', root)
        .set('/zookeeper', proc)
        .set(QUOTA, quota)
        .set(CONFIG_NODE, config),
      ephemeralPaths: HashTrie.empty(),
      containerPaths: HashTrie.empty(),
      ttlPaths: HashTrie.empty(),
      quotas: HashTrie.empty(),
      digest: root.digest + proc.digest + quota.digest + config.digest,
      fingerprint: root.fingerprint + proc.fingerprint + quota.fingerprint,
      localFingerprint: config.fingerprint,
    })
  }

  /** Whether both hold the same, field by field; does not trust the digests. */
  equals(other: DataTree): boolean {
    return (
      this === other ||
      (this.nodes.equals(other.nodes, sameNode) &&
        this.ephemeralPaths.equals(other.ephemeralPaths, samePaths) &&
        samePaths(this.containerPaths, other.containerPaths) &&
        samePaths(this.ttlPaths, other.ttlPaths) &&
        samePaths(this.quotas, other.quotas))
    )
  }
}

/** What came of a transaction; frozen. Java: DataTree.ProcessTxnResult */
export interface ProcessTxnResult {
  readonly tree: DataTree
  /** 0, or a code of KeeperException. An error may all the same have moved the parent's stat. */
  readonly err: number
  readonly path: string | null
  /** Of a create2, createContainer, createTTL, setData, reconfig or setACL that did what it says. */
  readonly stat: Stat | null
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

/** Whether servers may differ in a node: `localFingerprint` covers it. */
export function isLocal(path: string): boolean {
  return (
    path.startsWith('/zookeeper/') &&
    (path === CONFIG_NODE || (path.startsWith(QUOTA) && path.endsWith(`/${STATS}`)))
  )
}

class PathCollector implements TrieVisitor<true> {
  private readonly parent: string
  private readonly into: string[]

  constructor(parent: string, into: string[]) {
    this.parent = parent
    this.into = into
  }

  visit(name: string): void {
    this.into.push(childPath(this.parent, name))
  }
}

function samePaths(a: HashTrie<true>, b: HashTrie<true>): boolean {
  return a.equals(b, () => true)
}
