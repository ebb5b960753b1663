import type { Sid } from '../../nodes/zxid.ts'
import type { Roles } from '../sentence.ts'
import type { Stage } from './step.ts'

/** Who is who now. Made when asked for; nobody keeps it. */
export function rolesOf({ ensemble, view }: Pick<Stage, 'ensemble' | 'view'>): Roles {
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
  return {
    leader: () => ensemble.leader(),
    followers: () => learners('FOLLOWING'),
    observers: () => learners('OBSERVING'),
    all: () => ensemble.sids,
  }
}
