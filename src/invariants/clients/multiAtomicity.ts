import { printZxid } from '../../nodes/zxid.ts'
import { isAnswer } from '../ClientGhost.ts'
import { always } from '../invariant.ts'
import { treeMismatch } from '../model/treeMismatch.ts'

export const multiAtomicity = always({
  code: 'C18',
  name: 'MultiAtomicity',
  says: 'A multi takes effect as a whole, at one zxid, or not at all.',
  source: 'ZooKeeper.multi; ZOOKEEPER-965, -2052',
  on: {
    ordered({ peer, txn, tree }, history, check) {
      const { body } = txn
      if (body.type !== 'multi') return
      check.exercised += 1
      const before = history.treeBefore(txn.zxid)
      if (before === null) return
      const mismatch = treeMismatch(txn, before, tree)
      if (mismatch === null) return
      check.broken([peer], [txn.zxid], `the multi at ${printZxid(txn.zxid)} had another effect: ${mismatch}`)
    },
    completed({ client, sessionId, op, xid, err, zxid, result }, history, check) {
      if (op.type !== 'multi' || err !== 0 || result?.type !== 'multi' || !isAnswer(xid, zxid, err)) return
      check.exercised += 1
      const txn = history.deliveredAt(zxid)
      if (txn === undefined || txn.sessionId !== sessionId || txn.cxid !== xid || txn.body.type !== 'multi')
        return
      const told = result.results.filter(({ type }) => type === 'error').length
      const errors = txn.body.txns.filter(({ type }) => type === 'error').length
      if (told > 0 === errors > 0) return
      check.broken(
        [],
        [zxid],
        `${client} (${sessionId}) was told of ${told} errors in its multi of ${op.ops.length}, and at ${printZxid(zxid)} it has ${errors}`,
      )
    },
  },
})
