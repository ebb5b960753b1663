import type { Sid } from '../../nodes/zxid.ts'
import type { Roles } from '../sentence.ts'
import type { Stage } from './step.ts'

type Scene = Pick<Stage, 'ensemble' | 'view' | 'thatPeer'>

/** Who is who now. Made when asked for; nobody keeps it. */
export function rolesOf({ ensemble, view, thatPeer }: Scene): Roles {
  const learners = (state: 'FOLLOWING' | 'OBSERVING'): Sid[] => {
    const leader = ensemble.leader()
    return ensemble.sids.filter((sid) => {
      const peer = view.peer(sid)
      return (
        ensemble.machineOf(sid).state === 'up' &&
        peer.state === state &&
        leader !== null &&
        peer.leader === leader
      )
    })
  }
  /** Whoever leads first. */
  const running = (): Sid[] => {
    const leader = ensemble.leader()
    const voters = view.membership.voters.filter((sid) => ensemble.machineOf(sid).state === 'up')
    return voters.sort((a, b) => Number(b === leader) - Number(a === leader) || a - b)
  }
  return {
    leader: () => ensemble.leader(),
    followers: () => learners('FOLLOWING'),
    observers: () => learners('OBSERVING'),
    all: () => ensemble.sids,
    quorum: () => smallestQuorum(view, running()),
    minority: () => minorityOf(view, running(), ensemble.leader()),
    thatPeer: () => thatPeer,
  }
}

/** The first of these, and no more than needed; null where they are no quorum. */
export function smallestQuorum(
  { membership }: Pick<Stage['view'], 'membership'>,
  sids: readonly Sid[],
): readonly Sid[] | null {
  if (!membership.containsQuorum(sids)) return null
  let quorum = sids
  for (const sid of sids.toReversed()) {
    const others = quorum.filter((other) => other !== sid)
    if (membership.containsQuorum(others)) quorum = others
  }
  return quorum.toSorted((a, b) => a - b)
}

function minorityOf(
  { membership }: Stage['view'],
  sids: readonly Sid[],
  leader: Sid | null,
): readonly Sid[] | null {
  const lost: Sid[] = []
  for (const sid of sids.toSorted((a, b) => b - a)) {
    if (
      sid !== leader &&
      membership.containsQuorum(sids.filter((one) => one !== sid && !lost.includes(one)))
    ) {
      lost.push(sid)
    }
  }
  return lost.length === 0 ? null : lost.toSorted((a, b) => a - b)
}
