import type { Zxid } from '../zxid.ts'

interface Stale<Value> {
  readonly value: Value
  /** That of the node's latest outstanding change. */
  readonly zxid: Zxid
}

/**
 * What prep still believes of nodes although it is not so, until their latest outstanding change is applied. `applied`
 * is always the last transaction that is.
 *
 * Java: PrepRequestProcessor makes a change record for each node that it changes, a copy of the node's previous record
 * while that is outstanding. What one change does not write into its record, the next ones copy.
 */
export class StaleRecords<Value> {
  private readonly byPath = new Map<string, Stale<Value>>()

  /** Undefined where nothing is believed but what is so. */
  get(path: string, applied: Zxid): Value | undefined {
    if (this.byPath.size === 0) return undefined
    const stale = this.byPath.get(path)
    return stale === undefined || stale.zxid <= applied ? undefined : stale.value
  }

  set(path: string, value: Value, zxid: Zxid, applied: Zxid): void {
    for (const [other, stale] of this.byPath) if (stale.zxid <= applied) this.byPath.delete(other)
    this.byPath.set(path, Object.freeze({ value, zxid }))
  }

  /** Another change of this node at `zxid`. */
  changed(path: string, zxid: Zxid, applied: Zxid): void {
    const value = this.get(path, applied)
    if (value !== undefined) this.byPath.set(path, Object.freeze({ value, zxid }))
  }
}
