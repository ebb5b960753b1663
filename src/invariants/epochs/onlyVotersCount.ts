import type { Sid } from '../../nodes/zxid.ts'
import type { History } from '../History.ts'
import { always, type Check } from '../invariant.ts'
import { printSids } from '../words.ts'

export const onlyVotersCount = always({
  code: 'E8',
  name: 'OnlyVotersCount',
  says: 'Elections, epochs, new leaders and proposals are decided by quorums of voters; observers never count.',
  source: 'ZOOKEEPER-769, -2959',
  on: {
    elected({ peer, supporters, fromLookers }, history, check) {
      if (fromLookers) decided(peer, 'concluded an election', supporters, history, check)
    },
    // Observers may have raised the epoch; they do not make the quorum.
    epochProposed({ peer, from }, history, check) {
      const voters = from.map(({ sid }) => sid).filter((sid) => history.membership.isVoter(sid))
      decided(peer, 'chose an epoch', voters, history, check)
    },
    epochAcked: ({ peer, by }, history, check) => decided(peer, 'began to synchronise', by, history, check),
    established: ({ peer, by }, history, check) => decided(peer, 'established itself', by, history, check),
    committed: ({ peer, by }, history, check) => decided(peer, 'committed', by, history, check),
  },
})

function decided(peer: Sid, deed: string, by: readonly Sid[], history: History, check: Check): void {
  check.exercised += 1
  const { membership } = history
  for (let i = 0; i < by.length; i += 1) {
    const sid = by[i] as Sid
    if (membership.isVoter(sid)) continue
    check.broken([peer, sid], [], `${peer} ${deed} and counted ${sid}, which does not vote`)
  }
  if (membership.containsQuorum(by)) return
  check.broken(
    [peer],
    [],
    `${peer} ${deed} with ${printSids(by)}, no quorum of ${printSids(membership.voters)}`,
  )
}
