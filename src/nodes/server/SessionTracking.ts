import type { SessionId } from '../database/txns.ts'
import type { SessionOwner } from '../processors/Request.ts'

/**
 * What a server asks of whoever knows its sessions: SessionTracker where sessions expire (leader,
 * standalone), LearnerSessionTracker elsewhere. Refusals are codes of KeeperException, 0 for none. Java:
 * SessionTracker
 */
export interface SessionTracking {
  start(): void
  shutdown(): void
  /** A new id. `timeout` in milliseconds. */
  createSession(timeout: number): SessionId
  /** @returns false when the session is unknown or closing. */
  touchSession(sessionId: SessionId, timeout: number): boolean
  /** Its createSession was committed. */
  commitSession(sessionId: SessionId, timeout: number): void
  removeSession(sessionId: SessionId): void
}

/** What prep asks in addition, so only of a SessionTracker. */
export interface SessionChecking extends SessionTracking {
  /** @returns whether the session is new here. */
  trackSession(sessionId: SessionId, timeout: number): boolean
  setSessionClosing(sessionId: SessionId): void
  /** Whether `owner` may speak for the session; one that has no owner yet is claimed. */
  checkSession(sessionId: SessionId, owner: SessionOwner | null): number
  setOwner(sessionId: SessionId, owner: SessionOwner | null): number
}
