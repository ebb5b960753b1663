import { printZxid } from '../../nodes/zxid.ts'
import { always } from '../invariant.ts'
import { isWatchEvent } from '../watchRules.ts'

export const noSpuriousWatch = always({
  code: 'C8',
  name: 'NoSpuriousWatch',
  says: 'A client is told only of what has happened behind the position at which it left its watch.',
  source: 'ZooKeeper programmer’s guide, watches; DataTree.setWatches; ZOOKEEPER-1182',
  on: {
    watchEvent({ client, sessionId, event }, history, check) {
      const { type, path, zxid } = event
      if (!isWatchEvent(type) || !history.clients.client(client).isPlain) return
      const { watches, persistent } = history.clients.watches.told
      if (persistent) return
      for (const { since, due, excused, kind } of watches) {
        if (excused) continue
        check.exercised += 1
        if (due === null) {
          check.broken(
            [],
            [since, zxid],
            `${client} (${sessionId}) was told ${type} of ${path}, ` +
              `whose ${kind} it has watched since ${printZxid(since)} and which has not changed`,
          )
        } else if (zxid > 0 && (zxid !== due.zxid || type !== due.event)) {
          check.broken(
            [],
            [since, zxid, due.zxid],
            `${client} (${sessionId}) was told ${type} of ${path} at ${printZxid(zxid)}, ` +
              `and its first change since ${printZxid(since)} is ${due.event} at ${printZxid(due.zxid)}`,
          )
        }
      }
    },
  },
})
