import { type Copy, type Forkable, fork } from '../../base/forkable.ts'
import type { Micros } from '../../nodes/Host.ts'

/** What wall clocks show at true time 0: the first second of 2020, UTC. */
export const WALL_CLOCK_START: Micros = 1_577_836_800_000_000

/**
 * The clocks of one machine. The monotonic one may be ahead of true time by an offset and run fast or slow; the wall
 * clock follows it at a distance that can jump either way.
 *
 * Integers throughout. Whole seconds and the rest are multiplied apart, so that no product leaves the safe range.
 */
export class Clock implements Forkable {
  /** Parts per million by which this clock runs fast (slow, if negative). */
  private ppm = 0
  /** At true time `since` the monotonic clock showed `base`. */
  private since: Micros = 0
  private base: Micros = 0
  private wallOffset: Micros = WALL_CLOCK_START

  get drift(): number {
    return this.ppm
  }

  [fork](_copy: Copy): this {
    const copy = new Clock()
    copy.ppm = this.ppm
    copy.since = this.since
    copy.base = this.base
    copy.wallOffset = this.wallOffset
    return copy as this
  }

  monotonic(trueTime: Micros): Micros {
    const elapsed = trueTime - this.since
    if (this.ppm === 0) return this.base + elapsed
    const seconds = Math.floor(elapsed / 1_000_000)
    const rest = elapsed - seconds * 1_000_000
    return this.base + elapsed + seconds * this.ppm + Math.floor((rest * this.ppm) / 1_000_000)
  }

  wall(trueTime: Micros): Micros {
    return this.monotonic(trueTime) + this.wallOffset
  }

  /** The first true time, not before `now`, at which the monotonic clock shows at least `reading`. */
  trueTimeOf(reading: Micros, now: Micros): Micros {
    const ahead = reading - this.base
    if (ahead <= 0) return now
    let time = this.since + ahead
    if (this.ppm !== 0) {
      const rate = 1_000_000 + this.ppm
      const seconds = Math.floor(ahead / rate)
      const rest = ahead - seconds * rate
      time = this.since + seconds * 1_000_000 + Math.ceil((rest * 1_000_000) / rate)
    }
    return time < now ? now : time
  }

  /** From `now` on this clock runs fast by `ppm` parts per million; what it shows does not jump. */
  setDrift(ppm: number, now: Micros): void {
    this.base = this.monotonic(now)
    this.since = now
    this.ppm = ppm
  }

  /** Sets the monotonic clock forward. It never goes back. */
  advance(by: Micros): void {
    this.base += by
  }

  /** The wall clock jumps; timers do not notice. */
  jump(by: Micros): void {
    this.wallOffset += by
  }

  copy(): Clock {
    const copy = new Clock()
    copy.ppm = this.ppm
    copy.since = this.since
    copy.base = this.base
    copy.wallOffset = this.wallOffset
    return copy
  }
}
