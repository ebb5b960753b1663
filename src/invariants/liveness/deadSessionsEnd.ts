import { eventually } from '../invariant.ts'

export const deadSessionsEnd = eventually({
  code: 'L5',
  name: 'DeadSessionsEnd',
  says: 'In an undisturbed run a session that no client has any more is closed, and its ephemerals with it, when its timeout is over.',
  source: 'SessionTrackerImpl, ExpiryQueue; ZooKeeper programmer’s guide, ephemeral nodes',
  within: 'expiry',
  judge(history, check, { since, peers, clients: running }, { expiry }) {
    if (!history.membership.containsQuorum(peers)) return
    const held = new Set<string>()
    for (const { name, sessionId } of history.clients.clients) if (running.includes(name)) held.add(sessionId)
    for (const { id, createdAt, closedAt, heldAt, timeout } of history.clients.allSessions()) {
      if (createdAt === 0 || held.has(id)) continue
      const dead = history.now - Math.max(since, heldAt)
      if (dead < expiry + timeout * MICROS_PER_MILLI) continue
      check.holds(
        closedAt !== 0,
        [],
        [createdAt],
        () =>
          `nobody has had session ${id} (its timeout is ${timeout} ms) for ${Math.floor(dead / MICROS_PER_MILLI)} ms, and it is not closed`,
      )
    }
  },
})

const MICROS_PER_MILLI = 1_000
