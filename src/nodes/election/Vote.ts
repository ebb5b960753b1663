/**
 * A vote: whom a peer wants as leader, or has, and why.
 *
 * Java: server/quorum/Vote. There equality is a method of the class; here votes are frozen records, and what the Java
 * calls `equals` is not an equivalence (it looks at less the more is decided), so it has a name of its own.
 */
import type { ServerState } from '../packets.ts'
import { type Epoch, printZxid, type Sid, type Zxid } from '../zxid.ts'

export interface Vote {
  /** Java: Vote.id */
  readonly leader: Sid
  /** The leader's position when it was voted for. */
  readonly zxid: Zxid
  /** The round in which it was cast; -1 where there was no round. */
  readonly electionEpoch: number
  /** The leader's currentEpoch when it was voted for; that of the ensemble once it stands. */
  readonly peerEpoch: Epoch
  /** The state of the peer that sent it. */
  readonly state: ServerState
  /** The format of the notification that brought it; 0 where none is remembered. */
  readonly version: number
}

export function makeVote(
  leader: Sid,
  zxid: Zxid,
  electionEpoch: number,
  peerEpoch: Epoch,
  state: ServerState = 'LOOKING',
  version = 0,
): Vote {
  return Object.freeze({ leader, zxid, electionEpoch, peerEpoch, state, version })
}

/**
 * Whether two votes count as one when a peer looks for a quorum. Java: Vote.equals
 *
 * Between peers that are not LOOKING only leader and peerEpoch matter: members that joined at different times remember
 * different positions and rounds of the same leader (ZOOKEEPER-1805). Where only one of the two has a version, not even
 * peerEpoch does (ZOOKEEPER-1732): this was meant for ensembles of mixed releases, but the votes that FastLeaderElection
 * keeps in `recvset` never carry one.
 */
export function votesAgree(a: Vote, b: Vote): boolean {
  if (a.leader !== b.leader) return false
  if (a.state === 'LOOKING' || b.state === 'LOOKING') {
    return a.zxid === b.zxid && a.electionEpoch === b.electionEpoch && a.peerEpoch === b.peerEpoch
  }
  if (a.version > 0 !== b.version > 0) return true
  return a.peerEpoch === b.peerEpoch
}

/** `3 at 2:17, epoch 2, round 5`. */
export function describeVote(vote: Vote): string {
  return `${vote.leader} at ${printZxid(vote.zxid)}, epoch ${vote.peerEpoch}, round ${vote.electionEpoch}`
}
