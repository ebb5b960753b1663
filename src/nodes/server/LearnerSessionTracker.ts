import type { SessionId } from '../database/txns.ts'
import { keeperErrors } from '../keeperErrors.ts'
import type { SessionOwner } from '../processors/Request.ts'
import { initializeNextSessionId, printSessionId } from './sessionIds.ts'
import { nowMs, type TrackerHome, UpgradeableSessionTracker } from './UpgradeableSessionTracker.ts'

const { OK, SESSIONEXPIRED, UNKNOWNSESSION } = keeperErrors

/**
 * A learner's view of sessions: it cannot let a global one expire, so every touch of one succeeds and is remembered
 * until the leader asks for it with its next PING.
 *
 * Java: LearnerSessionTracker
 */
export class LearnerSessionTracker extends UpgradeableSessionTracker {
  private touchTable = new Map<SessionId, number>()
  private nextSessionId: bigint
  /** The database's own table: it goes with what is committed. */
  private readonly globalSessions: ReadonlyMap<SessionId, number>

  constructor(home: TrackerHome, globalSessions: ReadonlyMap<SessionId, number>) {
    super(home)
    this.globalSessions = globalSessions
    this.nextSessionId = initializeNextSessionId(home.config.myid, nowMs(home.dispatcher))
  }

  override get globalSessionCount(): number {
    return this.globalSessions.size
  }

  override createSession(timeout: number): SessionId {
    if (this.local !== null) return this.local.createSession(timeout)
    const sessionId = printSessionId(this.nextSessionId)
    this.nextSessionId += 1n
    return sessionId
  }

  /** The leader does. */
  override trackSession(_sessionId: SessionId, _timeout: number): boolean {
    return false
  }

  override touchSession(sessionId: SessionId, timeout: number): boolean {
    if (this.local !== null) {
      if (this.local.touchSession(sessionId, timeout)) return true
      if (!this.isGlobalSession(sessionId) && !this.upgrading.has(sessionId)) return false
    }
    this.touchTable.set(sessionId, timeout)
    return true
  }

  override commitSession(sessionId: SessionId, timeout: number): void {
    super.commitSession(sessionId, timeout)
    this.touchTable.set(sessionId, timeout)
  }

  override removeSession(sessionId: SessionId): void {
    super.removeSession(sessionId)
    this.touchTable.delete(sessionId)
  }

  override isGlobalSession(sessionId: SessionId): boolean {
    return this.globalSessions.has(sessionId)
  }

  /** What is not local is the leader's to judge. */
  override checkSession(sessionId: SessionId, owner: SessionOwner | null): number {
    if (this.local === null) return OK.code
    const err = this.local.checkSession(sessionId, owner)
    if (err !== UNKNOWNSESSION.code) return err
    return this.isGlobalSession(sessionId) ? OK.code : SESSIONEXPIRED.code
  }

  override checkGlobalSession(_sessionId: SessionId, _owner: SessionOwner | null): number {
    return OK.code
  }

  override setOwner(sessionId: SessionId, owner: SessionOwner | null): number {
    if (this.local === null) return OK.code
    const err = this.local.setOwner(sessionId, owner)
    return err !== OK.code && this.isGlobalSession(sessionId) ? OK.code : err
  }

  /** The sessions touched since the last call, with their timeouts in milliseconds. Java: snapshot */
  takeTouchTable(): readonly (readonly [SessionId, number])[] {
    const touched: (readonly [SessionId, number])[] = []
    for (const entry of this.touchTable) touched.push(Object.freeze(entry))
    this.touchTable.clear()
    return Object.freeze(touched)
  }
}
