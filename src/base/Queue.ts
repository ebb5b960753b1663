import { type Copy, type Forkable, fork } from './forkable.ts'

/** The ring of a queue that was never filled: most never are. */
const NO_RING: undefined[] = Object.freeze([]) as never

/**
 * A first-in first-out queue: a ring that grows and never shrinks, so that a queue which is filled and emptied all the
 * time allocates nothing.
 */
export class Queue<T> implements Forkable {
  /** A power of two long, or empty. */
  private ring: (T | undefined)[] = NO_RING
  private head = 0
  private count = 0

  get length(): number {
    return this.count
  }

  get first(): T | undefined {
    return this.ring[this.head]
  }

  push(item: T): void {
    if (this.count === this.ring.length) this.grow()
    this.ring[(this.head + this.count) & (this.ring.length - 1)] = item
    this.count += 1
  }

  shift(): T | undefined {
    if (this.count === 0) return undefined
    const { ring, head } = this
    const item = ring[head]
    ring[head] = undefined
    this.head = (head + 1) & (ring.length - 1)
    this.count -= 1
    return item
  }

  clear(): void {
    this.ring = NO_RING
    this.head = 0
    this.count = 0
  }

  /** First to last. */
  toArray(): T[] {
    const items: T[] = []
    for (let i = 0; i < this.count; i += 1) items.push(this.at(i))
    return items
  }

  [fork](copy: Copy): this {
    const other = new Queue<T>()
    for (let i = 0; i < this.count; i += 1) other.push(copy(this.at(i)))
    return other as this
  }

  private at(index: number): T {
    return this.ring[(this.head + index) & (this.ring.length - 1)] as T
  }

  private grow(): void {
    const items: (T | undefined)[] =
      this.count === 0 ? [undefined, undefined, undefined, undefined] : this.toArray()
    for (let i = 0; i < this.count; i += 1) items.push(undefined)
    this.ring = items
    this.head = 0
  }
}
