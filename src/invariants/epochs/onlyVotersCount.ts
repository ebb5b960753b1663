import type { Sid } from '../../nodes/zxid.ts'
import type { Electorate } from '../Electorate.ts'
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
      if (!fromLookers) return
      decided(peer, 'concluded an election', supporters, history.membership.decidingFor(peer), history, check)
    },
    // Observers may have raised the epoch; they do not make the quorum.
    epochProposed({ peer, from }, history, check) {
      const active = history.membership.activeOf(peer)
      const voters = from.map(({ sid }) => sid).filter((sid) => active.isVoter(sid))
      decided(peer, 'chose an epoch', voters, [active], history, check)
    },
    epochAcked({ peer, by }, history, check) {
      decided(peer, 'began to synchronise', by, [history.membership.activeOf(peer)], history, check)
    },
    established({ peer, by }, history, check) {
      decided(peer, 'established itself', by, history.membership.decidingFor(peer), history, check)
    },
    // What was proposed before a reconfig was, does not need the quorum of what the reconfig makes.
    committed({ peer, txn, by }, history, check) {
      const deciding = history.membership.decidingFor(peer)
      const last = deciding[deciding.length - 1] as Electorate
      const electorates = last.version > txn.zxid ? deciding.slice(0, -1) : deciding
      decided(peer, 'committed', by, electorates, history, check)
    },
  },
})

function decided(
  peer: Sid,
  deed: string,
  by: readonly Sid[],
  electorates: readonly Electorate[],
  history: History,
  check: Check,
): void {
  check.exercised += 1
  for (let i = 0; i < by.length; i += 1) {
    const sid = by[i] as Sid
    if (history.membership.mayCountFor(peer, sid)) continue
    check.broken([peer, sid], [], `${peer} ${deed} and counted ${sid}, which does not vote`)
  }
  for (const electorate of electorates) {
    if (electorate.containsQuorum(by)) continue
    check.broken(
      [peer],
      [],
      `${peer} ${deed} with ${printSids(by)}, no quorum of ${printSids(electorate.voters)}`,
    )
  }
}
