import type { Sid } from '../../nodes/zxid.ts'
import type { EpochGhost } from '../EpochGhost.ts'
import type { History } from '../History.ts'
import { always, type Check } from '../invariant.ts'
import { sameTxn } from '../sameTxn.ts'
import { printTxn } from '../words.ts'

/** Equivalent, and cheaper: all of them are prefixes of what the leader of the epoch stands for. */
export const historyConsistency = always({
  code: 'P12',
  name: 'HistoryConsistency',
  says: 'Of the histories of two synchronised members of an epoch, one is a prefix of the other.',
  source: 'Remix I-10',
  on: {
    logged({ peer }, history, check) {
      const ghost = history.peer(peer)
      if (!ghost.fresh || ghost.memberOf === -1) return
      compareLast(peer, history.epoch(ghost.memberOf), history, check)
    },
    ackedNewLeader: ({ peer, epoch }, history, check) =>
      compareLast(peer, history.epoch(epoch), history, check),
  },
})

function compareLast(peer: Sid, epoch: EpochGhost | undefined, history: History, check: Check): void {
  const mine = history.peer(peer).history
  if (epoch === undefined || epoch.initial === null || mine.last === undefined) return
  check.exercised += 1
  const expected = epoch.entry(mine.length - 1)
  if (expected !== undefined && sameTxn(expected, mine.last)) return
  check.broken(
    [peer, epoch.leader],
    [mine.last.zxid],
    `${peer}, a member of epoch ${epoch.epoch}, has ${printTxn(mine.last)} in its log ` +
      `where its leader ${epoch.leader} has ${printTxn(expected)}`,
  )
}
