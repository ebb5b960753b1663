import type { Txn } from '../../nodes/database/txns.ts'
import type { Sid } from '../../nodes/zxid.ts'
import type { History } from '../History.ts'
import { always, type Check } from '../invariant.ts'
import { printTxn } from '../words.ts'

export const globalPrimaryOrder = always({
  code: 'P8',
  name: 'GlobalPrimaryOrder',
  says: 'A peer delivers the transactions of a lower epoch before those of a higher one: its zxids strictly increase.',
  source: 'Zab (DSN 2011), Global primary order; Remix I-6',
  on: {
    delivered: ({ peer, txn }, history, check) => increases(peer, txn, history, check),
    syncApplied: ({ peer, txn }, history, check) => increases(peer, txn, history, check),
  },
})

function increases(peer: Sid, txn: Txn, history: History, check: Check): void {
  check.exercised += 1
  const { applied, fresh } = history.peer(peer)
  if (fresh) return
  const last = applied.last as Txn
  check.broken([peer], [txn.zxid, last.zxid], `${peer} delivered ${printTxn(txn)} after ${printTxn(last)}`)
}
