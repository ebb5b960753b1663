import type { Txn } from '../../nodes/database/txns.ts'
import type { Sid } from '../../nodes/zxid.ts'
import type { History } from '../History.ts'
import { always, type Check } from '../invariant.ts'
import { sameTxn } from '../sameTxn.ts'
import { printTxn } from '../words.ts'

export const zxidUniqueness = always({
  code: 'E6',
  name: 'ZxidUniqueness',
  says: 'A zxid stands for one transaction over the entire run, committed or not.',
  source: 'Zab (DSN 2011); ZOOKEEPER-335',
  on: {
    proposed: ({ peer, txn }, history, check) => isTheOne(peer, txn, 'proposed', history, check),
    logged: ({ peer, txn }, history, check) => isTheOne(peer, txn, 'logged', history, check),
  },
})

function isTheOne(peer: Sid, txn: Txn, deed: string, history: History, check: Check): void {
  const first = history.proposal(txn.zxid)
  if (first === undefined) return
  check.exercised += 1
  if (sameTxn(first, txn)) return
  check.broken([peer], [txn.zxid], `${peer} ${deed} ${printTxn(txn)}, but ${printTxn(first)} was proposed`)
}
