import { epochOf, printZxid } from '../../nodes/zxid.ts'
import { isAnswer } from '../ClientGhost.ts'
import { always } from '../invariant.ts'

/**
 * A leader that has been deposed and does not know it yet answers syncs too: nothing that it has outstanding makes it
 * ask anybody. So an answer owes what the epoch that it speaks for, and those before, had committed. And a leader treats
 * the syncs of its own clients as reads (its CommitProcessor matches none), which may go before what it has committed and
 * not applied, though clients of other servers have been told of it.
 */
export const syncBarrier = always({
  code: 'C17',
  name: 'SyncBarrier',
  says: 'Through a learner, a sync is answered from a position that has all that was committed when it was asked for, in the epoch of that position or before.',
  source: 'ZooKeeper (USENIX ATC 2010), sync; Leader.processSync',
  on: {
    completed({ client, sessionId, op, xid, err, zxid }, history, check) {
      if (err !== 0 || op.type !== 'sync' || !isAnswer(xid, zxid, err)) return
      const { completed: asked, connectedTo } = history.clients.client(client)
      if (asked === null || history.epoch(epochOf(zxid))?.leader === connectedTo) return
      const { committed } = history
      const next = history.nextEstablished(epochOf(zxid))
      const count = Math.min(asked.committed, next?.committedBefore ?? committed.length)
      if (count === 0) return
      check.exercised += 1
      const owed = committed.at(count - 1).zxid
      if (zxid >= owed) return
      check.broken(
        [],
        [zxid, owed],
        `the sync of ${client} (${sessionId}) was answered at ${printZxid(zxid)}, ` +
          `but ${printZxid(owed)} was committed before it was asked for`,
      )
    },
  },
})
