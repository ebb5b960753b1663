import { counterOf, epochOf, printZxid } from '../../nodes/zxid.ts'
import { always } from '../invariant.ts'
import { agreeUpTo, commonLength } from '../sequences.ts'
import { printTxn } from '../words.ts'

export const processConsistency = always({
  code: 'P17',
  name: 'ProcessConsistency',
  says:
    'A follower that acknowledges NEWLEADER has the whole initial history and nothing its leader has not; ' +
    'a peer that looks for a leader stands at the last entry of its log.',
  source: 'ZkV3_7_0.tla test specification, processConsistency; ZOOKEEPER-2845',
  on: {
    ackedNewLeader({ peer, epoch }, history, check) {
      const ghost = history.epoch(epoch)
      if (ghost === undefined || ghost.initial === null || history.membership.isObserver(peer)) return
      check.exercised += 1
      const mine = history.peer(peer).history
      const { initial } = ghost
      if (!agreeUpTo(initial, mine, initial.length)) {
        const missing = initial.at(Math.min(commonLength(initial, mine), initial.length - 1))
        check.broken(
          [peer, ghost.leader],
          [missing.zxid],
          `${peer} acknowledged NEWLEADER of epoch ${epoch} without ${printTxn(missing)} of its leader ${ghost.leader}`,
        )
      } else if (mine.length > initial.length + ghost.proposed.length) {
        const extra = mine.at(initial.length + ghost.proposed.length)
        check.broken(
          [peer, ghost.leader],
          [extra.zxid],
          `${peer} acknowledged NEWLEADER of epoch ${epoch} and keeps ${printTxn(extra)}, which its leader ${ghost.leader} has not`,
        )
      }
    },
    fastForwarded({ peer, lastProcessedZxid }, history, check) {
      const ghost = history.peer(peer)
      if (history.membership.isObserver(peer)) return
      check.exercised += 1
      const last = ghost.lastZxid
      if (lastProcessedZxid === last) return
      const starts = counterOf(lastProcessedZxid) === 0 && epochOf(lastProcessedZxid) <= ghost.startedEpoch
      if (starts && last < lastProcessedZxid) return
      check.broken(
        [peer],
        [lastProcessedZxid, last],
        `${peer} looks for a leader at ${printZxid(lastProcessedZxid)} while its log ends at ${printZxid(last)}`,
      )
    },
  },
})
