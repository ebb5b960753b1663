/** What an ExpiryQueue may hold: it keeps its own bucket. */
export interface Expiring {
  /** The bucket it is in, in milliseconds; NEVER outside of any queue. Written by the queue alone. */
  expiresAt: number
}

export const NEVER = -1

/**
 * Elements in buckets of equal width by the time at which they expire, rounded up: what is due expires a
 * bucket at a time.
 *
 * Java: ExpiryQueue. There a map says in which bucket an element is; here the element does, so that the usual
 * touch (same bucket as before) costs two comparisons. Times are milliseconds of a monotonic clock.
 */
export class ExpiryQueue<E extends Expiring> {
  /** When the next bucket is due. */
  nextExpirationTime: number
  private readonly interval: number
  private readonly buckets = new Map<number, Set<E>>()

  constructor(interval: number, now: number) {
    this.interval = interval
    this.nextExpirationTime = this.roundToNextInterval(now)
  }

  /** Moves an element to the bucket of `now + timeout`. */
  update(element: E, timeout: number, now: number): void {
    const expiresAt = this.roundToNextInterval(now + timeout)
    if (expiresAt === element.expiresAt) return
    this.remove(element)
    element.expiresAt = expiresAt
    const bucket = this.buckets.get(expiresAt)
    if (bucket === undefined) this.buckets.set(expiresAt, new Set([element]))
    else bucket.add(element)
  }

  remove(element: E): void {
    this.buckets.get(element.expiresAt)?.delete(element)
    element.expiresAt = NEVER
  }

  /**
   * The elements of the next bucket that is due, in the order in which they came into it; null when none is
   * due.
   */
  poll(now: number): readonly E[] | null {
    if (now < this.nextExpirationTime) return null
    const due = this.buckets.get(this.nextExpirationTime)
    this.buckets.delete(this.nextExpirationTime)
    this.nextExpirationTime += this.interval
    if (due === undefined) return NOTHING
    const elements = [...due]
    for (const element of elements) element.expiresAt = NEVER
    return elements
  }

  private roundToNextInterval(time: number): number {
    return (Math.floor(time / this.interval) + 1) * this.interval
  }
}

const NOTHING: readonly never[] = Object.freeze([])
