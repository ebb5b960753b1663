/** A run that nothing disturbs, and how long things may take in it. */
import type { Micros } from '../nodes/Host.ts'
import type { PeerSettings } from '../nodes/PeerConfig.ts'
import type { Sid } from '../nodes/zxid.ts'

/** As whoever disturbed it said. */
export interface Calm {
  readonly since: Micros
  /** Who runs. */
  readonly peers: readonly Sid[]
  readonly clients: readonly string[]
}

export interface Bounds {
  /** Until somebody leads. */
  readonly leader: Micros
  /** Until everybody follows. */
  readonly followers: Micros
  /** Until an operation is answered, or given up with its connection. */
  readonly answers: Micros
  /** How much later than a session's own timeout it is found. */
  readonly expiry: Micros
}

/** No time for anything: what has not happened yet is missing, whoever may still wait for it. */
export const AT_ONCE: Bounds = Object.freeze({
  leader: 0,
  followers: 0,
  answers: 0,
  expiry: Number.NEGATIVE_INFINITY,
})

const MICROS_PER_MILLI = 1_000

/**
 * Leaders and learners find out that the other is gone; a notification comes as late as it may, a dial fails; a leader
 * collects promises, and then acknowledgements. All of it once in vain.
 */
export function boundsOf(settings: PeerSettings): Bounds {
  const { tickTime, initLimit, syncLimit, finalizeWait, cnxTimeout, maxNotificationInterval } = settings
  const stale = (initLimit + syncLimit + 1) * tickTime
  const election = maxNotificationInterval + cnxTimeout + finalizeWait
  const recovery = 2 * initLimit * tickTime
  const leader = stale + 2 * (election + recovery)
  const followers = leader + election + recovery
  return Object.freeze({
    leader: leader * MICROS_PER_MILLI,
    followers: followers * MICROS_PER_MILLI,
    answers: (followers + recovery) * MICROS_PER_MILLI,
    expiry: (followers + 2 * tickTime) * MICROS_PER_MILLI,
  })
}

/** When the last of it is due: the session of the longest timeout has expired. */
export function longestOf(settings: PeerSettings): Micros {
  const { followers, answers, expiry } = boundsOf(settings)
  return Math.max(followers, answers, settings.maxSessionTimeout * MICROS_PER_MILLI + expiry)
}
