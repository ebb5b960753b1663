import { printZxid } from '../../nodes/zxid.ts'
import { always } from '../invariant.ts'
import { sameTxn } from '../sameTxn.ts'
import { printTxn } from '../words.ts'

export const truncationIsFinal = always({
  code: 'D6',
  name: 'TruncationIsFinal',
  says: 'What a synchronisation cut off, no log or snapshot of that peer brings back.',
  source: 'ZOOKEEPER-1549, -1558, -3701, -4837',
  on: {
    truncated({ peer, to, lastProcessedZxid }, _history, check) {
      check.exercised += 1
      if (lastProcessedZxid <= to) return
      check.broken(
        [peer],
        [to, lastProcessedZxid],
        `${peer} truncated to ${printZxid(to)} and still stands at ${printZxid(lastProcessedZxid)}`,
      )
    },
    recovered({ peer }, history, check) {
      const { cuts, before, excused, history: now } = history.peer(peer)
      if (excused) return
      for (const { log, at } of cuts) {
        check.exercised += 1
        if (at >= now.length || !sameTxn(now.at(at), log.at(at))) continue
        // Proposed again by a leader that had it, and logged again.
        if (at < before.length && sameTxn(before.at(at), log.at(at))) continue
        const back = log.at(at)
        check.broken(
          [peer],
          [back.zxid],
          `${peer} had been told to drop ${printTxn(back)} and has it after its restart`,
        )
      }
    },
  },
})
