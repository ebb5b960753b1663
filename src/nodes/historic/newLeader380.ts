import type { Cast } from '../cast.ts'
import type { Leader } from '../quorum/Leader.ts'
import type { Learner } from '../quorum/Learner.ts'

/**
 * What a follower did at NEWLEADER up to 3.8.4 and 3.9.1, and what went with it.
 *
 * It wrote currentEpoch, started its pipeline, handed it all that the synchronisation had brought, and acknowledged
 * NEWLEADER without waiting for the log. So it claimed an epoch before it had that epoch's history (ZOOKEEPER-4643,
 * -4785), acknowledged what was not durable (-4646), and the ACK of a proposal could come before that of NEWLEADER
 * (-4685), which the leader then does not count.
 *
 * @returns the cast with those parts recast.
 */
export function newLeader380(cast: Cast): Cast {
  return Object.freeze({
    ...cast,

    Follower: class extends cast.Follower {
      protected override persistCommitted(): void {
        this.persistCurrentEpoch()
      }

      /** Between the last of the buffered proposals and the ACK the threads of the pipeline run. */
      protected override ackNewLeader(): void {
        this.zk.startup()
        this.logBuffered()
        this.wait()
        this.signal()
      }

      protected override signalled(): void {
        this.proceed()
        super.ackNewLeader()
      }

      /** It runs since NEWLEADER. */
      protected override startZkServer(): void {}
    },

    QuorumPeer: class extends cast.QuorumPeer {
      /**
       * Before UPTODATE the server does not count as running, and only one that runs is shut down, and brings memory to
       * where its log is when it does. Java: LearnerZooKeeperServer.shutdown, canShutdown
       */
      protected override bringMemoryToDisk(role: Leader | Learner): void {
        if ('syncMode' in role && role.syncMode === 'NONE' && !role.synced) return
        super.bringMemoryToDisk(role)
      }
    },

    ZKDatabase: class extends cast.ZKDatabase {
      /** ZOOKEEPER-1549, -4837 */
      protected override keepsSnapshotsBehindTruncation(): boolean {
        return true
      }
    },
  })
}
