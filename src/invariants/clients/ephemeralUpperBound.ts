import type { DataTree } from '../../nodes/database/DataTree.ts'
import type { SubTxn, Txn } from '../../nodes/database/txns.ts'
import { printZxid, type Sid, type Zxid } from '../../nodes/zxid.ts'
import type { History } from '../History.ts'
import { always, type Check } from '../invariant.ts'

export const ephemeralUpperBound = always({
  code: 'C9',
  name: 'EphemeralUpperBound',
  says: 'Where a session has been closed there is no ephemeral of it, and none is created behind.',
  source: 'ZooKeeper (USENIX ATC 2010), ephemerals; ZOOKEEPER-2919, -3642',
  on: {
    ordered({ peer, txn, tree }, history, check) {
      const { body, sessionId } = txn
      if (body.type === 'closeSession') {
        check.exercised += 1
        const left = tree.ephemerals(sessionId)
        if (left.length > 0) remains(peer, sessionId, left[0] as string, txn.zxid, check)
      } else if (createsEphemeral(txn)) {
        check.exercised += 1
        const { closedAt } = history.clients.session(sessionId)
        if (closedAt === 0 || closedAt > txn.zxid) return
        check.broken(
          [peer],
          [txn.zxid, closedAt],
          `session ${sessionId} created an ephemeral at ${printZxid(txn.zxid)}, but was closed at ${printZxid(closedAt)}`,
        )
      }
    },
    recovered: ({ peer, tree, lastProcessedZxid }, history, check) =>
      noOrphans(peer, tree, lastProcessedZxid, history, check),
    snapshotReceived: ({ peer, tree, zxid }, history, check) => noOrphans(peer, tree, zxid, history, check),
  },
})

function createsEphemeral({ body }: Txn): boolean {
  if (body.type === 'multi') return body.txns.some(isEphemeral)
  return isEphemeral(body as SubTxn)
}

function isEphemeral(body: SubTxn): boolean {
  return (body.type === 'create' || body.type === 'create2') && body.ephemeral
}

/** What came from a disk or from a leader holds no ephemeral of who was closed by then. */
function noOrphans(peer: Sid, tree: DataTree, zxid: Zxid, history: History, check: Check): void {
  for (const sessionId of tree.ephemeralOwners()) {
    const session = history.clients.knownSession(sessionId)
    if (session === null) continue
    check.exercised += 1
    const { closedAt } = session
    if (closedAt === 0 || closedAt > zxid) continue
    remains(peer, sessionId, tree.ephemerals(sessionId)[0] as string, zxid, check, closedAt)
  }
}

function remains(
  peer: Sid,
  sessionId: string,
  path: string,
  zxid: Zxid,
  check: Check,
  closedAt = zxid,
): void {
  check.broken(
    [peer],
    [zxid, closedAt],
    `${peer} has ${path} of session ${sessionId} at ${printZxid(zxid)}, but the session was closed at ${printZxid(closedAt)}`,
  )
}
