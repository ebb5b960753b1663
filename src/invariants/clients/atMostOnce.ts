import { printZxid } from '../../nodes/zxid.ts'
import { isAnswer } from '../ClientGhost.ts'
import { isWrite } from '../ClientHistory.ts'
import { always } from '../invariant.ts'
import { printTxn } from '../words.ts'

export const atMostOnce = always({
  code: 'C13',
  name: 'AtMostOnce',
  says: 'A request takes effect at most once, those of a session in the order in which it made them, and one that was refused not at all.',
  source: 'ZooKeeper programmer’s guide, atomicity; ClientCnxn, xids',
  on: {
    ordered({ peer, txn }, history, check) {
      const { body, cxid, sessionId } = txn
      if (cxid <= 0 || body.type === 'error' || body.type === 'closeSession') return
      const { lastCxidBefore, isShared } = history.clients.session(sessionId)
      if (isShared) return
      check.exercised += 1
      if (cxid > lastCxidBefore) return
      check.broken(
        [peer],
        [txn.zxid],
        cxid === lastCxidBefore
          ? `request ${cxid} of session ${sessionId} took effect again, as ${printTxn(txn)}`
          : `request ${cxid} of session ${sessionId} took effect, as ${printTxn(txn)}, behind its request ${lastCxidBefore}`,
      )
    },
    completed({ client, sessionId, op, xid, err, zxid }, history, check) {
      if (err === 0 || !isAnswer(xid, zxid, err) || !isWrite(op)) return
      check.exercised += 1
      const txn = history.deliveredAt(zxid)
      if (txn === undefined || txn.sessionId !== sessionId || txn.cxid !== xid) return
      if (txn.body.type === 'error' || txn.body.type === 'multi') return
      check.broken(
        [],
        [zxid],
        `${client} (${sessionId}) was told ${err} for its ${op.type}, but it took effect at ${printZxid(zxid)}, as ${printTxn(txn)}`,
      )
    },
  },
})
