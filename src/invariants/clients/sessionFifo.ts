import { isAnswer } from '../ClientGhost.ts'
import { always } from '../invariant.ts'

/**
 * Told by the servers, since a client that is answered out of order drops the connection; and by the clients, since an
 * order that was kept may yet be lost there. A server that only reads refuses writes at the door, and reads that it was
 * asked for before wait in its pipeline: ReadOnlyRequestProcessor.
 */
export const sessionFifo = always({
  code: 'C2',
  name: 'SessionFifo',
  says: 'What a session asks for is answered in the order in which it was asked.',
  source: 'ZooKeeper (USENIX ATC 2010), FIFO client order; ClientCnxn.SendThread.readResponse',
  on: {
    replied({ peer, sessionId, xid, zxid }, history, check) {
      if (xid <= 0 || zxid <= 0) return
      const { repliedXidBefore, isShared } = history.clients.session(sessionId)
      if (repliedXidBefore === 0 || isShared || history.peer(peer).readOnly) return
      check.exercised += 1
      if (xid > repliedXidBefore) return
      check.broken(
        [peer],
        [zxid],
        `${peer} answered request ${xid} of session ${sessionId} behind request ${repliedXidBefore}`,
      )
    },
    completed({ client, sessionId, id, xid, zxid, err, op }, history, check) {
      if (!isAnswer(xid, zxid, err)) return
      check.exercised += 1
      const { inOrder, open } = history.clients.client(client)
      if (inOrder) return
      const waiting = open.first
      check.broken(
        [],
        [zxid],
        `${client} (${sessionId}) was answered ${op.type}, its operation ${id}, ` +
          `before ${waiting?.op.type}, its operation ${waiting?.id}`,
      )
    },
  },
})
