import { always } from '../invariant.ts'
import { sameTxn } from '../sameTxn.ts'
import { entryAt } from '../sequences.ts'
import { printTxn } from '../words.ts'

export const agreement = always({
  code: 'P5',
  name: 'Agreement',
  says: 'If one peer delivers a and another delivers b, then one of the two delivers both.',
  source: 'Zab (DSN 2011), Agreement; Remix I-3. Checked for all pairs, not only followers.',
  on: {
    delivered({ peer, txn }, history, check) {
      const { applied, fresh } = history.peer(peer)
      const place = applied.length - 1
      if (!fresh || place >= history.delivered.length) return
      check.exercised += 1
      const first = history.delivered.at(place)
      if (sameTxn(first, txn)) return
      // Somebody has delivered this one elsewhere: then it is an order that differs, see TotalOrder.
      const elsewhere = entryAt(history.delivered, txn.zxid)
      if (elsewhere !== undefined && sameTxn(elsewhere, txn)) return
      check.broken(
        [peer],
        [txn.zxid, first.zxid],
        `${peer} delivered ${printTxn(txn)} without ${printTxn(first)}, which was delivered without it`,
      )
    },
  },
})
