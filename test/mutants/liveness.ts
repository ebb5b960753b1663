/** Defects that only time shows. */

import type { Request } from '../../src/nodes/processors/Request.ts'
import type { QuorumPeer } from '../../src/nodes/quorum/QuorumPeer.ts'
import { mutant } from './Mutant.ts'

export const neverDecides = mutant('neverDecides', ['L1'], 'An election goes on for ever.', (cast) => ({
  FastLeaderElection: class extends cast.FastLeaderElection {
    protected override decide(): void {}
  },
}))

export const neverServes = mutant(
  'neverServes',
  ['L2'],
  'Peer 1 is brought up to date, and waits for something else.',
  (cast) => ({
    Follower: class extends cast.Follower {
      protected override startZkServer(): void {
        if (this.peer.myid !== 1) super.startZkServer()
      }
    },
  }),
)

export const leadsAlone = mutant(
  'leadsAlone',
  ['L3'],
  'A leader does not mind whether anybody follows it.',
  (cast) => ({
    Leader: class extends cast.Leader {
      protected override hasSyncedQuorum(): boolean {
        return true
      }
    },
  }),
)

export const dropsRequests = mutant('dropsRequests', ['L4'], 'A read is forgotten now and then.', (cast) => ({
  CommitProcessor: class extends cast.CommitProcessor {
    override processRequest(request: Request): void {
      if (request.op?.type !== 'getData' || request.cxid % 10 !== 9) super.processRequest(request)
    }
  },
}))

export const neverExpires = mutant('neverExpires', ['L5'], 'Sessions last for ever.', (cast) => ({
  SessionTracker: class extends cast.SessionTracker {
    override onTimer(): void {}
  },
}))

export const startsForEver = mutant(
  'startsForEver',
  ['L6'],
  'Peer 1 reads its disk, and then waits for nothing.',
  (cast) => ({
    Boot: class extends cast.Boot {
      private readonly isStuck: boolean

      constructor(peer: QuorumPeer) {
        super(peer)
        this.isStuck = peer.myid === 1
      }

      protected override forceLoaded(): void {
        if (!this.isStuck) super.forceLoaded()
      }
    },
  }),
)
