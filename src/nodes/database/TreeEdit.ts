import { type AclList, sameAcl } from '../acl.ts'
import { keeperErrors } from '../keeperErrors.ts'
import type { Zxid } from '../zxid.ts'
import { childPath, DataTree, isLocal, parentOf, type TreeChange, type TreeParts } from './DataTree.ts'
import { ephemeralTypeOf } from './ephemeralType.ts'
import { HashTrie, hashOf } from './HashTrie.ts'
import { aboutPath, LIMITS, maxPrefixWithQuota, QUOTA, STATS, statsPath, trieKey } from './quotas.ts'
import { StatsTrack } from './StatsTrack.ts'
import type { Bytes, SessionId, SubTxn } from './txns.ts'
import { newStat, statAfterChildChange, statAfterSetACL, statAfterSetData, ZNode } from './ZNode.ts'

const OK = keeperErrors.OK.code
const NONODE = keeperErrors.NONODE.code
const NODEEXISTS = keeperErrors.NODEEXISTS.code

/**
 * One tree on its way to the next: what the methods of Java's DataTree do, which each answer with 0 or a code of
 * KeeperException.
 *
 * A replay from a fuzzy snapshot meets nodes that are there already and nodes that are gone already; what it then does
 * to stats (they only move forward) is what makes the replay end where the original did.
 */
export class TreeEdit implements TreeParts {
  nodes: HashTrie<ZNode>
  ephemeralPaths: HashTrie<HashTrie<true>>
  containerPaths: HashTrie<true>
  ttlPaths: HashTrie<true>
  quotas: HashTrie<true>
  digest: number
  fingerprint: number
  localFingerprint: number
  /** The node whose Stat is the answer, as it is before quotas are counted. */
  answer: ZNode | null = null

  private readonly before: DataTree
  private told: TreeChange[] | null = null

  constructor(tree: DataTree) {
    this.before = tree
    this.nodes = tree.nodes
    this.ephemeralPaths = tree.ephemeralPaths
    this.containerPaths = tree.containerPaths
    this.ttlPaths = tree.ttlPaths
    this.quotas = tree.quotas
    this.digest = tree.digest
    this.fingerprint = tree.fingerprint
    this.localFingerprint = tree.localFingerprint
  }

  done(): DataTree {
    return this.nodes === this.before.nodes && this.quotas === this.before.quotas
      ? this.before
      : new DataTree(this)
  }

  /** What watches may tell of, in its order. */
  changes(): readonly TreeChange[] {
    return this.told === null ? NO_CHANGES : Object.freeze(this.told)
  }

  createNode(
    path: string,
    data: Bytes | null,
    acl: AclList,
    owner: SessionId,
    parentCVersion: number,
    zxid: Zxid,
    time: number,
  ): number {
    if (path === '/' || !path.startsWith('/')) return path === '/' ? NODEEXISTS : NONODE
    const parentPath = parentOf(path)
    const parent = this.nodes.get(parentPath)
    if (parent === undefined) return NONODE
    const name = path.slice(path.lastIndexOf('/') + 1)
    const existing = this.nodes.get(path)
    this.countChild(parentPath, parent, name, parentCVersion, zxid)
    if (existing !== undefined) {
      this.createOnExisting(path, existing, acl)
      return NODEEXISTS
    }
    const node = ZNode.make(path, data, acl, newStat(zxid, time, owner), HashTrie.empty())
    this.add(path, node)
    this.answer = node
    if (parentPath.startsWith(QUOTA)) this.quotaNodeCreated(parentPath, name)
    if (this.quotas.size > 0) this.addToQuota(path, 1, lengthOf(data))
    this.tell('created', path, node.acl, parent.acl)
    return OK
  }

  /**
   * Also where the child is there already. A replay that deletes and recreates a parent would otherwise leave the child,
   * which the snapshot saw, outside its parent's children, as Java's does; and of the creates there only the opcode
   * `create` moves the parent's stat then.
   */
  protected countChild(path: string, parent: ZNode, name: string, parentCVersion: number, zxid: Zxid): void {
    // -1 is of logs older than the field: count instead.
    const cversion = parentCVersion === -1 ? parent.stat.cversion + 1 : parentCVersion
    const stat =
      cversion > parent.stat.cversion ? statAfterChildChange(parent.stat, cversion, zxid) : parent.stat
    const children = parent.children.set(name, true)
    if (stat !== parent.stat || children !== parent.children) {
      this.replace(path, parent, parent.withChildren(stat, children))
    }
  }

