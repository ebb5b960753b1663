/** What the facts told about one epoch. */
import { AppendOnlyLog } from '../base/AppendOnlyLog.ts'
import type { Txn } from '../nodes/database/txns.ts'
import type { Epoch, Sid } from '../nodes/zxid.ts'

export class EpochGhost {
  readonly epoch: Epoch
  /** The first peer that a quorum accepted as its leader; -1 before. */
  leader: Sid = -1
  /** The leader's history then; the initial history of the epoch once it is established. */
  initial: AppendOnlyLog<Txn> | null = null
  established = false
  /** How many transactions were committed when it was established: its initial history may add some. */
  committedBefore = 0
  /** What the leader proposed, by counter - 1; null where a counter was left out. */
  readonly proposed = new AppendOnlyLog<Txn | null>()

  constructor(epoch: Epoch) {
    this.epoch = epoch
  }

  /** The proposal with this counter. */
  at(counter: number): Txn | undefined {
    return counter >= 1 && counter <= this.proposed.length
      ? (this.proposed.at(counter - 1) ?? undefined)
      : undefined
  }

  /** The entry at this place of the whole order that this epoch's leader stands for. */
  entry(place: number): Txn | undefined {
    const initial = this.initial
    if (initial === null) return undefined
    return place < initial.length ? initial.at(place) : this.at(place - initial.length + 1)
  }

  /** Where a proposal of this epoch belongs in the whole order. */
  placeOf(counter: number): number {
    return (this.initial?.length ?? 0) + counter - 1
  }

  note(counter: number, txn: Txn): void {
    if (counter <= this.proposed.length || counter > this.proposed.length + LARGEST_HOLE) return
    while (this.proposed.length < counter - 1) this.proposed.push(null)
    this.proposed.push(txn)
  }
}

/** Only a defect leaves counters out; a large hole is not worth its memory. */
const LARGEST_HOLE = 1_000
