import { eventually } from '../invariant.ts'
import { printDue } from '../watchRules.ts'

export const noMissedWatch = eventually({
  code: 'C7',
  name: 'NoMissedWatch',
  says: 'In an undisturbed run a connected client is told of every change that its watches were for, also of one that happened while it was disconnected.',
  source: 'ZooKeeper programmer’s guide, watches and disconnects; DataTree.setWatches; ZOOKEEPER-4475',
  within: 'answers',
  judge({ clients, now }, check, { since, clients: running }, { answers }) {
    for (const { name, connectedTo, connectedAt, sessionId } of clients.clients) {
      if (connectedTo === -1 || !running.includes(name)) continue
      if (now - Math.max(since, connectedAt) < answers) continue
      for (const watch of clients.watches.watchesOf(name)) {
        if (!watch.armed || watch.excused) continue
        check.exercised += 1
        // A change from a moment ago is still on its way.
        if (watch.due === null || now - watch.dueAt < answers) continue
        check.broken(
          [connectedTo],
          [watch.since, watch.due.zxid],
          `${name} (${sessionId}) was never told of ${printDue(watch)}`,
        )
      }
    }
  },
})
