import { printZxid, type Sid, type Zxid } from '../../nodes/zxid.ts'
import type { History } from '../History.ts'
import { always, type Check } from '../invariant.ts'

export const readOnlyKeepsStill = always({
  code: 'C20',
  name: 'ReadOnlyKeepsStill',
  says: 'A server that only reads changes nothing: it proposes, logs and applies no transaction.',
  source: 'ReadOnlyZooKeeperServer; ZOOKEEPER-704',
  on: {
    readOnlyStarted(_fact, _history, check) {
      check.exercised += 1
    },
    proposed: ({ peer, txn }, history, check) => keepsStill(peer, 'proposed', txn.zxid, history, check),
    logged: ({ peer, txn }, history, check) => keepsStill(peer, 'logged', txn.zxid, history, check),
    delivered: ({ peer, txn }, history, check) => keepsStill(peer, 'applied', txn.zxid, history, check),
  },
})

function keepsStill(peer: Sid, deed: string, zxid: Zxid, history: History, check: Check): void {
  if (!history.peer(peer).readOnly) return
  check.broken([peer], [zxid], `${peer} ${deed} ${printZxid(zxid)} while it served reads alone`)
}
