import { makeZxid } from '../../nodes/zxid.ts'
import { always } from '../invariant.ts'
import { sameTxn } from '../sameTxn.ts'
import { agreeUpTo, commonLength, countUpTo } from '../sequences.ts'
import { printTxn } from '../words.ts'

/**
 * Judged when a leader begins to serve and at its own steps: a deposed leader that has not noticed yet legally serves
 * what is old by then. It may even begin so late: the last acknowledgement of NEWLEADER was on its way while the rest went
 * on to another epoch. So it owes what epochs before its own have committed.
 */
export const committedLogMonotonicity = always({
  code: 'P16',
  name: 'CommittedLogMonotonicity',
  says: 'What a leader shows when it begins to serve holds all that earlier ones committed, and it goes on by commits only.',
  source: 'ZkV3_7_0.tla test specification, committedLogMonotonicity (monotonicRead)',
  on: {
    established({ peer, epoch }, history, check) {
      check.exercised += 1
      const { applied } = history.peer(peer)
      const { committed } = history
      const count = countUpTo(committed, makeZxid(epoch, 0))
      if (agreeUpTo(committed, applied, count)) return
      const lost = committed.at(Math.min(commonLength(committed, applied), count - 1))
      check.broken(
        [peer],
        [lost.zxid],
        `${peer} serves in epoch ${epoch} without ${printTxn(lost)}, which was committed`,
      )
    },
    committed({ peer, txn }, history, check) {
      check.exercised += 1
      const place = history.commitPlace
      const { committed } = history
      if (place < committed.length && sameTxn(committed.at(place), txn)) return
      const there = place < committed.length ? committed.at(place) : undefined
      check.broken(
        [peer],
        [txn.zxid],
        `${peer} committed ${printTxn(txn)} where ${printTxn(there)} is committed`,
      )
    },
    delivered({ peer, txn }, history, check) {
      const ghost = history.peer(peer)
      if (ghost.leads === -1 || !ghost.fresh) return
      check.exercised += 1
      const place = ghost.applied.length - 1
      if (place < history.committed.length) return
      check.broken(
        [peer],
        [txn.zxid],
        `${peer}, a leader, shows ${printTxn(txn)}, which it has not committed`,
      )
    },
  },
})
