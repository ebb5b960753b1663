import { begin, type Copy, finish, type TwoStep } from '../../base/forkable.ts'
import type { Dispatcher, TimerOwner } from '../Dispatcher.ts'
import type { SessionId } from '../database/txns.ts'
import type { TimerName } from '../Host.ts'
import { keeperErrors } from '../keeperErrors.ts'
import { MICROS_PER_MILLI } from '../PeerConfig.ts'
import type { SessionOwner } from '../processors/Request.ts'
import type { Sid } from '../zxid.ts'
import { type Expiring, ExpiryQueue, NEVER } from './ExpiryQueue.ts'
import type { SessionChecking } from './SessionTracking.ts'
import { initializeNextSessionId, printSessionId } from './sessionIds.ts'

/** Whoever closes a session that is due. Java: SessionTracker.SessionExpirer */
export interface SessionExpirer {
  /** `untouched`: milliseconds since somebody last heard of it. */
  expire(sessionId: SessionId, timeout: number, untouched: number): void
}

/** A session as the server that may expire it knows it. Java: SessionTrackerImpl.SessionImpl */
export class Session implements Expiring, TwoStep {
  readonly sessionId: SessionId
  /** Milliseconds. */
  readonly timeout: number
  isClosing = false
  /**
   * Null after its creation at the leader itself, and after every change of leader: the first to come claims
   * it.
   */
  owner: SessionOwner | null = null
  expiresAt = NEVER
  /** In milliseconds of the tracker's clock. */
  touchedAt = 0

  constructor(sessionId: SessionId, timeout: number) {
    this.sessionId = sessionId
    this.timeout = timeout
  }

  [begin](): this {
    const copy = new Session(this.sessionId, this.timeout)
    copy.isClosing = this.isClosing
    copy.expiresAt = this.expiresAt
    copy.touchedAt = this.touchedAt
    return copy as this
  }

  [finish](into: this, copy: Copy): void {
    into.owner = copy(this.owner)
  }
}

/**
 * Sessions, and the clock that ends them: a session that nobody touches dies between its timeout and one tick more. All
 * of the ensemble, on the leader and in standalone servers; or those that only this server knows.
 *
 * Java: SessionTrackerImpl, LocalSessionTracker. That thread sleeps until the next bucket is due; here it is a timer.
 * It knows of no other kind of session: to itself, all are global.
 */
export class SessionTracker implements SessionChecking, TimerOwner {
  protected readonly sessionsById = new Map<SessionId, Session>()
  private readonly timer: TimerName
  private readonly dispatcher: Dispatcher
  private readonly expirer: SessionExpirer
  private readonly queue: ExpiryQueue<Session>
  private nextSessionId: bigint

  /**
   * `sessions`: those known already, with their timeouts in milliseconds; each gets a full timeout from now.
   */
  constructor(
    dispatcher: Dispatcher,
    expirer: SessionExpirer,
    sessions: ReadonlyMap<SessionId, number>,
    tickTime: number,
    serverId: Sid,
    timer: TimerName = 'sessionTracker',
  ) {
    this.timer = timer
    this.dispatcher = dispatcher
    this.expirer = expirer
    this.queue = new ExpiryQueue(tickTime, this.nowMs())
    this.nextSessionId = initializeNextSessionId(serverId, this.nowMs())
    for (const [sessionId, timeout] of sessions) this.trackSession(sessionId, timeout)
  }

  start(): void {
    this.awaitNextBucket()
  }

  shutdown(): void {
    this.dispatcher.clearTimer(this.timer)
  }

  createSession(timeout: number): SessionId {
    const sessionId = printSessionId(this.nextSessionId)
    this.nextSessionId += 1n
    this.trackSession(sessionId, timeout)
    return sessionId
  }

  trackSession(sessionId: SessionId, timeout: number): boolean {
    const known = this.sessionsById.get(sessionId)
    const session = known ?? new Session(sessionId, timeout)
    if (known === undefined) this.sessionsById.set(sessionId, session)
    this.touch(session, timeout)
    return known === undefined
  }

  touchSession(sessionId: SessionId, timeout: number): boolean {
    const session = this.sessionsById.get(sessionId)
    if (session === undefined || session.isClosing) return false
    this.touch(session, timeout)
    return true
  }

  /** Nothing to do: it is tracked since prep saw it, and the database keeps the table of timeouts. */
  commitSession(_sessionId: SessionId, _timeout: number): void {}

  setSessionClosing(sessionId: SessionId): void {
    const session = this.sessionsById.get(sessionId)
    if (session !== undefined) session.isClosing = true
  }

  removeSession(sessionId: SessionId): void {
    const session = this.sessionsById.get(sessionId)
    if (session === undefined) return
    this.sessionsById.delete(sessionId)
    this.queue.remove(session)
  }

  checkSession(sessionId: SessionId, owner: SessionOwner | null): number {
    const session = this.sessionsById.get(sessionId)
    if (session === undefined) return keeperErrors.UNKNOWNSESSION.code
    if (session.isClosing) return keeperErrors.SESSIONEXPIRED.code
    if (session.owner === null) session.owner = owner
    else if (session.owner !== owner) return keeperErrors.SESSIONMOVED.code
    return keeperErrors.OK.code
  }

  setOwner(sessionId: SessionId, owner: SessionOwner | null): number {
    const session = this.sessionsById.get(sessionId)
    if (session === undefined || session.isClosing) return keeperErrors.SESSIONEXPIRED.code
    session.owner = owner
    return keeperErrors.OK.code
  }

  /** One that nobody knows has expired: it is no local one of another server. */
  checkGlobalSession(sessionId: SessionId, owner: SessionOwner | null): number {
    const err = this.checkSession(sessionId, owner)
    return err === keeperErrors.UNKNOWNSESSION.code ? keeperErrors.SESSIONEXPIRED.code : err
  }

  get globalSessionCount(): number {
    return this.sessionsById.size
  }

  get localSessionCount(): number {
    return 0
  }

  isLocalSession(_sessionId: SessionId): boolean {
    return false
  }

  isGlobalSession(sessionId: SessionId): boolean {
    return this.isTrackingSession(sessionId)
  }

  upgradeSession(_sessionId: SessionId): number {
    return -1
  }

  /** In milliseconds; undefined for a session it does not know. */
  timeoutOf(sessionId: SessionId): number | undefined {
    return this.sessionsById.get(sessionId)?.timeout
  }

  isTrackingSession(sessionId: SessionId): boolean {
    return this.sessionsById.has(sessionId)
  }

  onTimer(): void {
    for (let due = this.queue.poll(this.nowMs()); due !== null; due = this.queue.poll(this.nowMs())) {
      for (const session of due) {
        this.setSessionClosing(session.sessionId)
        this.expirer.expire(session.sessionId, session.timeout, this.nowMs() - session.touchedAt)
      }
    }
    this.awaitNextBucket()
  }

  private touch(session: Session, timeout: number): void {
    session.touchedAt = this.nowMs()
    this.queue.update(session, timeout, session.touchedAt)
  }

  private awaitNextBucket(): void {
    const due = this.queue.nextExpirationTime * MICROS_PER_MILLI
    this.dispatcher.setTimer(this.timer, Math.max(1, due - this.dispatcher.host.now), this)
  }

  private nowMs(): number {
    return Math.floor(this.dispatcher.host.now / MICROS_PER_MILLI)
  }
}
