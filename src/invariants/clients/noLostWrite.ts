import { makeZxid, printZxid } from '../../nodes/zxid.ts'
import { isAnswer } from '../ClientGhost.ts'
import { isWrite } from '../ClientHistory.ts'
import { always } from '../invariant.ts'
import { sameTxn } from '../sameTxn.ts'
import { entryAt } from '../sequences.ts'
import { printTxn } from '../words.ts'

export const noLostWrite = always({
  code: 'C12',
  name: 'NoLostWrite',
  says: 'A write that a client was told has happened is committed, and every later leader has it, and every voter that it brings up to date.',
  source: 'ZooKeeper programmer’s guide, reliability; Jepsen, lost updates',
  on: {
    completed({ client, sessionId, op, xid, err, zxid }, history, check) {
      if (err !== 0 || !isAnswer(xid, zxid, err) || !isWrite(op)) return
      check.exercised += 1
      const txn = history.deliveredAt(zxid)
      if (txn !== undefined && txn.sessionId === sessionId && txn.cxid === xid) {
        history.clients.noteAcknowledged(txn)
        return
      }
      const there =
        txn === undefined ? 'nothing is there' : `session ${txn.sessionId} has ${printTxn(txn)} there`
      check.broken(
        [],
        [zxid],
        `${client} (${sessionId}) was told that its ${op.type} happened at ${printZxid(zxid)}, but ${there}`,
      )
    },
    established({ peer, epoch }, history, check) {
      const { acknowledged } = history.clients
      if (acknowledged === null || acknowledged.zxid >= makeZxid(epoch, 0)) return
      check.exercised += 1
      const there = entryAt(history.peer(peer).applied, acknowledged.zxid)
      if (there !== undefined && sameTxn(there, acknowledged)) return
      check.broken(
        [peer],
        [acknowledged.zxid],
        `${peer} leads epoch ${epoch} without ${printTxn(acknowledged)}, which session ${acknowledged.sessionId} was told has happened`,
      )
    },
    upToDate({ peer, epoch }, history, check) {
      const { acknowledged } = history.clients
      // An observer applies what it was sent only behind UPTODATE.
      if (acknowledged === null || history.membership.isObserver(peer)) return
      if (acknowledged.zxid >= makeZxid(epoch, 0)) return
      check.exercised += 1
      const there = entryAt(history.peer(peer).applied, acknowledged.zxid)
      if (there !== undefined && sameTxn(there, acknowledged)) return
      check.broken(
        [peer],
        [acknowledged.zxid],
        `${peer} serves in epoch ${epoch} without ${printTxn(acknowledged)}, which session ${acknowledged.sessionId} was told has happened`,
      )
    },
  },
})
