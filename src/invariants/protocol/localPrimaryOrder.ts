import type { Txn } from '../../nodes/database/txns.ts'
import { counterOf, type Sid } from '../../nodes/zxid.ts'
import type { History } from '../History.ts'
import { always, type Check } from '../invariant.ts'
import { sameTxn } from '../sameTxn.ts'
import { printTxn } from '../words.ts'

export const localPrimaryOrder = always({
  code: 'P7',
  name: 'LocalPrimaryOrder',
  says: 'If the leader of an epoch proposes a before b, then every peer that delivers b has delivered a before it.',
  source:
    'Zab (DSN 2011), Local primary order; Remix I-5. For all a and b: the TLA+ text asks it of some only.',
  on: {
    delivered: ({ peer, txn }, history, check) => afterItsPredecessor(peer, txn, history, check),
    syncApplied: ({ peer, txn }, history, check) => afterItsPredecessor(peer, txn, history, check),
  },
})

function afterItsPredecessor(peer: Sid, txn: Txn, history: History, check: Check): void {
  const { applied, fresh } = history.peer(peer)
  if (!fresh || counterOf(txn.zxid) <= 1) return
  const before = history.proposal(txn.zxid - 1)
  if (before === undefined) return
  check.exercised += 1
  const last = applied.length >= 2 ? applied.at(applied.length - 2) : undefined
  if (last !== undefined && sameTxn(last, before)) return
  check.broken(
    [peer],
    [txn.zxid, before.zxid],
    `${peer} delivered ${printTxn(txn)} right after ${printTxn(last)}; proposed before it was ${printTxn(before)}`,
  )
}