  /** The snapshot may have taken the node before its list. ZOOKEEPER-4846 */
  protected createOnExisting(path: string, node: ZNode, acl: AclList): void {
    if (!sameAcl(node.acl, acl)) this.replace(path, node, node.withAcl(path, acl, node.stat))
  }

  deleteNode(path: string, zxid: Zxid): number {
    if (path === '/' || !path.startsWith('/')) return NONODE
    const parentPath = parentOf(path)
    const parent = this.nodes.get(parentPath)
    if (parent === undefined) return NONODE
    const name = path.slice(path.lastIndexOf('/') + 1)
    // Also where the child is gone already: the snapshot may hold the parent from before. ZOOKEEPER-3125
    const stat =
      zxid > parent.stat.pzxid ? statAfterChildChange(parent.stat, parent.stat.cversion, zxid) : parent.stat
    const children = parent.children.delete(name)
    if (stat !== parent.stat || children !== parent.children) {
      this.replace(parentPath, parent, parent.withChildren(stat, children))
    }
    const node = this.nodes.get(path)
    if (node === undefined) return NONODE
    this.remove(path, node)
    if (this.quotas.size > 0) {
      if (name === LIMITS && parentPath.startsWith('/zookeeper')) this.limitsDeleted(parentPath)
      this.addToQuota(path, -1, -lengthOf(node.data))
    }
    this.tell('deleted', path, node.acl, parent.acl)
    return OK
  }

  setData(path: string, data: Bytes | null, version: number, zxid: Zxid, time: number): number {
    const node = this.nodes.get(path)
    if (node === undefined) return NONODE
    const after = node.withData(path, data, statAfterSetData(node.stat, zxid, time, version))
    this.replace(path, node, after)
    this.answer = after
    if (this.quotas.size > 0) this.addToQuota(path, 0, lengthOf(data) - lengthOf(node.data))
    this.tell('dataChanged', path, node.acl, null)
    return OK
  }

  setACL(path: string, acl: AclList, version: number): number {
    const node = this.nodes.get(path)
    if (node === undefined) return NONODE
    const after = node.withAcl(path, acl, statAfterSetACL(node.stat, version))
    this.replace(path, node, after)
    this.answer = after
    return OK
  }

  /** What the transaction lists goes in its order; then whatever else the session owns here. ZOOKEEPER-3145 */
  killSession(sessionId: SessionId, paths: readonly string[], zxid: Zxid): void {
    for (const path of paths) this.deleteNode(path, zxid)
    const others = this.ephemeralPaths.get(sessionId)
    if (others !== undefined) for (const path of others.sortedKeys()) this.deleteNode(path, zxid)
  }

  /** Where not, the multi ends before this part, without a word. Java: until 3.8 that of a create2 */
  knowsPart(_part: SubTxn): boolean {
    return true
  }

