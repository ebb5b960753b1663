import { assert } from '../base/assert.ts'

declare const brand: unique symbol

/**
 * A transaction id: epoch in the high 32 bits, counter in the low 32. Kept as a number, `epoch * 2^32 + counter`, which
 * is exact up to epoch 2^21. Java: ZxidUtils.
 */
export type Zxid = number & { readonly [brand]?: 'zxid' }
export type Epoch = number
/** A server's id (myid). */
export type Sid = number

const TWO_32 = 0x1_0000_0000
const MAX_EPOCH = 0x1f_ffff

/** The low half at which a leader gives up its epoch. Java: Leader.propose. */
export const MAX_COUNTER = 0xffff_ffff

/** No transaction at all: a fresh database. */
export const ZERO: Zxid = 0
/** "Data may be missing": a peer at this position neither votes nor adopts votes. Java: FileTxnSnapLog.restore */
export const UNKNOWN: Zxid = -1
/** What an observer puts where a voter puts its position. Java uses Long.MIN_VALUE. */
export const NONE = Number.MIN_SAFE_INTEGER

export function makeZxid(epoch: Epoch, counter: number): Zxid {
  assert(epoch >= 0 && epoch <= MAX_EPOCH, 'an epoch fits 21 bits')
  assert(counter >= 0 && counter <= MAX_COUNTER, 'a counter fits 32 bits')
  return epoch * TWO_32 + counter
}

export function epochOf(zxid: Zxid): Epoch {
  return Math.floor(zxid / TWO_32)
}

export function counterOf(zxid: Zxid): number {
  return zxid - Math.floor(zxid / TWO_32) * TWO_32
}

/** `2:17`, epoch and counter; `–` for positions that are none. */
export function printZxid(zxid: Zxid): string {
  if (zxid === NONE) return 'none'
  if (zxid === UNKNOWN) return 'unknown'
  return `${epochOf(zxid)}:${counterOf(zxid)}`
}

/** The name of log and snapshot files: lower-case hexadecimal, no prefix. Java: Util.makeLogName */
export function hexZxid(zxid: Zxid): string {
  return zxid.toString(16)
}
