import { always } from '../invariant.ts'

export const everyDiskBoots = always({
  code: 'D5',
  name: 'EveryDiskBoots',
  says: 'Whatever a crash leaves on the disk, the peer can start from it.',
  source: 'ZOOKEEPER-1653, -2033, -2307',
  on: {
    recovered(_fact, _history, check) {
      check.exercised += 1
    },
    refusedToStart({ peer, reason }, history, check) {
      // A server that a reconfig removed is not to come back.
      if (history.peer(peer).excused || history.membership.isOutside(peer)) return
      check.exercised += 1
      check.broken([peer], [], `${peer} refused to start: ${reason}`)
    },
  },
})
