/** A tree of znodes as the model sees it: what clients may know of it, and nothing about how servers keep it. */
import type { DataTree } from '../../nodes/database/DataTree.ts'
import type { Bytes, SessionId } from '../../nodes/database/txns.ts'
import type { Stat } from '../../nodes/packets.ts'
import type { Zxid } from '../../nodes/zxid.ts'

export interface ModelNode {
  readonly data: Bytes | null
  readonly czxid: Zxid
  readonly mzxid: Zxid
  readonly pzxid: Zxid
  readonly version: number
  readonly aversion: number
  /** How many children were ever created. */
  readonly created: number
  readonly children: number
  /** Null: a container, or one with a time to live; what their owner says is no session. */
  readonly owner: SessionId | null
}

export interface ModelTree {
  node(path: string): ModelNode | undefined
  /** Names, in any order. */
  children(path: string): readonly string[]
  /** Paths, in any order. */
  ephemerals(sessionId: SessionId): readonly string[]
}

/** What the servers told of a tree, as the model sees it. */
export class ToldTree implements ModelTree {
  private readonly tree: DataTree

  constructor(tree: DataTree) {
    this.tree = tree
  }

  node(path: string): ModelNode | undefined {
    const node = this.tree.get(path)
    if (node === undefined) return undefined
    const { czxid, mzxid, pzxid, version, aversion, cversion, ephemeralOwner } = node.stat
    return {
      data: node.data,
      czxid,
      mzxid,
      pzxid,
      version,
      aversion,
      created: cversion,
      children: node.children.size,
      owner: isSession(ephemeralOwner) ? ephemeralOwner : null,
    }
  }

  children(path: string): readonly string[] {
    return this.tree.children(path)
  }

  ephemerals(sessionId: SessionId): readonly string[] {
    return this.tree.ephemerals(sessionId)
  }
}

/** Owners of containers and of nodes with a time to live are no sessions. Java: EphemeralType */
function isSession(owner: SessionId): boolean {
  return owner.length !== LONG || (owner !== CONTAINER && !owner.startsWith(TTL_PREFIX))
}

const CONTAINER = '0x8000000000000000'
const TTL_PREFIX = '0xff0000'
const LONG = CONTAINER.length

/** What a Stat shows differently from the node; null where it is the node's. Times are nobody's business here. */
export function statMismatch(stat: Stat, node: ModelNode): string | null {
  if (stat.czxid !== node.czxid) return differs('czxid', stat.czxid, node.czxid)
  if (stat.mzxid !== node.mzxid) return differs('mzxid', stat.mzxid, node.mzxid)
  if (stat.pzxid !== node.pzxid) return differs('pzxid', stat.pzxid, node.pzxid)
  if (stat.version !== node.version) return differs('version', stat.version, node.version)
  if (stat.aversion !== node.aversion) return differs('aversion', stat.aversion, node.aversion)
  if (stat.numChildren !== node.children) return differs('numChildren', stat.numChildren, node.children)
  const cversion = cversionOf(node)
  if (stat.cversion !== cversion) return differs('cversion', stat.cversion, cversion)
  if (node.owner !== null && stat.ephemeralOwner !== node.owner) {
    return differs('ephemeralOwner', stat.ephemeralOwner, node.owner)
  }
  const length = node.data === null ? 0 : node.data.length
  return stat.dataLength === length ? null : differs('dataLength', stat.dataLength, length)
}

/** What differs between two nodes, the first as found, the second as it should be; null where nothing does. */
export function nodeMismatch(found: ModelNode, right: ModelNode): string | null {
  if (found.data !== right.data) return differs('data', found.data ?? 'null', right.data ?? 'null')
  if (found.czxid !== right.czxid) return differs('czxid', found.czxid, right.czxid)
  if (found.mzxid !== right.mzxid) return differs('mzxid', found.mzxid, right.mzxid)
  if (found.pzxid !== right.pzxid) return differs('pzxid', found.pzxid, right.pzxid)
  if (found.version !== right.version) return differs('version', found.version, right.version)
  if (found.aversion !== right.aversion) return differs('aversion', found.aversion, right.aversion)
  if (found.created !== right.created) return differs('cversion', found.created, right.created)
  if (found.children !== right.children) return differs('numChildren', found.children, right.children)
  return found.owner === right.owner ? null : differs('ephemeralOwner', `${found.owner}`, `${right.owner}`)
}

/** Clients see each creation and each deletion counted. Java: DataNode.copyStat */
function cversionOf({ created, children }: ModelNode): number {
  return created * 2 - children
}

function differs(field: string, shown: string | number, right: string | number): string {
  return `its ${field} is shown as ${shown}, and is ${right}`
}
