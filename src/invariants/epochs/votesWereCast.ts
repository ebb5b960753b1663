import type { Sid } from '../../nodes/zxid.ts'
import { always } from '../invariant.ts'

interface Ballot {
  readonly leader: Sid
  readonly electionEpoch: number
}

/** The last votes of each peer, and whom it last found to lead. */
class Ballots {
  readonly cast = new Map<Sid, Ballot[]>()
  readonly concluded = new Map<Sid, Sid>()

  note(peer: Sid, leader: Sid, electionEpoch: number): void {
    const known = this.cast.get(peer)
    if (known === undefined) this.cast.set(peer, [{ leader, electionEpoch }])
    else {
      known.push({ leader, electionEpoch })
      if (known.length > KEPT) known.shift()
    }
  }

  has(peer: Sid, leader: Sid, electionEpoch: number): boolean {
    if (this.concluded.get(peer) === leader) return true
    const known = this.cast.get(peer) ?? []
    return known.some((ballot) => ballot.leader === leader && ballot.electionEpoch === electionEpoch)
  }
}

/** Votes in one election and the few before it. */
const KEPT = 64

/**
 * The literature's form, "no two peers conclude with quorums of the same round", is not true of ZooKeeper: a supporter
 * may move on to a better vote while the one it supported waits out finalizeWait. What remains true is that nobody
 * concludes from votes that were not cast.
 */
export const votesWereCast = always<Ballots>({
  code: 'E9',
  name: 'VotesWereCast',
  says: 'Who concludes an election from the votes of lookers counts votes that these peers cast in that round.',
  source: 'FastLeaderElection.lookForLeader; ZOOKEEPER-975, -1514',
  start: () => new Ballots(),
  on: {
    voted({ peer, leader, electionEpoch }, _history, _check, state) {
      state.note(peer, leader, electionEpoch)
    },
    elected({ peer, leader, electionEpoch, supporters, fromLookers }, history, check, state) {
      // An observer is answered with the last concluded vote, as if it were one of this round.
      if (
        fromLookers &&
        history.membership.isVoter(peer) &&
        history.membership.activeOf(peer).isVoter(peer)
      ) {
        check.exercised += 1
        for (const sid of supporters) {
          if (state.has(sid, leader, electionEpoch)) continue
          check.broken(
            [peer, sid],
            [],
            `${peer} concluded round ${electionEpoch} for ${leader} and counted ${sid}, which never voted so`,
          )
        }
      }
      state.concluded.set(peer, leader)
    },
  },
})
