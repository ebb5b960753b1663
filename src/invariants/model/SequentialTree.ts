/** A tree of znodes that does one operation after the other: what all servers together have to look like. */
import type { SessionId } from '../../nodes/database/txns.ts'
import type { Zxid } from '../../nodes/zxid.ts'
import { Draft, parentOf, remove } from './effects.ts'
import type { ModelNode, ModelTree } from './ModelTree.ts'

export class SequentialTree implements ModelTree {
  private readonly nodes = new Map<string, ModelNode>()
  private readonly names = new Map<string, Set<string>>()
  private readonly owned = new Map<SessionId, Set<string>>()

  constructor() {
    for (const path of ['/', '/zookeeper', '/zookeeper/quota', '/zookeeper/config']) this.set(path, FRESH)
    this.nodes.set('/', { ...FRESH, children: 1 })
    this.nodes.set('/zookeeper', { ...FRESH, children: 2 })
  }

  node(path: string): ModelNode | undefined {
    return this.nodes.get(path)
  }

  children(path: string): readonly string[] {
    return [...(this.names.get(path) ?? [])]
  }

  ephemerals(sessionId: SessionId): readonly string[] {
    return [...(this.owned.get(sessionId) ?? [])]
  }

  /** Takes over what a draft of this tree says. */
  take({ edits }: Draft): void {
    for (const [path, node] of edits) {
      if (node === null) this.delete(path)
      else this.set(path, node)
    }
  }

  /** The end of a session: its ephemerals go. */
  close(sessionId: SessionId, zxid: Zxid): void {
    const draft = new Draft(this)
    for (const path of this.ephemerals(sessionId)) remove(path, zxid, draft)
    this.take(draft)
  }

  private set(path: string, node: ModelNode): void {
    const before = this.nodes.get(path)
    // A multi may delete a node and create another in its place.
    if (before !== undefined && before.owner !== node.owner) this.delete(path)
    this.nodes.set(path, node)
    if (path === '/' || (before !== undefined && before.owner === node.owner)) return
    addTo(this.names, parentOf(path), path.slice(path.lastIndexOf('/') + 1))
    if (node.owner !== null && node.owner !== NOBODY) addTo(this.owned, node.owner, path)
  }

  private delete(path: string): void {
    const node = this.nodes.get(path)
    if (node === undefined) return
    this.nodes.delete(path)
    this.names.get(parentOf(path))?.delete(path.slice(path.lastIndexOf('/') + 1))
    if (node.owner !== null) this.owned.get(node.owner)?.delete(path)
  }
}

const NOBODY: SessionId = '0x0'

/** As no transaction made it. */
const FRESH: ModelNode = Object.freeze({
  data: '',
  czxid: 0,
  mzxid: 0,
  pzxid: 0,
  version: 0,
  aversion: 0,
  created: 0,
  children: 0,
  owner: NOBODY,
})

function addTo<K>(map: Map<K, Set<string>>, key: K, item: string): void {
  const set = map.get(key)
  if (set === undefined) map.set(key, new Set([item]))
  else set.add(item)
}
