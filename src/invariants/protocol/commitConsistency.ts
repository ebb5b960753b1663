import { type Epoch, epochOf, type Sid } from '../../nodes/zxid.ts'
import type { History } from '../History.ts'
import { always, type Check } from '../invariant.ts'
import { agreeUpTo, commonLength } from '../sequences.ts'
import { printTxn } from '../words.ts'

/** The epoch of the last transaction that each peer delivered. */
class Delivering {
  readonly epochs = new Map<Sid, Epoch>()
}

export const commitConsistency = always<Delivering>({
  code: 'P11',
  name: 'CommitConsistency',
  says: 'A peer that delivers in an epoch, or follows in its broadcast, has delivered its whole initial history first.',
  source: 'Remix I-9',
  start: () => new Delivering(),
  on: {
    delivered({ peer, txn }, history, check, state) {
      const epoch = epochOf(txn.zxid)
      if (state.epochs.get(peer) === epoch) return
      state.epochs.set(peer, epoch)
      hasInitialHistory(peer, epoch, history.peer(peer).applied.length - 1, history, check)
    },
    // Observers apply what they were sent after UPTODATE; followers before they acknowledge NEWLEADER.
    upToDate({ peer, epoch }, history, check) {
      if (history.membership.isObserver(peer)) return
      hasInitialHistory(peer, epoch, history.peer(peer).applied.length, history, check)
    },
  },
})

function hasInitialHistory(peer: Sid, epoch: Epoch, until: number, history: History, check: Check): void {
  const initial = history.epoch(epoch)?.initial
  if (initial === undefined || initial === null) return
  check.exercised += 1
  const { applied } = history.peer(peer)
  if (initial.length <= until && agreeUpTo(initial, applied, initial.length)) return
  const missing = initial.at(Math.min(commonLength(initial, applied), initial.length - 1))
  check.broken(
    [peer],
    [missing.zxid],
    `${peer} takes part in the broadcast of epoch ${epoch} without ${printTxn(missing)} of its initial history`,
  )
}
