import type { Epoch, Sid } from '../../nodes/zxid.ts'
import type { History } from '../History.ts'
import { always, type Check } from '../invariant.ts'

interface Epochs {
  accepted: Epoch
  current: Epoch
  wipes: number
}

class Written {
  readonly epochs = new Map<Sid, Epochs>()

  of(peer: Sid, history: History): Epochs {
    const { wipes } = history.peer(peer)
    let known = this.epochs.get(peer)
    if (known === undefined || known.wipes !== wipes) {
      known = { accepted: -1, current: -1, wipes }
      this.epochs.set(peer, known)
    }
    return known
  }
}

export const epochsNeverDecrease = always<Written>({
  code: 'E1',
  name: 'EpochsNeverDecrease',
  says: "A peer's acceptedEpoch and currentEpoch on disk never decrease, and the accepted one is never the lower.",
  source: 'Zab 1.0; ZOOKEEPER-335, -1653, -2307',
  start: () => new Written(),
  on: {
    acceptedEpochWritten({ peer, epoch }, history, check, state) {
      const known = state.of(peer, history)
      if (epoch < known.accepted) {
        check.broken([peer], [], `${peer} wrote acceptedEpoch ${epoch} over ${known.accepted}`)
      }
      known.accepted = epoch
      inOrder(peer, known, check)
    },
    currentEpochWritten({ peer, epoch }, history, check, state) {
      const known = state.of(peer, history)
      if (epoch < known.current) {
        check.broken([peer], [], `${peer} wrote currentEpoch ${epoch} over ${known.current}`)
      }
      known.current = epoch
      inOrder(peer, known, check)
    },
    // A write may have reached the disk without the process living to tell, so more than was told is fine.
    recovered({ peer, acceptedEpoch, currentEpoch }, history, check, state) {
      const known = state.of(peer, history)
      if (!history.peer(peer).excused && (acceptedEpoch < known.accepted || currentEpoch < known.current)) {
        check.broken(
          [peer],
          [],
          `${peer} had written acceptedEpoch ${known.accepted} and currentEpoch ${known.current} ` +
            `and found ${acceptedEpoch} and ${currentEpoch} when it started`,
        )
      }
      known.accepted = acceptedEpoch
      known.current = currentEpoch
      inOrder(peer, known, check)
    },
  },
})

function inOrder(peer: Sid, { accepted, current }: Epochs, check: Check): void {
  check.exercised += 1
  if (accepted === -1 || current <= accepted) return
  check.broken([peer], [], `${peer} has currentEpoch ${current} above acceptedEpoch ${accepted}`)
}
