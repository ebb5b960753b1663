/** Defects of synchronisation, of the leader's side and of the learner's. */

import type { Txn } from '../../src/nodes/database/txns.ts'
import type { Request } from '../../src/nodes/processors/Request.ts'
import type { LearnerHandler } from '../../src/nodes/quorum/LearnerHandler.ts'
import type { SyncDecision } from '../../src/nodes/quorum/syncFollower.ts'
import type { Zxid } from '../../src/nodes/zxid.ts'
import { mutant } from './Mutant.ts'

export const syncLeavesOneOut = mutant(
  'syncLeavesOneOut',
  ['P3', 'P6', 'P7', 'P11', 'P12', 'P17', 'A2'],
  'A leader begins the difference one transaction too late.',
  (cast) => ({
    LearnerHandler: class extends cast.LearnerHandler {
      protected override queueDecision(decision: SyncDecision): void {
        super.queueDecision({ ...decision, txns: decision.txns.slice(1) })
      }
    },
  }),
)

export const diffInsteadOfTrunc = mutant(
  'diffInsteadOfTrunc',
  ['P3', 'P12', 'P17'],
  'A learner with too much is sent a DIFF (ZOOKEEPER-1154).',
  (cast) => ({
    LearnerHandler: class extends cast.LearnerHandler {
      protected override queueDecision(decision: SyncDecision): void {
        super.queueDecision(decision.mode === 'TRUNC' ? { ...decision, mode: 'DIFF' } : decision)
      }
    },
  }),
)

export const truncatesTooMuch = mutant(
  'truncatesTooMuch',
  ['P15'],
  'A learner with too much is cut back to the beginning of what the leader has in memory.',
  (cast) => ({
    LearnerHandler: class extends cast.LearnerHandler {
      protected override queueDecision(decision: SyncDecision): void {
        const packetZxid = decision.mode === 'TRUNC' ? decision.minCommittedLog : decision.packetZxid
        super.queueDecision({ ...decision, packetZxid })
      }
    },
  }),
)

export const upToDateBeforeNewLeader = mutant(
  'upToDateBeforeNewLeader',
  ['A1'],
  'A leader says UPTODATE at once.',
  (cast) => ({
    LearnerHandler: class extends cast.LearnerHandler {
      protected override queueDecision(decision: SyncDecision): void {
        super.queueDecision(decision)
        this.queuePacket(Object.freeze({ type: 'UPTODATE', zxid: -1 }))
      }
    },
  }),
)

export const forwardsLate = mutant(
  'forwardsLate',
  ['A2', 'A3'],
  'What a leader proposes between deciding how to synchronise a learner and forwarding to it is lost (ZOOKEEPER-962).',
  (cast) => ({
    Leader: class extends cast.Leader {
      private readonly late: LearnerHandler[] = []

      override startForwarding(handler: LearnerHandler, lastSeenZxid: Zxid): void {
        if (this.established) this.late.push(handler)
        else super.startForwarding(handler, lastSeenZxid)
      }

      override propose(request: Request): void {
        super.propose(request)
        for (const handler of this.late.splice(0)) super.startForwarding(handler, this.lastProposed)
      }
    },
  }),
)

export const forgetsTrunc = mutant(
  'forgetsTrunc',
  ['P3', 'P12', 'P17'],
  'A learner that is told to truncate keeps everything.',
  (cast) => ({
    Follower: class extends cast.Follower {
      protected override truncateLog(_zxid: Zxid): void {
        super.truncateLog(this.peer.zkDb.lastLoggedZxid)
      }
    },
  }),
)

export const logsWithoutApplying = mutant(
  'logsWithoutApplying',
  ['P11', 'P3'],
  'A follower logs what its synchronisation brings and leaves its tree as it was.',
  (cast) => ({
    Follower: class extends cast.Follower {
      protected override persistCommitted(): void {
        if (this.packetsCommitted.length === 0) return this.persistCurrentEpoch()
        while (this.packetsCommitted.shift() !== undefined) {
          this.peer.zkDb.append(this.packetsNotLogged.shift() as Txn)
        }
        this.forceCommitted()
      }
    },
  }),
)

export const claimsEpochBeforeHistory = mutant(
  'claimsEpochBeforeHistory',
  ['P10', 'P13', 'P14', 'P15', 'P16'],
  'A follower writes currentEpoch before the history that it stands for (ZOOKEEPER-4643).',
  (cast) => ({
    Follower: class extends cast.Follower {
      protected override onNewLeader(zxid: Zxid): void {
        // Nobody waits for this write, nor need they: the disk does one after the other.
        this.peer.writeCurrentEpoch(this.epoch)
        super.onNewLeader(zxid)
      }
    },
  }),
)

export const acksBeforeLogging = mutant(
  'acksBeforeLogging',
  ['P11', 'P17'],
  'A follower acknowledges NEWLEADER before it logs what came before it (ZOOKEEPER-3911).',
  (cast) => ({
    Follower: class extends cast.Follower {
      protected override persistCommitted(): void {
        this.persistCurrentEpoch()
      }
    },
  }),
)

export const acksBeforeForcing = mutant(
  'acksBeforeForcing',
  ['D1'],
  'A follower acknowledges NEWLEADER before its log is forced (ZOOKEEPER-4646).',
  (cast) => ({
    Follower: class extends cast.Follower {
      protected override forceCommitted(): void {
        this.persistCurrentEpoch()
      }
    },
  }),
)

export const acksProposalsFirst = mutant(
  'acksProposalsFirst',
  ['A5', 'D1'],
  'A follower acknowledges proposals before NEWLEADER (ZOOKEEPER-4685).',
  (cast) => ({
    Follower: class extends cast.Follower {
      protected override ackNewLeader(): void {
        for (const { zxid } of this.packetsNotLogged.toArray()) this.sendAck(zxid)
        super.ackNewLeader()
      }
    },
  }),
)

export const clearsUncommitted = mutant(
  'clearsUncommitted',
  ['A3'],
  'A follower forgets at NEWLEADER what is proposed and not committed yet (ZOOKEEPER-4394).',
  (cast) => ({
    Follower: class extends cast.Follower {
      protected override ackNewLeader(): void {
        this.packetsNotLogged.clear()
        super.ackNewLeader()
      }
    },
  }),
)

export const windowSkipsSync = mutant(
  'windowSkipsSync',
  ['D7'],
  'What a synchronisation brought is missing from the window for later learners (ZOOKEEPER-4925).',
  (cast) => {
    class ForgetfulDatabase extends cast.ZKDatabase {
      forgets = false

      override addCommittedProposal(txn: Txn): boolean {
        return this.forgets || super.addCommittedProposal(txn)
      }

      protected override leavesGap(_last: Zxid, _zxid: Zxid): boolean {
        return false
      }
    }
    return {
      ZKDatabase: ForgetfulDatabase,
      Follower: class extends cast.Follower {
        protected override persistCommitted(): void {
          const database = this.peer.zkDb as ForgetfulDatabase
          database.forgets = true
          super.persistCommitted()
          database.forgets = false
        }
      },
    }
  },
)
