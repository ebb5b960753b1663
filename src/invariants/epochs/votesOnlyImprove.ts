import { type Epoch, printZxid, type Sid, type Zxid } from '../../nodes/zxid.ts'
import { always } from '../invariant.ts'

interface Cast {
  readonly leader: Sid
  readonly zxid: Zxid
  readonly peerEpoch: Epoch
  readonly electionEpoch: number
}

class Votes {
  readonly last = new Map<Sid, Cast>()
}

export const votesOnlyImprove = always<Votes>({
  code: 'E4',
  name: 'VotesOnlyImprove',
  says: 'Votes are totally ordered by (peerEpoch, zxid, sid), and within a round a peer only moves to a higher one.',
  source: 'ZOOKEEPER-1419; FastLeaderElection.totalOrderPredicate',
  start: () => new Votes(),
  on: {
    voted(vote, _history, check, state) {
      const last = state.last.get(vote.peer)
      state.last.set(vote.peer, vote)
      if (last === undefined || last.electionEpoch !== vote.electionEpoch) return
      check.exercised += 1
      if (compare(vote, last) >= 0) return
      check.broken(
        [vote.peer],
        [vote.zxid, last.zxid],
        `in round ${vote.electionEpoch} ${vote.peer} moved from the vote ${print(last)} to the lower ${print(vote)}`,
      )
    },
    // Who joins an ensemble takes its round, which may be an earlier one, and later begins the next round again.
    elected({ peer }, _history, _check, state) {
      state.last.delete(peer)
    },
    // Rounds are counted from 1 again.
    recovered({ peer }, _history, _check, state) {
      state.last.delete(peer)
    },
    // So they are by an election that begins anew, among others.
    configActivated({ peer }, _history, _check, state) {
      state.last.delete(peer)
    },
  },
})

function compare(a: Cast, b: Cast): number {
  return a.peerEpoch - b.peerEpoch || a.zxid - b.zxid || a.leader - b.leader
}

function print({ leader, zxid, peerEpoch }: Cast): string {
  return `(epoch ${peerEpoch}, zxid ${printZxid(zxid)}, sid ${leader})`
}
