import type { Epoch, Sid } from '../../nodes/zxid.ts'
import type { History } from '../History.ts'
import { always, type Check } from '../invariant.ts'

interface Promised {
  epoch: Epoch
  leader: Sid
  wipes: number
}

class Promises {
  readonly last = new Map<Sid, Promised>()

  promise(peer: Sid, leader: Sid, epoch: Epoch, history: History, check: Check): void {
    check.exercised += 1
    const { wipes } = history.peer(peer)
    const last = this.last.get(peer)
    if (last !== undefined && last.wipes === wipes) {
      if (epoch < last.epoch || (epoch === last.epoch && leader !== last.leader)) {
        check.broken(
          [peer, leader, last.leader],
          [],
          `${peer} promised epoch ${epoch} to ${leader} after it had promised epoch ${last.epoch} to ${last.leader}`,
        )
      }
      if (epoch < last.epoch) return
    }
    this.last.set(peer, { epoch, leader, wipes })
  }
}

export const onePromiseAnEpoch = always<Promises>({
  code: 'E2',
  name: 'OnePromiseAnEpoch',
  says:
    'A peer promises an epoch, by ACKEPOCH or by proposing it, to one leader only, ' +
    'never one below its acceptedEpoch, and has it on disk when it answers.',
  source: 'Zab 1.0, phase 1. An ACKEPOCH with currentEpoch -1 promises nothing: no leader counts it.',
  start: () => new Promises(),
  on: {
    ackedEpoch({ peer, leader, epoch, currentEpoch }, history, check, state) {
      const { acceptedEpoch } = history.peer(peer)
      if (acceptedEpoch !== epoch) {
        check.broken(
          [peer, leader],
          [],
          `${peer} accepted epoch ${epoch} of ${leader} while its acceptedEpoch on disk was ${acceptedEpoch}`,
        )
      }
      if (currentEpoch !== -1) state.promise(peer, leader, epoch, history, check)
    },
    epochProposed: ({ peer, epoch }, history, check, state) =>
      state.promise(peer, peer, epoch, history, check),
  },
})
