import type { DataTree } from '../../nodes/database/DataTree.ts'
import type { Operation, Result } from '../../nodes/packets.ts'
import { printZxid, type Zxid } from '../../nodes/zxid.ts'
import { isAnswer } from '../ClientGhost.ts'
import { isWrite } from '../ClientHistory.ts'
import { always } from '../invariant.ts'
import { printTarget } from '../model/answers.ts'
import { Draft } from '../model/effects.ts'
import { ToldTree } from '../model/ModelTree.ts'
import { writeMismatch } from '../model/writes.ts'

/**
 * The order of zxids is the order in question, so nothing has to be searched for: an answer is compared with what the
 * model makes of the operation in the tree that the transaction before it left. `checkHistory` does the same for
 * histories without trees.
 */
export const linearizableWrites = always({
  code: 'C1',
  name: 'LinearizableWrites',
  says: 'Writes are answered as if they were made one after the other, in the order of their zxids, and one that was asked for after another had been answered comes later in it.',
  source: 'ZooKeeper (USENIX ATC 2010), linearizable writes; Herlihy and Wing (1990)',
  on: {
    completed({ client, sessionId, op, xid, err, zxid, result }, history, check) {
      if (!isWrite(op) || !isAnswer(xid, zxid, err)) return
      const { completed: asked, isPlain } = history.clients.client(client)
      const txn = history.deliveredAt(zxid)
      // Refused before it came to a transaction: that is no write.
      if (txn === undefined || txn.sessionId !== sessionId || txn.cxid !== xid) return
      if (asked !== null) {
        check.exercised += 1
        if (asked.answered >= zxid) {
          check.broken(
            [],
            [zxid, asked.answered],
            `${client} (${sessionId}) asked for ${printTarget(op)} when an answer at ${printZxid(asked.answered)} had been given, ` +
              `and it happened at ${printZxid(zxid)}`,
          )
          return
        }
      }
      const before = history.treeBefore(zxid)
      if (before === null || !isPlain || isSetRight(op, err, result, zxid, before)) return
      const mismatch = writeMismatch(op, sessionId, err, result, zxid, new Draft(new ToldTree(before)))
      if (typeof mismatch !== 'string') return
      check.broken(
        [],
        [zxid],
        `${client} (${sessionId}) asked for ${printTarget(op)}, which happened at ${printZxid(zxid)}: ${mismatch}`,
      )
    },
  },
})

/** What is asked for most, looked at without a model of it. */
function isSetRight(
  op: Operation,
  err: number,
  result: Result | null,
  zxid: Zxid,
  before: DataTree,
): boolean {
  if (op.type !== 'setData' || err !== 0 || result?.type !== 'setData') return false
  const node = before.get(op.path)
  if (node === undefined) return false
  const { stat } = result
  const found = node.stat
  const children = node.children.size
  return (
    (op.version === -1 || op.version === found.version) &&
    stat.version === found.version + 1 &&
    stat.mzxid === zxid &&
    stat.czxid === found.czxid &&
    stat.pzxid === found.pzxid &&
    stat.aversion === found.aversion &&
    stat.ephemeralOwner === found.ephemeralOwner &&
    stat.numChildren === children &&
    stat.cversion === found.cversion * 2 - children &&
    stat.dataLength === (op.data === null ? 0 : op.data.length)
  )
}
