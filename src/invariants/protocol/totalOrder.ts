import { always } from '../invariant.ts'
import { sameTxn } from '../sameTxn.ts'
import { countUpTo } from '../sequences.ts'
import { printTxn } from '../words.ts'

export const totalOrder = always({
  code: 'P6',
  name: 'TotalOrder',
  says: 'If one peer delivers a before b, then every peer that delivers b has delivered a before it.',
  source: 'Zab (DSN 2011), Total order; Remix I-4',
  on: {
    delivered({ peer, txn }, history, check) {
      const { applied, fresh } = history.peer(peer)
      const place = applied.length - 1
      if (!fresh || place >= history.delivered.length) return
      check.exercised += 1
      const expected = history.delivered.at(place)
      if (sameTxn(expected, txn)) return
      const there = countUpTo(history.delivered, txn.zxid) - 1
      if (there <= place || history.delivered.at(there).zxid !== txn.zxid) return
      check.broken(
        [peer],
        [txn.zxid, expected.zxid],
        `${peer} delivered ${printTxn(txn)} without ${printTxn(expected)}, which others delivered before it`,
      )
    },
  },
})
