import { always } from '../invariant.ts'
import { printTxn } from '../words.ts'

export const contiguousLog = always({
  code: 'D3',
  name: 'ContiguousLog',
  says: 'The log behind the snapshot that a peer starts from continues it without a gap, in the order of some leader.',
  source: 'ZOOKEEPER-2325, -2872, -3642',
  on: {
    recovered({ peer }, history, check) {
      const { gap, excused } = history.peer(peer)
      if (excused) return
      check.exercised += 1
      if (gap === null) return
      check.broken(
        [peer],
        [gap.after.zxid],
        `${peer} started from a disk on which ${printTxn(gap.after)} comes right behind ${printTxn(gap.before)}`,
      )
    },
  },
})
