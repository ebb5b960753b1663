import type { SessionId } from '../database/txns.ts'
import { keeperErrors } from '../keeperErrors.ts'
import { AckRequestProcessor } from '../processors/AckRequestProcessor.ts'
import type { CommitProcessor } from '../processors/CommitProcessor.ts'
import { LeaderRequestProcessor } from '../processors/LeaderRequestProcessor.ts'
import type { PrepRequestProcessor } from '../processors/PrepRequestProcessor.ts'
import { ProposalRequestProcessor } from '../processors/ProposalRequestProcessor.ts'
import type { Request, SessionOwner } from '../processors/Request.ts'
import { ToBeAppliedRequestProcessor } from '../processors/ToBeAppliedRequestProcessor.ts'
import type { Leader } from '../quorum/Leader.ts'
import type { LearnerHandler } from '../quorum/LearnerHandler.ts'
import type { ContainerManager } from './ContainerManager.ts'
import { LeaderSessionTracker } from './LeaderSessionTracker.ts'
import { QuorumZooKeeperServer } from './QuorumZooKeeperServer.ts'
import type { ServerCnxn } from './ServerCnxn.ts'
import type { ServerHome } from './ZooKeeperServer.ts'

/** The server of a leader. Java: LeaderZooKeeperServer */
export class LeaderZooKeeperServer extends QuorumZooKeeperServer {
  override readonly serverState = 'leader'
  /** Set by the leader, before startup. */
  leader!: Leader
  commitProcessor!: CommitProcessor
  override sessionTracker: LeaderSessionTracker
  private prepRequestProcessor!: PrepRequestProcessor
  private containerManager: ContainerManager | null = null

  constructor(peer: ServerHome) {
    super(peer)
    this.sessionTracker = this.makeSessionTracker()
  }

  /** Here, so that every session begins the reign of this leader with its full timeout. */
  override startup(): void {
    this.createSessionTracker()
    super.startup()
    this.containerManager = new this.cast.ContainerManager(this, this.prepRequestProcessor)
    this.containerManager.start()
  }

  protected override shutdownComponents(): void {
    this.containerManager?.shutdown()
    super.shutdownComponents()
  }

  override createSessionTracker(): void {
    this.sessionTracker = this.makeSessionTracker()
  }

  /**
   *     LeaderRequest → Prep → Proposal → Commit → ToBeApplied → Final
   *                               └────→ Sync → Ack
   */
  protected override setupRequestProcessors(): void {
    const { cast, leader } = this
    const final = new cast.FinalRequestProcessor(this)
    const toBeApplied = new ToBeAppliedRequestProcessor(final, leader)
    this.commitProcessor = new cast.CommitProcessor(this, toBeApplied, false)
    const sync = new cast.SyncRequestProcessor(this, new AckRequestProcessor(leader, this.sid))
    const proposal = new ProposalRequestProcessor(leader, this.commitProcessor, sync)
    this.prepRequestProcessor = new cast.PrepRequestProcessor(this, this.sessionTracker, proposal)
    this.firstProcessor = new LeaderRequestProcessor(this, this.prepRequestProcessor)
  }

  /** Requests of learners were looked at there, and enter at prep. */
  submitLearnerRequest(request: Request): void {
    this.prepRequestProcessor.processRequest(request)
  }

  /** A learner reports that a session was used. `timeout` in milliseconds. */
  touch(sessionId: SessionId, timeout: number): boolean {
    return this.sessionTracker.touchSession(sessionId, timeout)
  }

  /**
   * A session moved to a learner: if it lives, that learner speaks for it. Java:
   * Leader.revalidateSession, checkIfValidGlobalSession
   */
  revalidate(sessionId: SessionId, timeout: number, owner: LearnerHandler): boolean {
    // A local session does not move.
    const isKnown = !this.config.localSessionsEnabled || this.sessionTracker.isGlobalSession(sessionId)
    const valid = isKnown && this.sessionTracker.touchSession(sessionId, timeout)
    if (valid) this.moveTo(sessionId, owner)
    return valid
  }

  private moveTo(sessionId: SessionId, owner: SessionOwner): void {
    if (this.sessionTracker.setOwner(sessionId, owner) !== keeperErrors.OK.code) return
    const to = owner === 'leader' ? this.sid : owner.sid
    this.host.tell(Object.freeze({ type: 'sessionMoved', peer: this.sid, sessionId, to }))
  }

  protected override revalidateSession(cnxn: ServerCnxn, sessionId: SessionId, timeout: number): void {
    super.revalidateSession(cnxn, sessionId, timeout)
    this.moveTo(sessionId, 'leader')
  }

  protected override stopApplying(): void {
    if (this.state !== 'INITIAL') this.commitProcessor.stop()
    super.stopApplying()
  }

  /** The ensemble's limit is shared out among those who serve. */
  protected override get globalOutstandingLimit(): number {
    const servers = this.leader.peer.verifier.voters.length
    return Math.floor(this.config.globalOutstandingLimit / (servers > 2 ? servers - 1 : 1))
  }

  private makeSessionTracker(): LeaderSessionTracker {
    return new LeaderSessionTracker(this, this.zkDb.sessions)
  }
}
