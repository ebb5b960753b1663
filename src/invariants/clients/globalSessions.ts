import type { SubTxn } from '../../nodes/database/txns.ts'
import { printZxid } from '../../nodes/zxid.ts'
import { always } from '../invariant.ts'

export const globalSessions = always({
  code: 'C16',
  name: 'GlobalSessions',
  says: 'A session is local to one server until all know it, and then to none; what lasts as long as it belongs to one that all know.',
  source: 'UpgradeableSessionTracker; ZOOKEEPER-1147, -1626',
  on: {
    ordered({ peer, txn }, history, check) {
      if (!createsEphemeral(txn.body as SubTxn)) return
      check.exercised += 1
      const session = history.clients.knownSession(txn.sessionId)
      if (session !== null && session.createdAt > 0 && session.createdAt < txn.zxid) return
      check.broken(
        [peer],
        [txn.zxid],
        `session ${txn.sessionId} created an ephemeral at ${printZxid(txn.zxid)}, and was never created for all`,
      )
    },
    sessionExpired({ peer, sessionId, local }, history, check) {
      const session = history.clients.knownSession(sessionId)
      if (session === null) return
      check.exercised += 1
      const { createdAt } = session
      if (!local || createdAt === 0 || createdAt > (history.peer(peer).applied.last?.zxid ?? 0)) return
      check.broken(
        [peer],
        [createdAt],
        `${peer} ended session ${sessionId} as a local one, and has applied its creation for all at ${printZxid(createdAt)}`,
      )
    },
  },
})

function createsEphemeral(body: SubTxn): boolean {
  return (body.type === 'create' || body.type === 'create2') && body.ephemeral
}
