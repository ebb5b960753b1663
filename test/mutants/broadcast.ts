/** Defects of the broadcast: processors of leaders and learners, and counting ACKs. */
import type { Txn } from '../../src/nodes/database/txns.ts'
import type { QuorumPacket } from '../../src/nodes/packets.ts'
import { Request } from '../../src/nodes/processors/Request.ts'
import type { Proposal } from '../../src/nodes/quorum/Proposal.ts'
import { LeaderZooKeeperServer } from '../../src/nodes/server/LeaderZooKeeperServer.ts'
import { counterOf, epochOf, makeZxid, type Zxid } from '../../src/nodes/zxid.ts'
import { mutant } from './Mutant.ts'

export const minorityCommits = mutant(
  'minorityCommits',
  ['E8', 'P13'],
  'Half of the voters, rounded down, suffices to commit.',
  (cast) => ({
    Leader: class extends cast.Leader {
      protected override tryToCommit(proposal: Proposal): boolean {
        if (this.outstandingProposals.has(proposal.txn.zxid - 1)) return false
        if (proposal.acks().length < this.peer.verifier.voters.length >> 1) return false
        this.commit(proposal)
        return true
      }
    },
  }),
)

export const leaderAppliesAtPropose = mutant(
  'leaderAppliesAtPropose',
  ['P16', 'P3'],
  'A leader applies what it proposes without waiting for its commit.',
  (cast) => ({
    Leader: class extends cast.Leader {
      override propose(request: Request): void {
        super.propose(request)
        this.zk.commitProcessor.commit(Request.of(request.txn as Txn))
      }
    },
    FinalRequestProcessor: class extends cast.FinalRequestProcessor {
      override processRequest(request: Request): void {
        const { txn } = request
        if (txn === null || txn.zxid > this.zks.zkDb.lastProcessedZxid) super.processRequest(request)
      }
    },
  }),
)

export const followerAppliesAtPropose = mutant(
  'followerAppliesAtPropose',
  ['P3'],
  'A follower applies what is proposed to it without waiting for its commit.',
  (cast) => ({
    Follower: class extends cast.Follower {
      protected override processPacket(packet: QuorumPacket): void {
        super.processPacket(packet)
        if (packet.type === 'PROPOSAL') this.zk.commitProcessor.commit(Request.of(packet.txn))
      }
    },
    FinalRequestProcessor: class extends cast.FinalRequestProcessor {
      override processRequest(request: Request): void {
        const { txn } = request
        if (txn === null || txn.zxid > this.zks.zkDb.lastProcessedZxid) super.processRequest(request)
      }
    },
  }),
)

export const appliesAnother = mutant(
  'appliesAnother',
  ['P3', 'P4', 'P5', 'D10'],
  'One peer hands another transaction of the same zxid to its tree.',
  (cast) => ({
    FinalRequestProcessor: class extends cast.FinalRequestProcessor {
      override processRequest(request: Request): void {
        const { txn } = request
        if (this.zks.sid === 1 && txn !== null && txn.body.type === 'setData') {
          request.txn = Object.freeze({ ...txn, body: Object.freeze({ ...txn.body, data: 'another' }) })
        }
        super.processRequest(request)
      }
    },
  }),
)

export const appliesTwice = mutant(
  'appliesTwice',
  ['P8'],
  'A learner applies every commit twice.',
  (cast) => ({
    FinalRequestProcessor: class extends cast.FinalRequestProcessor {
      override processRequest(request: Request): void {
        super.processRequest(request)
        if (request.txn !== null && !(this.zks instanceof LeaderZooKeeperServer)) {
          super.processRequest(Request.of(request.txn))
        }
      }
    },
  }),
)

export const dropsCommits = mutant(
  'dropsCommits',
  ['P3', 'P6', 'P7'],
  'A learner loses every tenth commit on its way to the tree.',
  (cast) => ({
    CommitProcessor: class extends cast.CommitProcessor {
      override commit(request: Request): void {
        const lost = !(this.zks instanceof LeaderZooKeeperServer) && counterOf(request.zxid) % 10 === 0
        if (request.txn === null || !lost) super.commit(request)
      }
    },
  }),
)

export const swapsCommits = mutant(
  'swapsCommits',
  ['P6', 'P7'],
  'A learner applies every tenth commit behind the next.',
  (cast) => ({
    CommitProcessor: class extends cast.CommitProcessor {
      private swapped: Request | null = null

      override commit(request: Request): void {
        const isLearner = !(this.zks instanceof LeaderZooKeeperServer)
        if (isLearner && request.txn !== null && counterOf(request.zxid) % 10 === 0) {
          this.swapped = request
          return
        }
        super.commit(request)
        if (this.swapped !== null) super.commit(this.swapped)
        this.swapped = null
      }
    },
  }),
)

export const reusesZxids = mutant(
  'reusesZxids',
  ['E6', 'E7'],
  'Every tenth request gets the zxid of the one before it.',
  (cast) => ({
    PrepRequestProcessor: class extends cast.PrepRequestProcessor {
      protected override pRequest(request: Request): void {
        if (counterOf(this.zks.hzxid) % 10 === 9) this.zks.hzxid -= 1
        super.pRequest(request)
      }
    },
  }),
)

export const counterSpills = mutant(
  'counterSpills',
  ['E7'],
  'A counter that is used up goes on in the next epoch (ZOOKEEPER-1277). Needs a small maxCounter.',
  (cast) => ({
    Leader: class extends cast.Leader {
      protected override isCounterUsedUp(_zxid: Zxid): boolean {
        return false
      }
    },
    PrepRequestProcessor: class extends cast.PrepRequestProcessor {
      protected override pRequest(request: Request): void {
        const { hzxid, config } = this.zks
        if (counterOf(hzxid) >= config.maxCounter) this.zks.hzxid = makeZxid(epochOf(hzxid) + 1, 0)
        super.pRequest(request)
      }
    },
  }),
)

export const acksInReverse = mutant(
  'acksInReverse',
  ['A4'],
  'A learner acknowledges the proposals of a batch last first.',
  (cast) => ({
    SyncRequestProcessor: class extends cast.SyncRequestProcessor {
      protected override passOn(durable: readonly Request[]): void {
        super.passOn(this.zks instanceof LeaderZooKeeperServer ? durable : [...durable].reverse())
      }
    },
  }),
)

export const observersAck = mutant(
  'observersAck',
  ['A5'],
  'Observers acknowledge what they are informed of.',
  (cast) => ({
    Observer: class extends cast.Observer {
      protected override processPacket(packet: QuorumPacket): void {
        super.processPacket(packet)
        if (packet.type === 'INFORM') this.sendAck(packet.zxid)
      }
    },
  }),
)

export const processorThrows = mutant(
  'processorThrows',
  ['A6'],
  'Deleting a node is an error that nobody expects.',
  (cast) => ({
    PrepRequestProcessor: class extends cast.PrepRequestProcessor {
      protected override pRequest(request: Request): void {
        if (request.op?.type === 'delete') throw new Error('no such operation')
        super.pRequest(request)
      }
    },
  }),
)

export const processorDies = mutant(
  'processorDies',
  ['A6'],
  'The thread that prepares requests ends when a node is deleted.',
  (cast) => ({
    PrepRequestProcessor: class extends cast.PrepRequestProcessor {
      protected override pRequest(request: Request): void {
        if (request.op?.type !== 'delete') return super.pRequest(request)
        this.stop()
        this.zks.threadDied(this.name, 'no such operation')
      }
    },
  }),
)
