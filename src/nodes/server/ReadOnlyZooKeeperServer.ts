import type { PacketOf } from '../packets.ts'
import { ReadOnlyRequestProcessor } from '../processors/ReadOnlyRequestProcessor.ts'
import type { Request } from '../processors/Request.ts'
import { LearnerSessionTracker } from './LearnerSessionTracker.ts'
import type { ServerCnxn } from './ServerCnxn.ts'
import { type ServerHome, ZooKeeperServer } from './ZooKeeperServer.ts'

/**
 * What a server without a leader offers those clients that make do with it: reads of what it knows, which may be old, and
 * may be more than was ever committed.
 *
 * Java: ReadOnlyZooKeeperServer. As there, a session can only be opened where sessions may be local: the creation of
 * any other is refused with a reply in place of the answer to the handshake.
 */
export class ReadOnlyZooKeeperServer extends ZooKeeperServer {
  override readonly serverState = 'read-only'
  override sessionTracker: LearnerSessionTracker

  constructor(home: ServerHome) {
    super(home)
    this.hzxid = this.zkDb.lastProcessedZxid
    this.sessionTracker = this.makeSessionTracker()
  }

  override createSessionTracker(): void {
    this.sessionTracker = this.makeSessionTracker()
  }

  /**
   *     ReadOnlyRequest → Prep → Final
   */
  protected override setupRequestProcessors(): void {
    const { cast } = this
    const final = new cast.FinalRequestProcessor(this)
    const prep = new cast.PrepRequestProcessor(this, this.sessionTracker, final)
    this.firstProcessor = new ReadOnlyRequestProcessor(this, prep)
  }

  override processConnectRequest(cnxn: ServerCnxn, request: PacketOf<'CONNECT'>): void {
    if (!request.readOnly) return cnxn.close()
    super.processConnectRequest(cnxn, request)
  }

  /** Nobody can say whether a global session lives. Java: validateSession */
  protected override validateSession(cnxn: ServerCnxn, request: PacketOf<'CONNECT'>): boolean {
    if (!this.sessionTracker.isGlobalSession(request.sessionId)) return true
    cnxn.close()
    return false
  }

  protected override setLocalSessionFlag(request: Request): void {
    if (request.op?.type === 'createSession') request.isLocalSession = this.config.localSessionsEnabled
    else if (request.op?.type === 'closeSession') {
      request.isLocalSession = this.sessionTracker.isLocalSession(request.sessionId)
    }
  }

  /** Its clients are told nothing: their connections close. */
  protected override shutdownComponents(): void {
    const { cnxnFactory } = this.home
    if (cnxnFactory.server === this) cnxnFactory.setServer(null)
    super.shutdownComponents()
    this.componentsStopped()
  }

  private makeSessionTracker(): LearnerSessionTracker {
    return new LearnerSessionTracker(this, this.zkDb.sessions)
  }
}
