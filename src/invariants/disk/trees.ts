import type { DataTree } from '../../nodes/database/DataTree.ts'

/** Equal trees are nearly always one object, since a world applies each transaction once. */
export function sameTree(a: DataTree, b: DataTree): boolean {
  return a === b || (a.digest === b.digest && a.fingerprint === b.fingerprint)
}
