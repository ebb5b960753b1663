import { begin, type Copy, finish, type TwoStep } from '../../base/forkable.ts'
import type { Dispatcher, TimerOwner } from '../Dispatcher.ts'
import type { SessionId } from '../database/txns.ts'
import { keeperErrors } from '../keeperErrors.ts'
import { MICROS_PER_MILLI } from '../PeerConfig.ts'
import type { SessionOwner } from '../processors/Request.ts'
import type { Sid } from '../zxid.ts'
import { type Expiring, ExpiryQueue, NEVER } from './ExpiryQueue.ts'
import type { SessionChecking } from './SessionTracking.ts'
import { initializeNextSessionId, printSessionId } from './sessionIds.ts'

/** Whoever closes a session that is due. Java: SessionTracker.SessionExpirer */
export interface SessionExpirer {
  expire(sessionId: SessionId): void
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

  constructor(sessionId: SessionId, timeout: number) {
    this.sessionId = sessionId
    this.timeout = timeout
  }

  [begin](): this {
    const copy = new Session(this.sessionId, this.timeout)
    copy.isClosing = this.isClosing
    copy.expiresAt = this.expiresAt
    return copy as this
  }

  [finish](into: this, copy: Copy): void {
    into.owner = copy(this.owner)
  }
}

const TIMER = 'sessionTracker'

/**
 * All sessions of the ensemble, and the clock that ends them: a session that nobody touches dies between its
 * timeout and one tick more. Runs on the leader and in standalone servers.
 *
 * Java: SessionTrackerImpl, and LeaderSessionTracker without local sessions. That thread sleeps until the
 * next bucket is due; here it is a timer.
 */
export class SessionTracker implements SessionChecking, TimerOwner {
  protected readonly sessionsById = new Map<SessionId, Session>()
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
  ) {
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
    this.dispatcher.clearTimer(TIMER)
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
    this.queue.update(session, timeout, this.nowMs())
    return known === undefined
  }

  touchSession(sessionId: SessionId, timeout: number): boolean {
    const session = this.sessionsById.get(sessionId)
    if (session === undefined || session.isClosing) return false
    this.queue.update(session, timeout, this.nowMs())
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
    if (session === undefined || session.isClosing) return keeperErrors.SESSIONEXPIRED.code
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

  isTrackingSession(sessionId: SessionId): boolean {
    return this.sessionsById.has(sessionId)
  }

  onTimer(): void {
    for (let due = this.queue.poll(this.nowMs()); due !== null; due = this.queue.poll(this.nowMs())) {
      for (const session of due) {
        this.setSessionClosing(session.sessionId)
        this.expirer.expire(session.sessionId)
      }
    }
    this.awaitNextBucket()
  }

  private awaitNextBucket(): void {
    const due = this.queue.nextExpirationTime * MICROS_PER_MILLI
    this.dispatcher.setTimer(TIMER, Math.max(1, due - this.dispatcher.host.now), this)
  }

  private nowMs(): number {
    return Math.floor(this.dispatcher.host.now / MICROS_PER_MILLI)
  }
}
