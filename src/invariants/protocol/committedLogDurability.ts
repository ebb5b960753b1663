import type { LogView } from '../../base/AppendOnlyLog.ts'
import type { Txn } from '../../nodes/database/txns.ts'
import { epochOf, type Sid } from '../../nodes/zxid.ts'
import type { History } from '../History.ts'
import { always, type Check } from '../invariant.ts'
import { sameTxn } from '../sameTxn.ts'
import { commonLength } from '../sequences.ts'
import { printTxn } from '../words.ts'

export const committedLogDurability = always({
  code: 'P15',
  name: 'CommittedLogDurability',
  says:
    'No synchronisation takes a committed transaction away from a peer that has it, ' +
    'unless a quorum has it without that peer and its leader sends it again.',
  source: 'ZkV3_7_0.tla test specification, committedLogDurability',
  on: {
    truncated({ peer }, history, check) {
      const ghost = history.peer(peer)
      keeps(peer, ghost.before, ghost.history, history, check)
    },
    snapshotReceived({ peer }, history, check) {
      const ghost = history.peer(peer)
      keeps(peer, ghost.before, ghost.applied, history, check)
    },
  },
})

function keeps(peer: Sid, before: LogView<Txn>, after: LogView<Txn>, history: History, check: Check): void {
  check.exercised += 1
  const held = commonLength(before, history.committed)
  const kept = commonLength(after, history.committed)
  if (kept >= held) return
  const lost = history.committed.at(kept)
  // Its own leader sends it again, and it was committed without this peer.
  if (epochOf(lost.zxid) === history.peer(peer).syncEpoch && isHeldByOthers(peer, lost, kept, history)) return
  check.broken(
    [peer],
    [lost.zxid],
    `the synchronisation took ${printTxn(lost)} from ${peer}, which is committed`,
  )
}

function isHeldByOthers(peer: Sid, txn: Txn, place: number, history: History): boolean {
  const holders = history.membership.voters.filter((sid) => {
    const ghost = history.peer(sid)
    return sid !== peer && place < ghost.durable && sameTxn(ghost.history.at(place), txn)
  })
  return history.membership.containsQuorum(holders)
}
