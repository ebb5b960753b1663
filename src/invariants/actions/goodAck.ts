import { type Epoch, epochOf, printZxid, type Sid, type Zxid } from '../../nodes/zxid.ts'
import { always } from '../invariant.ts'
import { noAnomaly } from './anomalies.ts'

class Acks {
  readonly last = new Map<Sid, { memberOf: Epoch; zxid: Zxid }>()
}

export const goodAck = always<Acks>({
  code: 'A4',
  name: 'GoodAck',
  says: 'A peer acknowledges what the leader of its epoch has proposed, in ascending order, and the NEWLEADER of that leader.',
  source: 'Remix I-12, ackInconsistent',
  start: () => new Acks(),
  on: {
    anomaly: noAnomaly,
    acked({ peer, leader, zxid }, history, check, state) {
      const { memberOf } = history.peer(peer)
      if (memberOf === -1) return // See LegalMessage.
      check.exercised += 1
      const epoch = epochOf(zxid)
      // What is of an earlier epoch is initial history, committed already.
      if (epoch > memberOf || (epoch === memberOf && history.proposal(zxid) === undefined)) {
        check.broken(
          [peer, leader],
          [zxid],
          `${peer} acknowledged ${printZxid(zxid)}, which ${leader} has not proposed`,
        )
      }
      let last = state.last.get(peer)
      if (last === undefined || last.memberOf !== memberOf) {
        last = { memberOf, zxid: 0 }
        state.last.set(peer, last)
      }
      if (zxid < last.zxid) {
        check.broken(
          [peer, leader],
          [zxid, last.zxid],
          `${peer} acknowledged ${printZxid(zxid)} after ${printZxid(last.zxid)}`,
        )
      }
      last.zxid = zxid
    },
    // What is proposed again to a learner that comes back is acknowledged again.
    syncStarted({ peer }, _history, _check, state) {
      state.last.delete(peer)
    },
    ackedNewLeader({ peer, leader, epoch }, history, check) {
      const chosen = history.epoch(epoch)?.leader
      if (chosen === undefined || chosen === -1) return
      check.exercised += 1
      if (chosen === leader) return
      check.broken(
        [peer, leader, chosen],
        [],
        `${peer} acknowledged NEWLEADER of epoch ${epoch} to ${leader}, but ${chosen} leads that epoch`,
      )
    },
  },
})
