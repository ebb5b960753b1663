/** Defects of the election. */
import type { Notification } from '../../src/nodes/election/FastLeaderElection.ts'
import type { StateSummary } from '../../src/nodes/quorum/Leader.ts'
import type { Epoch, Sid, Zxid } from '../../src/nodes/zxid.ts'
import { mutant } from './Mutant.ts'

export const votesIgnorePosition = mutant(
  'votesIgnorePosition',
  ['E4', 'P3', 'P5', 'P9', 'P13', 'P14', 'P15', 'P16', 'C12'],
  'Votes are ordered by epoch and id alone, and a leader takes learners that know more than itself.',
  (cast) => ({
    FastLeaderElection: class extends cast.FastLeaderElection {
      protected override totalOrderPredicate(
        newLeader: Sid,
        _newZxid: Zxid,
        newEpoch: Epoch,
        curLeader: Sid,
        _curZxid: Zxid,
        curEpoch: Epoch,
      ): boolean {
        return super.totalOrderPredicate(newLeader, 0, newEpoch, curLeader, 0, curEpoch)
      }
    },
    Leader: class extends cast.Leader {
      override addElectingFollower(sid: Sid, summary: StateSummary): boolean {
        if (summary.currentEpoch === -1) return super.addElectingFollower(sid, summary)
        return super.addElectingFollower(sid, { currentEpoch: 0, lastZxid: 0 })
      }
    },
  }),
)

export const votesNotTotallyOrdered = mutant(
  'votesNotTotallyOrdered',
  ['E4'],
  'At equal positions the higher id wins, whatever the epochs (ZOOKEEPER-1419).',
  (cast) => ({
    FastLeaderElection: class extends cast.FastLeaderElection {
      protected override totalOrderPredicate(
        newLeader: Sid,
        newZxid: Zxid,
        newEpoch: Epoch,
        curLeader: Sid,
        curZxid: Zxid,
        curEpoch: Epoch,
      ): boolean {
        return (
          newEpoch > curEpoch ||
          (newEpoch === curEpoch && newZxid > curZxid) ||
          (newZxid === curZxid && newLeader > curLeader)
        )
      }
    },
  }),
)

export const oldRoundsCount = mutant(
  'oldRoundsCount',
  ['E9'],
  'Votes of rounds that are over are counted as if they were of this one.',
  (cast) => ({
    FastLeaderElection: class extends cast.FastLeaderElection {
      protected override voteFromLooker(n: Notification): void {
        const electionEpoch = Math.max(n.vote.electionEpoch, this.logicalclock)
        super.voteFromLooker({ sid: n.sid, vote: Object.freeze({ ...n.vote, electionEpoch }) })
      }
    },
  }),
)
