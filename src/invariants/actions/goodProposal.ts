import { counterOf, printZxid } from '../../nodes/zxid.ts'
import { always } from '../invariant.ts'
import { sameTxn } from '../sameTxn.ts'
import { entryAt } from '../sequences.ts'
import { printTxn } from '../words.ts'
import { noAnomaly } from './anomalies.ts'

export const goodProposal = always({
  code: 'A2',
  name: 'GoodProposal',
  says: 'What a peer logs follows its last entry, or repeats one it has; a log is cut only behind an entry it has.',
  source: 'Remix I-12, proposalInconsistent',
  on: {
    anomaly: noAnomaly,
    logged({ peer, txn }, history, check) {
      check.exercised += 1
      const ghost = history.peer(peer)
      const mine = ghost.history
      if (!ghost.fresh) {
        const there = entryAt(mine, txn.zxid)
        if (there !== undefined && sameTxn(there, txn)) return
        check.broken(
          [peer],
          [txn.zxid],
          `${peer} logged ${printTxn(txn)} behind ${printTxn(mine.last)}, and has ${printTxn(there)} there`,
        )
        return
      }
      const before = mine.length >= 2 ? mine.at(mine.length - 2) : undefined
      if (history.follows(before, txn)) return
      check.broken([peer], [txn.zxid], `${peer} logged ${printTxn(txn)} right behind ${printTxn(before)}`)
    },
    truncated({ peer, to }, history, check) {
      check.exercised += 1
      if (counterOf(to) === 0 || entryAt(history.peer(peer).before, to) !== undefined) return
      check.broken([peer], [to], `${peer} was told to truncate to ${printZxid(to)}, which it does not have`)
    },
  },
})
