import { assert } from './assert.ts'
import { type Copy, type Forkable, fork } from './forkable.ts'

/** A read-only view of a log: indices from 0 to `length - 1`. */
export interface LogView<T> {
  readonly length: number
  at(index: number): T
}

/**
 * A list that grows at its end and may be cut back, with a copy that costs O(1).
 *
 * Copies share one backing array. Each knows its own length and the array's owner is whoever last wrote past its end;
 * a copy that wants to write where another already wrote takes an array of its own first. Items must be frozen values,
 * since copies share them.
 */
export class AppendOnlyLog<T> implements LogView<T>, Forkable {
  private backing: { items: T[] }
  length: number

  constructor(items: readonly T[] = []) {
    this.backing = Object.freeze({ items: [...items] })
    this.length = items.length
  }

  at(index: number): T {
    assert(index >= 0 && index < this.length, 'a log is read inside its bounds')
    return this.backing.items[index] as T
  }

  get last(): T | undefined {
    return this.length === 0 ? undefined : this.backing.items[this.length - 1]
  }

  /** A copy that only follows where another went before, item by item, goes on sharing its array. */
  push(item: T): void {
    if (this.length < this.backing.items.length) {
      if (this.backing.items[this.length] === item) {
        this.length += 1
        return
      }
      this.takeOwnArray()
    }
    this.backing.items.push(item)
    this.length += 1
  }

  /** Keeps the first `length` items. The rest stay readable for copies made before. */
  truncate(length: number): void {
    assert(length >= 0 && length <= this.length, 'a log is only ever cut shorter')
    this.length = length
  }

  /** An O(1) copy that goes its own way from here. */
  copy(): AppendOnlyLog<T> {
    const copy: AppendOnlyLog<T> = Object.create(AppendOnlyLog.prototype)
    copy.backing = this.backing
    copy.length = this.length
    return copy
  }

  /** The two have one array between them. */
  sharesWith(other: AppendOnlyLog<T>): boolean {
    return this.backing === other.backing
  }

  toArray(): T[] {
    return this.backing.items.slice(0, this.length)
  }

  [fork](_copy: Copy): this {
    return this.copy() as this
  }

  private takeOwnArray(): void {
    this.backing = Object.freeze({ items: this.backing.items.slice(0, this.length) })
  }
}
