import { printZxid } from '../../nodes/zxid.ts'
import { always } from '../invariant.ts'
import { isWatchEvent } from '../watchRules.ts'

/**
 * A client tells nobody of what comes too often: its watch is gone. What the server sent is told all the same. Only an event
 * that says when it was: one that was found when watches were set again may come for data and children both.
 */
export const oneShotWatches = always({
  code: 'C6',
  name: 'OneShotWatches',
  says: 'A watch of a read fires once, and again only when it has been set again.',
  source: 'ZooKeeper programmer’s guide, watches are one-time triggers',
  on: {
    watchEvent({ client, sessionId, event }, history, check) {
      const { type, path, zxid } = event
      if (!isWatchEvent(type) || zxid <= 0 || !history.clients.client(client).isPlain) return
      const { watches, persistent } = history.clients.watches.told
      if (persistent) return
      check.exercised += 1
      if (watches.length > 0) return
      check.broken(
        [],
        [zxid],
        `${client} (${sessionId}) was sent ${type} of ${path}, changed at ${printZxid(zxid)}, and has no such watch any more`,
      )
    },
  },
})
