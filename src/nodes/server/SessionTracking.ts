import type { SessionId } from '../database/txns.ts'
import type { SessionOwner } from '../processors/Request.ts'

/**
 * What a server asks of whoever knows its sessions. Refusals are codes of KeeperException, 0 for none.
 *
 * A session is global: every server knows it, the leader lets it expire; or local: only the server of its client does
 * either. Java: SessionTracker, UpgradeableSessionTracker
 */
export interface SessionTracking {
  readonly globalSessionCount: number
  readonly localSessionCount: number
  start(): void
  shutdown(): void
  /** A new id. `timeout` in milliseconds. */
  createSession(timeout: number): SessionId
  /** @returns whether the session is new here. */
  trackSession(sessionId: SessionId, timeout: number): boolean
  /** @returns false when the session is unknown or closing. */
  touchSession(sessionId: SessionId, timeout: number): boolean
  /** Its createSession was committed. */
  commitSession(sessionId: SessionId, timeout: number): void
  setSessionClosing(sessionId: SessionId): void
  removeSession(sessionId: SessionId): void
  /** Whether `owner` may speak for the session; one that has no owner yet is claimed. */
  checkSession(sessionId: SessionId, owner: SessionOwner | null): number
  /** The same, where only a global session will do. */
  checkGlobalSession(sessionId: SessionId, owner: SessionOwner | null): number
  setOwner(sessionId: SessionId, owner: SessionOwner | null): number
  isLocalSession(sessionId: SessionId): boolean
  isGlobalSession(sessionId: SessionId): boolean
  /** A local session is on its way to be a global one. @returns its timeout in milliseconds; -1 for no local session. */
  upgradeSession(sessionId: SessionId): number
}

/** As prep sees it. */
export type SessionChecking = SessionTracking
