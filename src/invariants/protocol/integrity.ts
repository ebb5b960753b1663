import type { Txn } from '../../nodes/database/txns.ts'
import type { Sid } from '../../nodes/zxid.ts'
import type { History } from '../History.ts'
import { always, type Check } from '../invariant.ts'
import { sameTxn } from '../sameTxn.ts'
import { printTxn } from '../words.ts'

export const integrity = always({
  code: 'P4',
  name: 'Integrity',
  says: 'What a peer delivers, some leader has proposed.',
  source: 'Zab (DSN 2011), Integrity; Remix I-2. Checked for leaders and observers too.',
  on: {
    delivered: ({ peer, txn }, history, check) => wasProposed(peer, txn, history, check),
    syncApplied: ({ peer, txn }, history, check) => wasProposed(peer, txn, history, check),
  },
})

function wasProposed(peer: Sid, txn: Txn, history: History, check: Check): void {
  check.exercised += 1
  const proposed = history.proposal(txn.zxid)
  if (proposed !== undefined && sameTxn(proposed, txn)) return
  const what = proposed === undefined ? 'nobody proposed it' : `the proposal was ${printTxn(proposed)}`
  check.broken([peer], [txn.zxid], `${peer} delivered ${printTxn(txn)}, but ${what}`)
}
