import { makeZxid } from '../../nodes/zxid.ts'
import { always } from '../invariant.ts'
import { agreeUpTo, commonLength, countUpTo } from '../sequences.ts'
import { printTxn } from '../words.ts'

export const fullRestart = always({
  code: 'D8',
  name: 'FullRestart',
  says: 'An ensemble whose peers have all started again since the last commit has all that was committed.',
  source: 'ZooKeeper (USENIX ATC 2010), recovery; ZOOKEEPER-1549, -2325',
  on: {
    established({ peer, epoch, by }, history, check) {
      const { committed } = history
      const committedBefore = history.epoch(epoch)?.committedBefore ?? 0
      const count = Math.min(countUpTo(committed, makeZxid(epoch, 0)), committedBefore)
      if (count === 0 || !by.every((sid) => history.peer(sid).recoveredAfter >= committedBefore)) return
      check.exercised += 1
      const { applied } = history.peer(peer)
      if (agreeUpTo(committed, applied, count)) return
      const lost = committed.at(Math.min(commonLength(committed, applied), count - 1))
      check.broken(
        [peer],
        [lost.zxid],
        `${by.join(', ')} have all started again, and ${peer} leads them without ${printTxn(lost)}, which was committed`,
      )
    },
  },
})
