import type { Txn } from '../../nodes/database/txns.ts'
import { counterOf, epochOf, type Zxid } from '../../nodes/zxid.ts'
import type { EpochGhost } from '../EpochGhost.ts'
import type { History } from '../History.ts'
import { always } from '../invariant.ts'
import { sameTxn } from '../sameTxn.ts'
import { agreeUpTo, commonLength } from '../sequences.ts'
import { printTxn } from '../words.ts'

export const commitCompleteness = always({
  code: 'P13',
  name: 'CommitCompleteness',
  says: 'What a quorum has acknowledged, or anybody committed, is in the initial history of every later established epoch.',
  source: 'Zab (DSN 2011), from Lemma on committed transactions; leader completeness',
  on: {
    established({ peer, epoch }, history, check) {
      const ghost = history.epoch(epoch)
      const initial = ghost?.initial
      if (initial === undefined || initial === null) return
      check.exercised += 1
      const committed = countBefore(history, epoch)
      if (!agreeUpTo(history.committed, initial, committed)) {
        const lost = history.committed.at(Math.min(commonLength(history.committed, initial), committed - 1))
        check.broken(
          [peer],
          [lost.zxid],
          `${peer} established epoch ${epoch} without ${printTxn(lost)}, which was committed`,
        )
        return
      }
      for (const earlier of history.epochs) {
        if (earlier.epoch >= epoch) break
        const lost = lostAcknowledged(earlier, ghost as EpochGhost, history)
        if (lost === undefined) continue
        check.broken(
          [peer],
          [lost.zxid],
          `${peer} established epoch ${epoch} without ${printTxn(lost)}, which a quorum had acknowledged in epoch ${earlier.epoch}`,
        )
      }
    },
    committed({ peer, txn }, history, check) {
      const last = history.lastEstablished
      if (last === undefined || last.initial === null || last.epoch <= epochOf(txn.zxid)) return
      check.exercised += 1
      const place = history.commitPlace
      if (place < last.initial.length && sameTxn(last.initial.at(place), txn)) return
      check.broken(
        [peer, last.leader],
        [txn.zxid],
        `${peer} committed ${printTxn(txn)}, but ${last.leader} has established epoch ${last.epoch} without it`,
      )
    },
  },
})

/** How many committed entries are of epochs before this one. */
function countBefore(history: History, epoch: number): number {
  const { committed } = history
  let count = committed.length
  while (count > 0 && epochOf(committed.at(count - 1).zxid) >= epoch) count -= 1
  return count
}

function lostAcknowledged(earlier: EpochGhost, later: EpochGhost, history: History): Txn | undefined {
  const acknowledged = counterOf(quorumAcked(earlier, history))
  const txn = earlier.at(acknowledged)
  if (txn === undefined || earlier.initial === null || later.initial === null) return undefined
  const place = earlier.placeOf(acknowledged)
  return place < later.initial.length && sameTxn(later.initial.at(place), txn) ? undefined : txn
}

/** The highest zxid of an epoch that a quorum of voters acknowledged; each ACK stands for all before it. */
function quorumAcked({ epoch }: EpochGhost, history: History): Zxid {
  const { membership } = history
  const electorates = membership.ofEpoch(epoch)
  const voters = new Set(electorates.flatMap((electorate) => electorate.voters))
  const acks = [...voters].map((sid) => ({ sid, zxid: history.peer(sid).ackedUpTo(epoch) }))
  acks.sort((a, b) => b.zxid - a.zxid || a.sid - b.sid)
  const behind: number[] = []
  for (const { sid, zxid } of acks) {
    behind.push(sid)
    if (electorates.every((electorate) => electorate.containsQuorum(behind))) return zxid
  }
  return 0
}
