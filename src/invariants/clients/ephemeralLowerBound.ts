import { printZxid } from '../../nodes/zxid.ts'
import { always } from '../invariant.ts'

/**
 * A server says itself how long a session went untouched. What it was told of the session's client is not among the facts,
 * so that is judged only while nothing disturbs the run (a clock that is fast does): by then it has heard of every session
 * whose operation was answered, at the time when that was asked for or later.
 */
export const ephemeralLowerBound = always({
  code: 'C10',
  name: 'EphemeralLowerBound',
  says: 'A session is closed only by its client, or because nothing was heard of it for as long as its timeout; and it takes no node with it that is not its own.',
  source: 'SessionTrackerImpl; ZooKeeper programmer’s guide, sessions; ZOOKEEPER-3145',
  on: {
    sessionExpired({ peer, sessionId, timeout, untouched }, history, check) {
      check.exercised += 1
      if (untouched < timeout) {
        check.broken(
          [peer],
          [],
          `${peer} found session ${sessionId} expired after ${untouched} ms, and its timeout is ${timeout} ms`,
        )
      }
      const { calm } = history
      const session = history.clients.knownSession(sessionId)
      if (calm === null || session === null || session.timeout === 0) return
      if (session.heardAt < calm.since) return
      const silence = history.now - session.heardAt
      if (silence >= session.timeout * MICROS_PER_MILLI) return
      check.broken(
        [peer],
        [],
        `${peer} found session ${sessionId} expired (its timeout is ${session.timeout} ms), but a request of it, ` +
          `made ${Math.floor(silence / MICROS_PER_MILLI)} ms before, was answered`,
      )
    },
    ordered({ peer, txn }, history, check) {
      if (txn.body.type !== 'closeSession') return
      check.exercised += 1
      const { closeAsked, expired } = history.clients.session(txn.sessionId)
      if (!closeAsked && !expired) {
        check.broken(
          [peer],
          [txn.zxid],
          `session ${txn.sessionId} is closed at ${printZxid(txn.zxid)}, but its client did not ask for it, nor was it expired`,
        )
      }
      const before = history.treeBefore(txn.zxid)
      if (before === null) return
      for (const path of txn.body.paths) {
        const owner = before.get(path)?.stat.ephemeralOwner
        if (owner === undefined || owner === txn.sessionId) continue
        check.broken(
          [peer],
          [txn.zxid],
          `the end of session ${txn.sessionId} at ${printZxid(txn.zxid)} takes ${path}, whose owner is ${owner}`,
        )
      }
    },
  },
})

const MICROS_PER_MILLI = 1_000
