import { printZxid } from '../../nodes/zxid.ts'
import { isAnswer } from '../ClientGhost.ts'
import { always } from '../invariant.ts'
import { printDue } from '../watchRules.ts'

export const watchBeforeData = always({
  code: 'C5',
  name: 'WatchBeforeData',
  says: 'A client is told what its watches are for before it is answered from a position that has it.',
  source: 'ZooKeeper programmer’s guide, what ZooKeeper guarantees about watches; ZOOKEEPER-1505, -2024',
  on: {
    completed({ client, sessionId, op, xid, zxid, err }, history, check) {
      const { watches } = history.clients
      if (!watches.hasAny || !isAnswer(xid, zxid, err)) return
      if (watches.watchesOf(client).length === 0) return
      check.exercised += 1
      const overdue = watches.overdue(client, zxid)
      if (overdue === null) return
      check.broken(
        [],
        [zxid, overdue.due?.zxid ?? 0],
        `${client} (${sessionId}) was answered ${op.type} at ${printZxid(zxid)}, and was not told of ${printDue(overdue)}`,
      )
    },
  },
})