  /** Makes quotas of the limits nodes, and counts their statistics anew. Java: setupQuota, traverseNode */
  setupQuota(): void {
    const end = `/${LIMITS}`
    const waiting = this.nodes.get(QUOTA) === undefined ? [] : [QUOTA]
    for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
      const names = (this.nodes.get(path) as ZNode).children.sortedKeys()
      for (const name of names.reverse()) waiting.push(childPath(path, name))
      if (names.length > 0 || !path.endsWith(end)) continue
      const about = path.slice(QUOTA.length, path.indexOf(end))
      this.updateQuotaForPath(about)
      this.addQuota(about)
    }
  }

  /** A quota on the root is over no path. Java throws at it, and its server can never again read its log. */
  protected quotaNodeCreated(parentPath: string, name: string): void {
    const about = aboutPath(parentPath)
    if (about === null) return
    if (name === LIMITS) this.addQuota(about)
    if (name === STATS) this.updateQuotaForPath(about)
  }

  private limitsDeleted(parentPath: string): void {
    const about = aboutPath(parentPath)
    if (about === null) return
    const key = trieKey(about)
    const quotas = this.quotas.delete(key)
    if (quotas === this.quotas) return
    this.quotas = quotas
    this.localFingerprint -= hashOf(key)
  }

  private addQuota(about: string): void {
    const key = trieKey(about)
    const quotas = this.quotas.set(key, true)
    if (quotas === this.quotas) return
    this.quotas = quotas
    this.localFingerprint += hashOf(key)
  }

  /** The statistics of the deepest quota over a path, whose stat stays as it is. Java: updateQuotaStat */
  private addToQuota(path: string, count: number, bytes: number): void {
    const prefix = maxPrefixWithQuota(this.quotas, path)
    if (prefix === null) return
    const statPath = statsPath(prefix)
    const node = this.nodes.get(statPath)
    // Clients may write anything there. Java throws at what it cannot read, and its server ends.
    const track = node === undefined ? null : StatsTrack.parse(node.data)
    if (node === undefined || track === null) return
    this.replace(statPath, node, node.withData(statPath, track.plus(count, bytes).toBytes(), node.stat))
  }

  private updateQuotaForPath(about: string): void {
    const statPath = statsPath(about)
    const node = this.nodes.get(statPath)
    if (node === undefined) return
    let count = 0
    let bytes = 0
    const waiting = [about]
    for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
      const below = this.nodes.get(path === '' ? '/' : path)
      if (below === undefined) continue
      count += 1
      bytes += lengthOf(below.data)
      for (const name of below.children.sortedKeys()) waiting.push(`${path}/${name}`)
    }
    this.replace(statPath, node, node.withData(statPath, StatsTrack.of(count, bytes).toBytes(), node.stat))
  }

  private tell(kind: TreeChange['kind'], path: string, acl: AclList, parentAcl: AclList | null): void {
    const change = Object.freeze({ kind, path, acl, parentAcl })
    if (this.told === null) this.told = [change]
    else this.told.push(change)
  }

  private replace(path: string, before: ZNode, after: ZNode): void {
    this.nodes = this.nodes.set(path, after)
    this.digest += after.digest - before.digest
    if (isLocal(path)) this.localFingerprint += after.fingerprint - before.fingerprint
    else this.fingerprint += after.fingerprint - before.fingerprint
  }

  private add(path: string, node: ZNode): void {
    this.nodes = this.nodes.set(path, node)
    this.digest += node.digest
    if (isLocal(path)) this.localFingerprint += node.fingerprint
    else this.fingerprint += node.fingerprint
    const owner = node.stat.ephemeralOwner
    switch (ephemeralTypeOf(owner)) {
      case 'container':
        this.containerPaths = this.containerPaths.set(path, true)
        break
      case 'ttl':
        this.ttlPaths = this.ttlPaths.set(path, true)
        break
      case 'normal': {
        const paths = this.ephemeralPaths.get(owner) ?? HashTrie.empty<true>()
        this.ephemeralPaths = this.ephemeralPaths.set(owner, paths.set(path, true))
      }
    }
  }

  private remove(path: string, node: ZNode): void {
    this.nodes = this.nodes.delete(path)
    this.digest -= node.digest
    if (isLocal(path)) this.localFingerprint -= node.fingerprint
    else this.fingerprint -= node.fingerprint
    const owner = node.stat.ephemeralOwner
    switch (ephemeralTypeOf(owner)) {
      case 'container':
        this.containerPaths = this.containerPaths.delete(path)
        break
      case 'ttl':
        this.ttlPaths = this.ttlPaths.delete(path)
        break
      case 'normal': {
        const paths = this.ephemeralPaths.get(owner)?.delete(path)
        if (paths === undefined) return
        this.ephemeralPaths =
          paths.size === 0 ? this.ephemeralPaths.delete(owner) : this.ephemeralPaths.set(owner, paths)
      }
    }
  }
}

/** Of whatever tells of nothing. */
export const NO_CHANGES: readonly TreeChange[] = Object.freeze([])

function lengthOf(data: Bytes | null): number {
  return data === null ? 0 : data.length
}
