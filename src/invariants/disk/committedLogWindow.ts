import { printZxid } from '../../nodes/zxid.ts'
import { always } from '../invariant.ts'
import { countUpTo, entryAt } from '../sequences.ts'

export const committedLogWindow = always({
  code: 'D7',
  name: 'CommittedLogWindow',
  says: 'The window of transactions that a leader keeps in memory for its learners has no gap and ends where its tree is.',
  source: 'ZOOKEEPER-4925',
  on: {
    syncDecided(fact, history, check) {
      const { peer, minCommittedLog: min, maxCommittedLog: max, lastProcessedZxid, committedLogLength } = fact
      check.exercised += 1
      const { applied } = history.peer(peer)
      const end = applied.last?.zxid ?? 0
      // An empty window stands where the tree stands.
      if (min === max && max === lastProcessedZxid && max >= end) return
      if (max !== end) {
        check.broken(
          [peer],
          [max, end],
          `the window of ${peer} ends at ${printZxid(max)}, its tree at ${printZxid(end)}`,
        )
      } else if (entryAt(applied, min) === undefined) {
        check.broken(
          [peer],
          [min],
          `the window of ${peer} begins at ${printZxid(min)}, which it has not applied`,
        )
      } else {
        const expected = countUpTo(applied, max) - countUpTo(applied, min) + 1
        if (committedLogLength === expected) return
        check.broken(
          [peer],
          [min, max],
          `the window of ${peer} from ${printZxid(min)} to ${printZxid(max)} ` +
            `holds ${committedLogLength} of ${expected} transactions`,
        )
      }
    },
  },
})
