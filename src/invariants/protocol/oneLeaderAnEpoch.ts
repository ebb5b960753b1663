import { always } from '../invariant.ts'

export const oneLeaderAnEpoch = always({
  code: 'P2',
  name: 'OneLeaderAnEpoch',
  says: 'Over the whole run an epoch has at most one leader.',
  source: 'Zab.tla, Leadership2',
  on: {
    synchronizing({ peer, epoch }, history, check) {
      check.exercised += 1
      const first = history.epoch(epoch)?.leader
      if (first === undefined || first === peer) return
      check.broken([peer, first], [], `${peer} leads epoch ${epoch}, which ${first} led before`)
    },
  },
})
