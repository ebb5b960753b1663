import { printZxid } from '../../nodes/zxid.ts'
import { isAnswer } from '../ClientGhost.ts'
import { always } from '../invariant.ts'

export const zxidMonotone = always({
  code: 'C3',
  name: 'ZxidMonotone',
  says: 'The positions that a session is answered from never go back, from one server to the next either.',
  source: 'ZooKeeper programmer’s guide, consistency guarantees; ReplyHeader.zxid',
  on: {
    completed({ client, sessionId, xid, zxid, err, op }, history, check) {
      if (!isAnswer(xid, zxid, err)) return
      check.exercised += 1
      const { lastZxidBefore } = history.clients.client(client)
      if (zxid >= lastZxidBefore) return
      check.broken(
        [],
        [zxid, lastZxidBefore],
        `${client} (${sessionId}) was answered ${op.type} at ${printZxid(zxid)}, ` +
          `after an answer at ${printZxid(lastZxidBefore)}`,
      )
    },
  },
})
