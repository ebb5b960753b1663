import { AppendOnlyLog, type LogView } from '../../base/AppendOnlyLog.ts'
import type { Zxid } from '../zxid.ts'
import type { Txn } from './txns.ts'

/**
 * The last committed transactions in memory, oldest first: a window that moves with each `add`. Java: committedLog of
 * ZKDatabase, an ArrayDeque.
 */
export class CommittedLog implements LogView<Txn> {
  private readonly limit: number
  /** The window is its end, from `head` on; what is before waits to be dropped, so that dropping costs nothing. */
  private log = new AppendOnlyLog<Txn>()
  private head = 0

  constructor(limit: number) {
    this.limit = limit
  }

  get length(): number {
    return this.log.length - this.head
  }

  at(index: number): Txn {
    return this.log.at(this.head + index)
  }

  get first(): Txn | undefined {
    return this.length === 0 ? undefined : this.log.at(this.head)
  }

  get last(): Txn | undefined {
    return this.length === 0 ? undefined : this.log.last
  }

  add(txn: Txn): void {
    this.log.push(txn)
    if (this.length > this.limit) this.head += 1
    if (this.head > this.limit + SLACK) {
      this.log = new AppendOnlyLog(this.log.toArray().slice(this.head))
      this.head = 0
    }
  }

  /** The index of the first transaction at or behind a zxid; `length` where there is none. */
  indexOf(zxid: Zxid): number {
    let from = 0
    let to = this.length
    while (from < to) {
      const middle = (from + to) >>> 1
      if (this.at(middle).zxid < zxid) from = middle + 1
      else to = middle
    }
    return from
  }

  clear(): void {
    this.log = new AppendOnlyLog()
    this.head = 0
  }
}

const SLACK = 500
