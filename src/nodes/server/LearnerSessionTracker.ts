import type { SessionId } from '../database/txns.ts'
import type { Sid } from '../zxid.ts'
import type { SessionTracking } from './SessionTracking.ts'
import { initializeNextSessionId, printSessionId } from './sessionIds.ts'

/**
 * A learner's view of sessions: it cannot expire any, so every touch succeeds and is remembered until the
 * leader asks for it with its next PING.
 *
 * Java: LearnerSessionTracker without local sessions. Its table of timeouts is the database's.
 */
export class LearnerSessionTracker implements SessionTracking {
  private touchTable = new Map<SessionId, number>()
  private nextSessionId: bigint

  constructor(serverId: Sid, nowMs: number) {
    this.nextSessionId = initializeNextSessionId(serverId, nowMs)
  }

  start(): void {}
  shutdown(): void {}

  createSession(_timeout: number): SessionId {
    const sessionId = printSessionId(this.nextSessionId)
    this.nextSessionId += 1n
    return sessionId
  }

  touchSession(sessionId: SessionId, timeout: number): boolean {
    this.touchTable.set(sessionId, timeout)
    return true
  }

  commitSession(sessionId: SessionId, timeout: number): void {
    this.touchTable.set(sessionId, timeout)
  }

  removeSession(sessionId: SessionId): void {
    this.touchTable.delete(sessionId)
  }

  /** The sessions touched since the last call, with their timeouts in milliseconds. Java: snapshot */
  takeTouchTable(): readonly (readonly [SessionId, number])[] {
    const touched: (readonly [SessionId, number])[] = []
    for (const entry of this.touchTable) touched.push(Object.freeze(entry))
    this.touchTable.clear()
    return Object.freeze(touched)
  }
}
