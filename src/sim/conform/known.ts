import type { Cast } from '../../nodes/cast.ts'
import { newLeader380 } from '../../nodes/historic/newLeader380.ts'

/** A defect of the recorded release that this simulator has mended. */
export interface KnownDefect {
  readonly reason: string
  /** Puts the defect in: only what is equal with it is known to differ for it. */
  readonly recast: (cast: Cast) => Cast
}

/** What a situation that differs is tried with. */
export const knownDefects: readonly KnownDefect[] = Object.freeze([
  Object.freeze({
    reason:
      'ZOOKEEPER-4685: 3.8.0 hands what a DIFF brought to SyncRequestProcessor before it acknowledges NEWLEADER ' +
      '(Learner.syncWithLeader), so the ACK of a proposal can come first, and then Leader.waitForNewLeaderAck does ' +
      'not count the follower; it has claimed the new epoch already (ZOOKEEPER-4643). Mended in 3.9.3 by ZOOKEEPER-4394',
    recast: newLeader380,
  }),
])

/** The release that recordings are of, by its name among `releases`. */
export const RECORDED = '3.8.0-11+deb12u2'
