import { counterOf, epochOf, printZxid, type Sid, type Zxid } from '../../nodes/zxid.ts'
import { always } from '../invariant.ts'
import { printTxn } from '../words.ts'
import { noAnomaly } from './anomalies.ts'

/** The last commit of each leader, and the last that each learner was told of; 0 before the first. */
class Commits {
  readonly byLeader = new Map<Sid, Last>()
  readonly received = new Map<Sid, Last>()
}

interface Last {
  zxid: Zxid
}

/** Notes the next and returns the one before it. */
function advance(lasts: Map<Sid, Last>, sid: Sid, zxid: Zxid): Zxid {
  const last = lasts.get(sid)
  if (last === undefined) {
    lasts.set(sid, { zxid })
    return 0
  }
  const before = last.zxid
  last.zxid = zxid
  return before
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
      const last = advance(state.byLeader, peer, txn.zxid)
      if (last !== 0 && epochOf(last) === epochOf(txn.zxid)) {
        if (txn.zxid === last + 1) return
      } else if (counterOf(txn.zxid) === 1) return
      const behind = last === 0 ? 'nothing' : printZxid(last)
      check.broken([peer], [txn.zxid], `${peer} committed ${printTxn(txn)} right after ${behind}`)
    },
    // A server alone goes on in the epoch that its log ends with.
    established({ peer, epoch, lastZxid }, _history, _check, state) {
      if (epochOf(lastZxid) === epoch) advance(state.byLeader, peer, lastZxid)
    },
    // The first one behind a synchronisation may be any.
    syncStarted({ peer }, _history, _check, state) {
      state.received.delete(peer)
    },
    commitReceived({ peer, zxid }, _history, check, state) {
      const last = advance(state.received, peer, zxid)
      if (last === 0) return
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
