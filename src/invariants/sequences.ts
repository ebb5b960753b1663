/**
 * Comparing histories by one entry. Ghost histories begin at the beginning of time and every entry is checked against
 * its predecessor when it is added, so equal entries at equal places have equal pasts.
 */
import type { AppendOnlyLog, LogView } from '../base/AppendOnlyLog.ts'
import type { Txn } from '../nodes/database/txns.ts'
import type { Zxid } from '../nodes/zxid.ts'
import { sameTxn } from './sameTxn.ts'

/** How many entries have a zxid of at most `zxid`. */
export function countUpTo(log: LogView<Txn>, zxid: Zxid): number {
  let low = 0
  let high = log.length
  if (high === 0 || log.at(high - 1).zxid <= zxid) return high
  while (low < high) {
    const middle = (low + high) >>> 1
    if (log.at(middle).zxid <= zxid) low = middle + 1
    else high = middle
  }
  return low
}

/** The entry with this zxid, if there is one. */
export function entryAt(log: LogView<Txn>, zxid: Zxid): Txn | undefined {
  const count = countUpTo(log, zxid)
  if (count === 0) return undefined
  const txn = log.at(count - 1)
  return txn.zxid === zxid ? txn : undefined
}

/** The first `length` entries agree. */
export function agreeUpTo(a: LogView<Txn>, b: LogView<Txn>, length: number): boolean {
  if (length === 0) return true
  return a.length >= length && b.length >= length && sameTxn(a.at(length - 1), b.at(length - 1))
}

export function isPrefix(a: LogView<Txn>, b: LogView<Txn>): boolean {
  return agreeUpTo(a, b, a.length)
}

/** How many entries from the beginning are common to both. */
export function commonLength(a: LogView<Txn>, b: LogView<Txn>): number {
  let high = Math.min(a.length, b.length)
  if (agreeUpTo(a, b, high)) return high
  let low = 0
  while (high - low > 1) {
    const middle = (low + high) >>> 1
    if (agreeUpTo(a, b, middle)) low = middle
    else high = middle
  }
  return low
}

/** A copy that ends with the last entry of at most `zxid`. */
export function cutAfter(log: AppendOnlyLog<Txn>, zxid: Zxid): AppendOnlyLog<Txn> {
  const copy = log.copy()
  copy.truncate(countUpTo(log, zxid))
  return copy
}
