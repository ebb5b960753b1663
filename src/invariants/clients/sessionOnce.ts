import { printZxid } from '../../nodes/zxid.ts'
import { isAnswer } from '../ClientGhost.ts'
import { closesSession } from '../closesSession.ts'
import { always } from '../invariant.ts'
import { printTxn } from '../words.ts'

export const sessionOnce = always({
  code: 'C14',
  name: 'SessionOnce',
  says: 'A session lives once: where it has been closed it changes nothing more and is answered nothing more.',
  source: 'ZooKeeper programmer’s guide, sessions; ZOOKEEPER-1208, -3471',
  on: {
    ordered({ peer, txn }, history, check) {
      const { body, sessionId } = txn
      if (body.type === 'error' || body.type === 'closeSession') return
      // Refused as a whole: such a multi is there to be answered.
      if (body.type === 'multi' && body.txns.some(({ type }) => type === 'error')) return
      const session = history.clients.knownSession(sessionId)
      if (session === null) return
      check.exercised += 1
      const { closedAt } = session
      if (closedAt === 0 || closedAt >= txn.zxid) return
      check.broken(
        [peer],
        [txn.zxid, closedAt],
        `session ${sessionId}, closed at ${printZxid(closedAt)}, changed the tree by ${printTxn(txn)}`,
      )
    },
    completed({ client, sessionId, op, xid, err, zxid }, history, check) {
      if (err !== 0 || closesSession(op) || !isAnswer(xid, zxid, err)) return
      const session = history.clients.knownSession(sessionId)
      if (session === null) return
      check.exercised += 1
      const { closedAt } = session
      if (closedAt === 0 || closedAt > zxid) return
      check.broken(
        [],
        [zxid, closedAt],
        `${client} was answered ${op.type} at ${printZxid(zxid)} in session ${sessionId}, which was closed at ${printZxid(closedAt)}`,
      )
    },
  },
})
