import { eventually } from '../invariant.ts'

export const everythingIsAnswered = eventually({
  code: 'L4',
  name: 'EverythingIsAnswered',
  says: 'In an undisturbed run every operation of a connected client is answered before long, or its connection is dropped.',
  source: 'ClientCnxn; ZOOKEEPER-4537',
  within: 'answers',
  judge({ clients, now }, check, { since, clients: running }, { answers }) {
    for (const { name, connectedTo, connectedAt, open, sessionId } of clients.clients) {
      if (connectedTo === -1 || !running.includes(name)) continue
      check.exercised += 1
      const waiting = open.first
      if (waiting === undefined) continue
      const waited = now - Math.max(since, connectedAt, waiting.at)
      if (waited < answers) continue
      check.broken(
        [connectedTo],
        [],
        `${name} (${sessionId}) has been waiting ${Math.floor(waited / MICROS_PER_SECOND)} s ` +
          `for the answer of ${connectedTo} to ${waiting.op.type}, its operation ${waiting.id}`,
      )
    }
  },
})

const MICROS_PER_SECOND = 1_000_000
