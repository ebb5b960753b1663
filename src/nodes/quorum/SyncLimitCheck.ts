import type { Micros } from '../Host.ts'
import type { Zxid } from '../zxid.ts'

/**
 * Notices a learner that answers pings but no proposals. It watches one outstanding proposal at a time, and remembers
 * the latest one sent since. Java: LearnerHandler.SyncLimitCheck
 */
export class SyncLimitCheck {
  private readonly limit: Micros
  private started = false
  private currentZxid: Zxid = 0
  private currentTime: Micros = 0
  private nextZxid: Zxid = 0
  private nextTime: Micros = 0

  constructor(limit: Micros) {
    this.limit = limit
  }

  start(): void {
    this.started = true
  }

  updateProposal(zxid: Zxid, now: Micros): void {
    if (!this.started) return
    if (this.currentTime === 0) {
      this.currentTime = now
      this.currentZxid = zxid
    } else {
      this.nextTime = now
      this.nextZxid = zxid
    }
  }

  updateAck(zxid: Zxid): void {
    if (zxid === this.currentZxid) {
      this.currentTime = this.nextTime
      this.currentZxid = this.nextZxid
      this.nextTime = 0
      this.nextZxid = 0
    } else if (zxid === this.nextZxid) {
      this.nextTime = 0
      this.nextZxid = 0
    }
  }

  /** Whether no watched proposal has waited longer than the limit. */
  check(now: Micros): boolean {
    return this.currentTime === 0 || now - this.currentTime < this.limit
  }
}
