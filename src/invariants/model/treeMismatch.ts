/** Whether a transaction made of a tree what the model makes of it, and changed nothing else. */
import type { DataTree } from '../../nodes/database/DataTree.ts'
import type { Txn } from '../../nodes/database/txns.ts'
import { Draft, takeTxn } from './effects.ts'
import { nodeMismatch, ToldTree } from './ModelTree.ts'

/** Null: as it should be. */
export function treeMismatch(txn: Txn, before: DataTree, after: DataTree): string | null {
  const draft = new Draft(new ToldTree(before))
  takeTxn(txn.body, txn.sessionId, txn.zxid, draft)
  const told = new ToldTree(after)
  let digest = after.digest - before.digest
  for (const [path, right] of draft.edits) {
    const found = told.node(path)
    if (found === undefined && right !== null) return `${path} is not there`
    if (found !== undefined && right === null) return `${path} is there still`
    if (found !== undefined && right !== null) {
      const data = isStatistics(path) ? found.data : right.data
      const mismatch = nodeMismatch(found, data === right.data ? right : { ...right, data })
      if (mismatch !== null) return `of ${path}, ${mismatch}`
    }
    digest -= (after.get(path)?.digest ?? 0) - (before.get(path)?.digest ?? 0)
  }
  return digest === 0 ? null : 'it changed something else as well'
}

const QUOTA = '/zookeeper/quota'
const STATISTICS = '/zookeeper_stats'

/** There the servers keep, of their own accord, what is used of a quota. Java: DataTree.updateQuotaStat */
function isStatistics(path: string): boolean {
  return path.endsWith(STATISTICS) && path.startsWith(QUOTA)
}
