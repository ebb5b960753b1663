import type { SessionId } from '../database/txns.ts'
import { keeperErrors } from '../keeperErrors.ts'
import type { SessionOwner } from '../processors/Request.ts'
import type { Sid } from '../zxid.ts'
import type { SessionTracker } from './SessionTracker.ts'
import { serverOfSession } from './sessionIds.ts'
import { type TrackerHome, UpgradeableSessionTracker } from './UpgradeableSessionTracker.ts'

const { OK, SESSIONEXPIRED, UNKNOWNSESSION } = keeperErrors

/**
 * The sessions of the ensemble, which it alone lets expire, and the local ones of its own clients. Java:
 * LeaderSessionTracker
 */
export class LeaderSessionTracker extends UpgradeableSessionTracker {
  private readonly global: SessionTracker
  private readonly serverId: Sid

  /** `sessions`: those known already, with their timeouts in milliseconds; each gets a full timeout from now. */
  constructor(home: TrackerHome, sessions: ReadonlyMap<SessionId, number>) {
    super(home)
    const { config, dispatcher, cast } = home
    this.serverId = config.myid
    this.global = new cast.SessionTracker(dispatcher, home, sessions, config.tickTime, config.myid)
  }

  override get globalSessionCount(): number {
    return this.global.globalSessionCount
  }

  override start(): void {
    this.global.start()
    super.start()
  }

  override shutdown(): void {
    super.shutdown()
    this.global.shutdown()
  }

  override createSession(timeout: number): SessionId {
    return (this.local ?? this.global).createSession(timeout)
  }

  override trackSession(sessionId: SessionId, timeout: number): boolean {
    return this.global.trackSession(sessionId, timeout)
  }

  override touchSession(sessionId: SessionId, timeout: number): boolean {
    if (this.local?.touchSession(sessionId, timeout) === true) return true
    return this.global.touchSession(sessionId, timeout)
  }

  override commitSession(sessionId: SessionId, timeout: number): void {
    this.global.commitSession(sessionId, timeout)
    super.commitSession(sessionId, timeout)
  }

  override setSessionClosing(sessionId: SessionId): void {
    super.setSessionClosing(sessionId)
    this.global.setSessionClosing(sessionId)
  }

  override removeSession(sessionId: SessionId): void {
    super.removeSession(sessionId)
    this.global.removeSession(sessionId)
  }

  override isGlobalSession(sessionId: SessionId): boolean {
    return this.global.isTrackingSession(sessionId)
  }

  /** A session that nobody here knows may be a local one of another server, if its id is. */
  override checkSession(sessionId: SessionId, owner: SessionOwner | null): number {
    if (this.local !== null) {
      const err = this.local.checkSession(sessionId, owner)
      if (err !== OK.code && err !== UNKNOWNSESSION.code) return err
      // While it is upgraded it may be both.
      if (err === OK.code && !this.isGlobalSession(sessionId)) return err
    }
    const err = this.global.checkSession(sessionId, owner)
    if (err !== UNKNOWNSESSION.code) return err
    const isOfAnother = this.local !== null && serverOfSession(sessionId) !== this.serverId
    return isOfAnother ? OK.code : SESSIONEXPIRED.code
  }

  override checkGlobalSession(sessionId: SessionId, owner: SessionOwner | null): number {
    return this.global.checkGlobalSession(sessionId, owner)
  }

  override setOwner(sessionId: SessionId, owner: SessionOwner | null): number {
    if (this.local?.setOwner(sessionId, owner) === OK.code) return OK.code
    return this.global.setOwner(sessionId, owner)
  }
}
