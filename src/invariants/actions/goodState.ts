import { epochOf } from '../../nodes/zxid.ts'
import { always } from '../invariant.ts'
import { printTxn } from '../words.ts'
import { noAnomaly } from './anomalies.ts'

export const goodState = always({
  code: 'A1',
  name: 'GoodState',
  says: 'Each step of discovery, synchronisation and broadcast is taken in its phase, and after the one before it.',
  source: 'Remix I-11, stateInconsistent',
  on: {
    anomaly: noAnomaly,
    syncStarted({ peer, leader, epoch }, history, check) {
      check.exercised += 1
      const { acceptedEpoch } = history.peer(peer)
      if (acceptedEpoch === epoch) return
      check.broken(
        [peer, leader],
        [],
        `${leader} synchronises ${peer} in epoch ${epoch}, but ${peer} has accepted ${acceptedEpoch}`,
      )
    },
    ackedNewLeader({ peer, leader, epoch }, history, check) {
      check.exercised += 1
      const { syncEpoch, syncLeader } = history.peer(peer)
      if (syncEpoch === epoch && syncLeader === leader) return
      check.broken(
        [peer, leader],
        [],
        `${peer} acknowledged NEWLEADER ${epoch} of ${leader}, which did not synchronise it`,
      )
    },
    upToDate({ peer, leader, epoch }, history, check) {
      check.exercised += 1
      const { memberOf } = history.peer(peer)
      if (memberOf === epoch) return
      check.broken(
        [peer, leader],
        [],
        `${peer} is up to date in epoch ${epoch} without having acknowledged NEWLEADER`,
      )
    },
    established({ peer, epoch }, history, check) {
      check.exercised += 1
      if (history.peer(peer).leads === epoch) return
      check.broken([peer], [], `${peer} is established in epoch ${epoch} without having synchronised in it`)
    },
    proposed({ peer, txn }, history, check) {
      check.exercised += 1
      const epoch = epochOf(txn.zxid)
      const ghost = history.peer(peer)
      if (ghost.leads !== -1 && ghost.serving) return
      check.broken(
        [peer],
        [txn.zxid],
        `${peer} proposed ${printTxn(txn)} without being established in epoch ${epoch}`,
      )
    },
  },
})
