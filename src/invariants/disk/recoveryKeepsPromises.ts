import { printZxid } from '../../nodes/zxid.ts'
import { always } from '../invariant.ts'
import { agreeUpTo, commonLength } from '../sequences.ts'
import { printTxn } from '../words.ts'

export const recoveryKeepsPromises = always({
  code: 'D2',
  name: 'RecoveryKeepsPromises',
  says:
    'A peer that starts rebuilds its newest snapshot and all of its log behind it, ' +
    'and has everything it ever acknowledged and was not told to drop.',
  source: 'ZOOKEEPER-1489, -3642, -4712',
  on: {
    recovered({ peer, snapshotZxid, lastProcessedZxid }, history, check) {
      const ghost = history.peer(peer)
      if (ghost.excused) return
      check.exercised += 1
      const { before, promised } = ghost
      const now = ghost.history
      if (!agreeUpTo(before, now, Math.min(promised, before.length))) {
        const lost = before.at(Math.min(commonLength(before, now), before.length - 1))
        check.broken(
          [peer],
          [lost.zxid],
          `${peer} acknowledged ${printTxn(lost)} and does not have it after its restart`,
        )
      }
      const end = Math.max(ghost.lastZxid, snapshotZxid)
      if (lastProcessedZxid === end || (lastProcessedZxid <= 0 && end <= 0)) return
      check.broken(
        [peer],
        [lastProcessedZxid, end],
        `${peer} started at ${printZxid(lastProcessedZxid)}, but its snapshot and log end at ${printZxid(end)}`,
      )
    },
  },
})
