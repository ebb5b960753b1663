import type { ProcessTxnResult } from '../database/DataTree.ts'
import { TreeEdit } from '../database/TreeEdit.ts'
import type { Txn } from '../database/txns.ts'
import { understudy } from './Understudy.ts'

export const zookeeper4846 = understudy({
  issue: 'ZOOKEEPER-4846',
  since: '3.0.0',
  mendedIn: ['3.8.5', '3.9.4'],
  story:
    'A create that is replayed over a snapshot which has the node left its access control list as it was there.',
  recast: (cast) =>
    Object.freeze({
      ...cast,
      ZKDatabase: class extends cast.ZKDatabase {
        protected override applyToTree(txn: Txn): ProcessTxnResult {
          const result = this.shared.apply(this.tree, txn, KeepingAcls)
          this.tree = result.tree
          return result
        }
      },
    }),
})

class KeepingAcls extends TreeEdit {
  protected override createOnExisting(): void {}
}
