import { makeZxid, printZxid, type Zxid } from '../../nodes/zxid.ts'
import { isAnswer } from '../ClientGhost.ts'
import { always } from '../invariant.ts'
import { printTarget, readMismatch } from '../model/answers.ts'
import { ToldTree } from '../model/ModelTree.ts'
import type { PeerGhost } from '../PeerGhost.ts'

export const singleSystemImage = always({
  code: 'C4',
  name: 'SingleSystemImage',
  says: 'A server takes over a session only if it has all that the session has seen, and a read shows the tree of the position that its answer names.',
  source: 'ZooKeeper programmer’s guide, single system image; ZooKeeperServer.processConnectRequest',
  on: {
    clientConnected({ client, server, sessionId }, history, check) {
      const { lastZxid } = history.clients.client(client)
      if (lastZxid === 0) return
      check.exercised += 1
      const position = highestOf(history.peer(server))
      if (position >= lastZxid) return
      check.broken(
        [server],
        [position, lastZxid],
        `${server}, at ${printZxid(position)}, took over session ${sessionId} of ${client}, which has seen ${printZxid(lastZxid)}`,
      )
    },
    completed({ client, sessionId, op, xid, zxid, err, result }, history, check) {
      if (!isAnswer(xid, zxid, err) || !history.clients.client(client).isPlain) return
      const tree = history.treeAt(zxid)
      if (tree === null) return
      const mismatch = readMismatch(op, err, result, sessionId, new ToldTree(tree))
      if (mismatch === undefined) return
      check.exercised += 1
      if (mismatch === null) return
      check.broken(
        [],
        [zxid],
        `${client} (${sessionId}) read ${printTarget(op)} at ${printZxid(zxid)}: ${mismatch}`,
      )
    },
  },
})

/** The highest position that it may have been at when it took the session; it may have started again since. */
function highestOf({ applied, before, startedEpoch }: PeerGhost): Zxid {
  return Math.max(applied.last?.zxid ?? 0, before.last?.zxid ?? 0, makeZxid(startedEpoch, 0))
}
