import { epochOf } from '../../nodes/zxid.ts'
import { always } from '../invariant.ts'
import { agreeUpTo, commonLength } from '../sequences.ts'
import { printTxn } from '../words.ts'

export const leaderLogCompleteness = always({
  code: 'P14',
  name: 'LeaderLogCompleteness',
  says: 'The history of a peer that a quorum accepts as leader holds all that earlier leaders committed.',
  source: 'ZkV3_7_0.tla test specification, leaderLogCompleteness',
  on: {
    synchronizing({ peer, epoch }, history, check) {
      check.exercised += 1
      const { committed } = history
      const mine = history.peer(peer).history
      let count = committed.length
      while (count > 0 && epochOf(committed.at(count - 1).zxid) >= epoch) count -= 1
      if (agreeUpTo(committed, mine, count)) return
      const lost = committed.at(Math.min(commonLength(committed, mine), count - 1))
      check.broken(
        [peer],
        [lost.zxid],
        `${peer} begins to lead epoch ${epoch} without ${printTxn(lost)}, which was committed`,
      )
    },
  },
})
