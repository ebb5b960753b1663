import type { Cast } from '../cast.ts'
import type { Dispatcher } from '../Dispatcher.ts'
import type { SessionId } from '../database/txns.ts'
import { MICROS_PER_MILLI, type PeerConfig } from '../PeerConfig.ts'
import type { SessionOwner } from '../processors/Request.ts'
import type { SessionExpirer, SessionTracker } from './SessionTracker.ts'
import type { SessionTracking } from './SessionTracking.ts'

/** The server that a tracker works for. */
export interface TrackerHome extends SessionExpirer {
  readonly dispatcher: Dispatcher
  readonly config: PeerConfig
  readonly cast: Cast
}

/**
 * What servers of an ensemble have in common: beside the global sessions the local ones of their own clients, if those
 * are on, and the way from one to the other.
 *
 * Java: UpgradeableSessionTracker, LocalSessionTracker
 */
export abstract class UpgradeableSessionTracker implements SessionTracking {
  /** Null where all sessions are global. */
  protected readonly local: SessionTracker | null
  /** No longer local, and not yet committed as global. */
  protected readonly upgrading = new Set<SessionId>()

  constructor(home: TrackerHome) {
    const { config, dispatcher, cast } = home
    this.local = config.localSessionsEnabled
      ? new cast.SessionTracker(dispatcher, home, new Map(), config.tickTime, config.myid, 'localSessions')
      : null
  }

  abstract readonly globalSessionCount: number
  abstract createSession(timeout: number): SessionId
  abstract trackSession(sessionId: SessionId, timeout: number): boolean
  abstract touchSession(sessionId: SessionId, timeout: number): boolean
  abstract checkSession(sessionId: SessionId, owner: SessionOwner | null): number
  abstract checkGlobalSession(sessionId: SessionId, owner: SessionOwner | null): number
  abstract setOwner(sessionId: SessionId, owner: SessionOwner | null): number
  abstract isGlobalSession(sessionId: SessionId): boolean

  get localSessionCount(): number {
    return this.local?.globalSessionCount ?? 0
  }

  start(): void {
    this.local?.start()
  }

  shutdown(): void {
    this.local?.shutdown()
  }

  isLocalSession(sessionId: SessionId): boolean {
    return this.local?.isTrackingSession(sessionId) ?? false
  }

  setSessionClosing(sessionId: SessionId): void {
    this.local?.setSessionClosing(sessionId)
  }

  removeSession(sessionId: SessionId): void {
    this.local?.removeSession(sessionId)
  }

  /** Wherever the session was local it is so no more. */
  commitSession(sessionId: SessionId, _timeout: number): void {
    if (this.local === null) return
    this.local.removeSession(sessionId)
    this.upgrading.delete(sessionId)
  }

  upgradeSession(sessionId: SessionId): number {
    const timeout = this.local?.timeoutOf(sessionId)
    if (timeout === undefined) return -1
    this.trackSession(sessionId, timeout)
    this.upgrading.add(sessionId)
    this.local?.removeSession(sessionId)
    return timeout
  }
}

/** The monotonic clock as sessions see it. */
export function nowMs(dispatcher: Dispatcher): number {
  return Math.floor(dispatcher.host.now / MICROS_PER_MILLI)
}
