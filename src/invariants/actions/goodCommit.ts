import { counterOf, epochOf, printZxid, type Sid, type Zxid } from '../../nodes/zxid.ts'
import { always } from '../invariant.ts'
import { printTxn } from '../words.ts'
import { noAnomaly } from './anomalies.ts'

class Commits {
  readonly byLeader = new Map<Sid, Zxid>()
  readonly received = new Map<Sid, Zxid>()
}

export const goodCommit = always<Commits>({
  code: 'A3',
  name: 'GoodCommit',
  says: 'A leader commits in zxid order without holes, and each learner is told so in that order.',
  source: 'Remix I-13, commitInconsistent; ZOOKEEPER-4394',
  start: () => new Commits(),
  on: {
    anomaly: noAnomaly,
    committed({ peer, txn }, _history, check, state) {
      check.exercised += 1
      const last = state.byLeader.get(peer)
      state.byLeader.set(peer, txn.zxid)
      const first = last === undefined || epochOf(last) !== epochOf(txn.zxid)
      if (first ? counterOf(txn.zxid) === 1 : txn.zxid === last + 1) return
      const behind = last === undefined ? 'nothing' : printZxid(last)
      check.broken([peer], [txn.zxid], `${peer} committed ${printTxn(txn)} right after ${behind}`)
    },
    // The first one behind a synchronisation may be any.
    syncStarted({ peer }, _history, _check, state) {
      state.received.delete(peer)
    },
    commitReceived({ peer, zxid }, _history, check, state) {
      const last = state.received.get(peer)
      state.received.set(peer, zxid)
      if (last === undefined) return
      check.exercised += 1
      if (zxid === last + 1 || (epochOf(zxid) > epochOf(last) && counterOf(zxid) === 1)) return
      check.broken(
        [peer],
        [zxid, last],
        `${peer} was told to commit ${printZxid(zxid)} right after ${printZxid(last)}`,
      )
    },
  },
})
