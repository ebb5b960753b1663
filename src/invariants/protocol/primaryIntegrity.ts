import { epochOf, type Sid } from '../../nodes/zxid.ts'
import type { EpochGhost } from '../EpochGhost.ts'
import { always } from '../invariant.ts'
import { sameTxn } from '../sameTxn.ts'
import { isPrefix } from '../sequences.ts'
import { printTxn } from '../words.ts'

/** The highest epoch in which something was proposed. */
class Broadcasting {
  ghost: EpochGhost | null = null
  leader: Sid = -1
}

export const primaryIntegrity = always<Broadcasting>({
  code: 'P9',
  name: 'PrimaryIntegrity',
  says:
    'If a peer delivers a of an epoch and the leader of a later epoch proposes anything, ' +
    'that leader has delivered a before its first proposal.',
  source: 'Zab (DSN 2011), Primary integrity; Remix I-7',
  start: () => new Broadcasting(),
  on: {
    proposed({ peer, txn }, history, check, state) {
      const epoch = epochOf(txn.zxid)
      if (state.ghost !== null && epoch <= state.ghost.epoch) return
      check.exercised += 1
      state.ghost = history.epoch(epoch) ?? null
      state.leader = peer
      const { applied } = history.peer(peer)
      if (isPrefix(history.delivered, applied)) return
      const missing = history.delivered.last
      check.broken(
        [peer],
        [txn.zxid, missing?.zxid ?? 0],
        `${peer} proposed ${printTxn(txn)} without having delivered ${printTxn(missing)}, which another peer delivered`,
      )
    },
    delivered({ peer, txn }, history, check, state) {
      const { ghost } = state
      if (ghost === null || epochOf(txn.zxid) >= ghost.epoch) return
      const place = history.peer(peer).applied.length - 1
      const { initial } = ghost
      if (initial === null) return
      check.exercised += 1
      if (place < initial.length && sameTxn(initial.at(place), txn)) return
      check.broken(
        [peer, state.leader],
        [txn.zxid],
        `${peer} delivered ${printTxn(txn)}, but ${state.leader} proposes in epoch ${ghost.epoch} without having it`,
      )
    },
  },
})
