import type { SnapshotNode } from '../diskRecords.ts'
import { DataTree, isLocal, parentOf } from './DataTree.ts'
import { ephemeralTypeOf } from './ephemeralType.ts'
import { HashTrie } from './HashTrie.ts'
import { TreeEdit } from './TreeEdit.ts'
import type { SessionId } from './txns.ts'
import { ZNode } from './ZNode.ts'

/** A tree from its nodes, parents before children, as snapshots hold them. Java: DataTree.deserialize. */
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
    let localFingerprint = 0
    const ephemerals = new Map<SessionId, string[]>()
    const containers: string[] = []
    const ttls: string[] = []
    for (const [path, { node, children }] of this.parts) {
      const made = ZNode.make(path, node.data, node.acl, node.stat, setOf(children))
      nodes = nodes.set(path, made)
      digest += made.digest
      if (isLocal(path)) localFingerprint += made.fingerprint
      else fingerprint += made.fingerprint
      const owner = node.stat.ephemeralOwner
      switch (ephemeralTypeOf(owner)) {
        case 'container':
          containers.push(path)
          break
        case 'ttl':
          ttls.push(path)
          break
        case 'normal': {
          const paths = ephemerals.get(owner)
          if (paths === undefined) ephemerals.set(owner, [path])
          else paths.push(path)
        }
      }
    }
    let ephemeralPaths = HashTrie.empty<HashTrie<true>>()
    for (const [owner, paths] of ephemerals) ephemeralPaths = ephemeralPaths.set(owner, setOf(paths))
    const edit = new TreeEdit(
      new DataTree({
        nodes,
        ephemeralPaths,
        containerPaths: setOf(containers),
        ttlPaths: setOf(ttls),
        quotas: HashTrie.empty(),
        digest,
        fingerprint,
        localFingerprint,
      }),
    )
    edit.setupQuota()
    return edit.done()
  }
}

function setOf(keys: readonly string[]): HashTrie<true> {
  let set = HashTrie.empty<true>()
  for (const key of keys) set = set.set(key, true)
  return set
}
