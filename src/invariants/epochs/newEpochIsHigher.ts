import { always } from '../invariant.ts'

export const newEpochIsHigher = always({
  code: 'E3',
  name: 'NewEpochIsHigher',
  says:
    'The epoch that a leader proposes is higher than the acceptedEpoch of each member of the quorum it heard, ' +
    'and it is itself one of them.',
  source: 'Zab 1.0, phase 1; ZOOKEEPER-1270, -1343',
  on: {
    epochProposed({ peer, epoch, from }, history, check) {
      check.exercised += 1
      for (const { sid, acceptedEpoch } of from) {
        if (acceptedEpoch < epoch) continue
        check.broken(
          [peer, sid],
          [],
          `${peer} proposed epoch ${epoch}, but ${sid} had accepted ${acceptedEpoch}`,
        )
      }
      if (!from.some(({ sid }) => sid === peer)) {
        check.broken([peer], [], `${peer} proposed epoch ${epoch} without counting its own acceptedEpoch`)
      }
      const own = history.peer(peer).acceptedEpoch
      if (own >= epoch) {
        check.broken([peer], [], `${peer} proposed epoch ${epoch}, but had accepted ${own} itself`)
      }
    },
  },
})
