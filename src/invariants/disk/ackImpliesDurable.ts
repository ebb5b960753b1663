import { printZxid } from '../../nodes/zxid.ts'
import { always } from '../invariant.ts'
import { countUpTo } from '../sequences.ts'

export const ackImpliesDurable = always({
  code: 'D1',
  name: 'AckImpliesDurable',
  says:
    'When a peer acknowledges a proposal or NEWLEADER, its own included, everything up to there is durable, ' +
    'and with NEWLEADER the epoch as well.',
  source: 'Zab (DSN 2011), phases 2 and 3; ZOOKEEPER-1282, -3911, -4646',
  on: {
    acked({ peer, zxid }, history, check) {
      check.exercised += 1
      const { durableZxid } = history.peer(peer)
      if (zxid <= durableZxid) return
      check.broken(
        [peer],
        [zxid, durableZxid],
        `${peer} acknowledged ${printZxid(zxid)} when its disk was safe only up to ${printZxid(durableZxid)}`,
      )
    },
    ackedNewLeader({ peer, leader, epoch, lastZxid }, history, check) {
      if (history.membership.isObserver(peer)) return
      check.exercised += 1
      const ghost = history.peer(peer)
      if (ghost.currentEpoch !== epoch) {
        check.broken(
          [peer, leader],
          [],
          `${peer} acknowledged NEWLEADER of epoch ${epoch} with currentEpoch ${ghost.currentEpoch} on disk`,
        )
      }
      if (ghost.replaced) {
        check.broken(
          [peer, leader],
          [lastZxid],
          `${peer} acknowledged NEWLEADER with the database of ${leader} in memory only`,
        )
      } else if (ghost.durable < countUpTo(ghost.applied, lastZxid)) {
        check.broken(
          [peer, leader],
          [lastZxid, ghost.durableZxid],
          `${peer} acknowledged NEWLEADER at ${printZxid(lastZxid)} ` +
            `when its disk was safe only up to ${printZxid(ghost.durableZxid)}`,
        )
      }
    },
    // A leader counts itself among those who acknowledged.
    established({ peer, epoch }, history, check) {
      check.exercised += 1
      const ghost = history.peer(peer)
      const length = history.epoch(epoch)?.initial?.length ?? 0
      if (ghost.durable >= length) return
      check.broken(
        [peer],
        [ghost.durableZxid],
        `${peer} counted itself for epoch ${epoch} when its disk was safe only up to ${printZxid(ghost.durableZxid)}`,
      )
    },
  },
})
