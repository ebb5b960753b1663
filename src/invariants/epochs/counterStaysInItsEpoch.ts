import { counterOf, type Epoch, epochOf, makeZxid, printZxid, type Sid } from '../../nodes/zxid.ts'
import { always } from '../invariant.ts'
import { printTxn } from '../words.ts'

class Proposing {
  readonly leaders = new Map<Sid, { epoch: Epoch; counter: number }>()
}

export const counterStaysInItsEpoch = always<Proposing>({
  code: 'E7',
  name: 'CounterStaysInItsEpoch',
  says: 'A leader numbers its proposals from 1 without holes and never carries into the epoch.',
  source: 'ZOOKEEPER-1277',
  start: () => new Proposing(),
  on: {
    // A server alone goes on in the epoch that its log ends with.
    established({ peer, epoch, lastZxid }, _history, _check, state) {
      if (epochOf(lastZxid) === epoch) state.leaders.set(peer, { epoch, counter: counterOf(lastZxid) })
    },
    proposed({ peer, txn }, history, check, state) {
      check.exercised += 1
      const { leads } = history.peer(peer)
      let last = state.leaders.get(peer)
      if (last === undefined || last.epoch !== leads) {
        last = { epoch: leads, counter: 0 }
        state.leaders.set(peer, last)
      }
      const epoch = epochOf(txn.zxid)
      const counter = counterOf(txn.zxid)
      if (epoch !== leads || counter !== last.counter + 1) {
        check.broken(
          [peer],
          [txn.zxid],
          `${peer}, leader of epoch ${leads}, proposed ${printTxn(txn)} after ${printZxid(makeZxid(Math.max(leads, 0), last.counter))}`,
        )
      }
      last.counter = counter
    },
  },
})
