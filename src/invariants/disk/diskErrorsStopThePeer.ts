import type { Micros } from '../../nodes/Host.ts'
import { printZxid, type Sid } from '../../nodes/zxid.ts'
import type { History } from '../History.ts'
import { always, type Check } from '../invariant.ts'
import { printTxn } from '../words.ts'

class Failures {
  readonly at = new Map<Sid, Micros>()
}

/** A leader notices at its next half tick; this is many. */
const GRACE: Micros = 30_000_000

export const diskErrorsStopThePeer = always<Failures>({
  code: 'D9',
  name: 'DiskErrorsStopThePeer',
  says: 'After an error of its disk a peer stops, or begins anew from what is on the disk, before it vouches for anything.',
  source: 'ZOOKEEPER-2247, -3701',
  start: () => new Failures(),
  on: {
    diskFailed({ peer }, _history, check, state) {
      check.exercised += 1
      state.at.set(peer, check.now)
    },
    acked: ({ peer, zxid }, history, check) => {
      if (history.peer(peer).diskFailed) vouched(peer, `acknowledged ${printZxid(zxid)}`, history, check)
    },
    ackedNewLeader: ({ peer, epoch }, history, check) =>
      vouched(peer, `acknowledged NEWLEADER of epoch ${epoch}`, history, check),
    upToDate: ({ peer, epoch }, history, check) =>
      vouched(peer, `began to serve in epoch ${epoch}`, history, check),
    established: ({ peer, epoch }, history, check) =>
      vouched(peer, `established epoch ${epoch}`, history, check),
    proposed({ peer, txn }, history, check, state) {
      if (!history.peer(peer).diskFailed) return
      const since = check.now - (state.at.get(peer) ?? check.now)
      if (since > GRACE) vouched(peer, `still proposed ${printTxn(txn)}`, history, check)
    },
  },
})

function vouched(peer: Sid, deed: string, history: History, check: Check): void {
  if (!history.peer(peer).diskFailed) return
  check.broken([peer], [], `${peer} ${deed} after its disk had failed and without reading it anew`)
}
