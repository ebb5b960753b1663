import { counterOf, printZxid } from '../../nodes/zxid.ts'
import { always } from '../invariant.ts'
import { entryAt } from '../sequences.ts'

export const snapshotLabels = always({
  code: 'D4',
  name: 'SnapshotLabels',
  says:
    'A snapshot holds everything up to its label, and replaying the log from there yields ' +
    'the state that everybody had at that position.',
  source: 'ZOOKEEPER-1090, -3104, -3127, -3144',
  on: {
    snapshotTaken({ peer, zxid }, history, check) {
      if (counterOf(zxid) === 0) return
      check.exercised += 1
      if (entryAt(history.peer(peer).applied, zxid) !== undefined) return
      check.broken([peer], [zxid], `${peer} labelled a snapshot ${printZxid(zxid)}, which it has not applied`)
    },
    recovered({ peer, tree }, history, check) {
      const { applied, fuzzyUntil, excused } = history.peer(peer)
      const { last } = applied
      if (excused || last === undefined || last.zxid < fuzzyUntil) return
      const place = applied.length - 1
      if (!history.trees.knows(place, last.zxid)) return
      check.exercised += 1
      if (history.trees.agrees(place, tree)) return
      const other = history.trees.toldBy(place)
      check.broken(
        [peer, other],
        [last.zxid],
        `${peer} rebuilt another tree at ${printZxid(last.zxid)} than ${other} had there`,
      )
    },
  },
})
