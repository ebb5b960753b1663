/** Defects of discovery: who promises which epoch to whom. */
import type { Ticket } from '../../src/nodes/Host.ts'
import type { Epoch, Sid } from '../../src/nodes/zxid.ts'
import { makeZxid } from '../../src/nodes/zxid.ts'
import { mutant } from './Mutant.ts'

export const equalEpochsDoNotCount = mutant(
  'equalEpochsDoNotCount',
  ['E2', 'E3', 'P1', 'P2'],
  'An epoch that another leader has been promised is proposed again, and promised again (ZOOKEEPER-1343).',
  (cast) => ({
    Leader: class extends cast.Leader {
      protected override reachesEpoch(lastAcceptedEpoch: Epoch): boolean {
        return lastAcceptedEpoch > this.epoch
      }
    },
    Follower: class extends cast.Follower {
      protected override ackEpoch(_currentEpoch: Epoch): void {
        super.ackEpoch(this.peer.currentEpoch)
      }
    },
  }),
)

export const acceptsLowerEpoch = mutant(
  'acceptsLowerEpoch',
  ['E2', 'A1'],
  'A follower takes part in an epoch lower than one that it has accepted.',
  (cast) => ({
    Follower: class extends cast.Follower {
      protected override isPromisedToAnother(_epoch: Epoch): boolean {
        return false
      }

      protected override ackEpoch(_currentEpoch: Epoch): void {
        super.ackEpoch(this.peer.currentEpoch)
      }
    },
  }),
)

export const leaderDoesNotCountItself = mutant(
  'leaderDoesNotCountItself',
  ['E3'],
  'A quorum of learners chooses the epoch before the leader says what it has accepted itself (ZOOKEEPER-1270).',
  (cast) => ({
    Leader: class extends cast.Leader {
      override addConnectingFollower(sid: Sid, lastAcceptedEpoch: Epoch): void {
        if (sid !== this.peer.myid) super.addConnectingFollower(sid, lastAcceptedEpoch)
      }

      protected override hasConnectingQuorum(): boolean {
        return this.peer.verifier.containsQuorum(new Set(this.connectingFollowers.keys()))
      }
    },
  }),
)

export const observersCount = mutant(
  'observersCount',
  ['E8'],
  'Observers count as if they voted (ZOOKEEPER-2959).',
  (cast) => ({
    Leader: class extends cast.Leader {
      protected override isParticipant(_sid: Sid): boolean {
        return true
      }
    },
  }),
)

export const epochsNotPersisted = mutant(
  'epochsNotPersisted',
  ['E1', 'E2', 'E3', 'P2'],
  'Epochs are not written where they are read (ZOOKEEPER-335).',
  (cast) => ({
    QuorumPeer: class extends cast.QuorumPeer {
      override writeAcceptedEpoch(epoch: Epoch): Ticket {
        return this.host.replace('epochOfLeader', Object.freeze({ kind: 'epoch', epoch }))
      }

      override writeCurrentEpoch(epoch: Epoch): Ticket {
        return this.host.replace('epochOfLeader', Object.freeze({ kind: 'epoch', epoch }))
      }
    },
  }),
)

export const positionOfEpochNotWon = mutant(
  'positionOfEpochNotWon',
  ['E5', 'P17'],
  'Who begins to lead claims the start of its epoch before a quorum agreed to it (ZOOKEEPER-790).',
  (cast) => ({
    Leader: class extends cast.Leader {
      override begin(): void {
        super.begin()
        this.peer.zkDb.setLastProcessedZxid(makeZxid(this.peer.acceptedEpoch + 1, 0))
      }
    },
  }),
)

export const bootRefusesUnclaimedEpoch = mutant(
  'bootRefusesUnclaimedEpoch',
  ['D5'],
  'A peer that crashed between the history of an epoch and its claim to it does not start (ZOOKEEPER-1653).',
  (cast) => ({
    Boot: class extends cast.Boot {
      protected override mayClaim(_epoch: Epoch): boolean {
        return false
      }
    },
  }),
)
