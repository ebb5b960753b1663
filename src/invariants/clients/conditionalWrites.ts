import type { DataTree } from '../../nodes/database/DataTree.ts'
import type { Txn } from '../../nodes/database/txns.ts'
import { printZxid } from '../../nodes/zxid.ts'
import { isAnswer } from '../ClientGhost.ts'
import { always } from '../invariant.ts'
import { treeMismatch } from '../model/treeMismatch.ts'
import { printTxn } from '../words.ts'

export const conditionalWrites = always({
  code: 'C19',
  name: 'ConditionalWrites',
  says: 'What a write leaves follows from what it found: versions go up by one, and one that names a version happens only where that is the node’s.',
  source: 'ZooKeeper programmer’s guide, versions; DataTree; ZOOKEEPER-3125, -4743',
  on: {
    ordered({ peer, txn, tree }, history, check) {
      if (!changesNodes(txn)) return
      const before = history.treeBefore(txn.zxid)
      if (before === null) return
      check.exercised += 1
      if (isSetAsItShould(txn, before, tree)) return
      const mismatch = treeMismatch(txn, before, tree)
      if (mismatch === null) return
      check.broken([peer], [txn.zxid], `${printTxn(txn)} had another effect: ${mismatch}`)
    },
    completed({ client, sessionId, op, xid, err, zxid }, history, check) {
      if (err !== 0 || (op.type !== 'setData' && op.type !== 'delete') || op.version === -1) return
      if (!isAnswer(xid, zxid, err) || !history.clients.client(client).isPlain) return
      const found = history.treeBefore(zxid)?.get(op.path)
      if (found === undefined) return
      check.exercised += 1
      const { version } = found.stat
      if (version === op.version) return
      check.broken(
        [],
        [zxid],
        `${client} (${sessionId}) asked for ${op.type} ${op.path} if its version was ${op.version}; ` +
          `it happened at ${printZxid(zxid)}, when it was ${version}`,
      )
    },
  },
})

function changesNodes({ body: { type } }: Txn): boolean {
  return (
    type !== 'error' &&
    type !== 'createSession' &&
    type !== 'multi' &&
    type !== 'reconfig' &&
    type !== 'check'
  )
}

/** What happens most, looked at without a model of it. */
function isSetAsItShould(txn: Txn, before: DataTree, after: DataTree): boolean {
  const { body, zxid } = txn
  if (body.type !== 'setData') return false
  const from = before.get(body.path)
  const to = after.get(body.path)
  if (from === undefined || to === undefined) return false
  const old = from.stat
  const { stat } = to
  return (
    to.data === body.data &&
    stat.version === old.version + 1 &&
    stat.mzxid === zxid &&
    stat.czxid === old.czxid &&
    stat.pzxid === old.pzxid &&
    stat.cversion === old.cversion &&
    stat.aversion === old.aversion &&
    stat.ephemeralOwner === old.ephemeralOwner &&
    to.children === from.children &&
    after.digest - before.digest === to.digest - from.digest
  )
}
