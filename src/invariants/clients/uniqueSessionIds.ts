import { printZxid, type Sid } from '../../nodes/zxid.ts'
import { always } from '../invariant.ts'

export const uniqueSessionIds = always({
  code: 'C15',
  name: 'UniqueSessionIds',
  says: 'No two sessions have the same id, and an id tells by its first byte which server gave it.',
  source: 'SessionTrackerImpl.initializeNextSessionId; ZOOKEEPER-1622, -4040',
  on: {
    ordered({ peer, txn }, history, check) {
      if (txn.body.type !== 'createSession') return
      const { creations, createdAt } = history.clients.session(txn.sessionId)
      check.exercised += 1
      if (creations <= 1) return
      check.broken(
        [peer],
        [txn.zxid, createdAt],
        `session ${txn.sessionId} is created at ${printZxid(txn.zxid)}, and was before, at ${printZxid(createdAt)}`,
      )
    },
    clientConnected({ client, server, sessionId }, history, check) {
      const session = history.clients.session(sessionId)
      if (session.client !== null) return
      session.client = client
      check.exercised += 1
      const from = serverOf(sessionId)
      if (from === (server & 0xff)) return
      check.broken(
        [server],
        [],
        `${server} gave ${client} the session ${sessionId}, whose first byte is that of ${from}`,
      )
    },
  },
})

function serverOf(sessionId: string): Sid {
  return Number.parseInt(sessionId.slice(2).padStart(16, '0').slice(0, 2), 16)
}
