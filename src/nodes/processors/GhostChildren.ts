import type { Zxid } from '../zxid.ts'

/**
 * Nodes that prep still believes to have children because a session's end took them and is not applied yet.
 *
 * Java: PrepRequestProcessor writes a change record for the parent of each such child without counting the
 * child down, and every later change of the parent copies the count. So a delete of the parent that comes
 * close behind the end of the session is refused (NOTEMPTY), though there is nothing in it any more. Kept,
 * since clients can see it.
 */
export class GhostChildren {
  /** By the parent's path: the zxid of its latest outstanding change. */
  private readonly parents = new Map<string, Zxid>()

  /**
   * The end of a session, at `zxid`, takes a child of this node. `applied` is the last transaction that is.
   */
  add(path: string, zxid: Zxid, applied: Zxid): void {
    for (const [parent, changed] of this.parents) if (changed <= applied) this.parents.delete(parent)
    this.parents.set(path, zxid)
  }

  /** Another change of this node, or of its number of children, at `zxid`. */
  changed(path: string, zxid: Zxid, applied: Zxid): void {
    if (this.has(path, applied)) this.parents.set(path, zxid)
  }

  /** Whether a change that is not applied yet still has the wrong count. */
  has(path: string, applied: Zxid): boolean {
    if (this.parents.size === 0) return false
    const changed = this.parents.get(path)
    return changed !== undefined && changed > applied
  }
}
