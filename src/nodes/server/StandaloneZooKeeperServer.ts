import { AloneRequestProcessor } from '../processors/AloneRequestProcessor.ts'
import type { ContainerManager } from './ContainerManager.ts'
import type { SessionTracker } from './SessionTracker.ts'
import { type ServerHome, ZooKeeperServer } from './ZooKeeperServer.ts'

/**
 * Standalone servers make session ids as if they were server 1. Java:
 * ZooKeeperServer.createSessionTrackerServerId
 */
const SESSION_TRACKER_SERVER_ID = 1

/** The server of a process without an ensemble. Java: ZooKeeperServer itself */
export class StandaloneZooKeeperServer extends ZooKeeperServer {
  override readonly serverState = 'standalone'
  override sessionTracker: SessionTracker
  private containerManager: ContainerManager | null = null

  constructor(home: ServerHome) {
    super(home)
    this.hzxid = this.zkDb.lastProcessedZxid
    this.sessionTracker = this.makeSessionTracker()
  }

  override createSessionTracker(): void {
    this.sessionTracker = this.makeSessionTracker()
  }

  /**
   *     Prep → Sync → Final
   */
  protected override setupRequestProcessors(): void {
    const { cast } = this
    const final = new cast.FinalRequestProcessor(this)
    const sync = new cast.SyncRequestProcessor(this, new AloneRequestProcessor(this, 'committed', final))
    const prepared = new AloneRequestProcessor(this, 'proposed', sync)
    this.firstProcessor = new cast.PrepRequestProcessor(this, this.sessionTracker, prepared)
  }

  override startup(): void {
    super.startup()
    if (this.firstProcessor === null) return
    this.containerManager = new this.cast.ContainerManager(this, this.firstProcessor)
    this.containerManager.start()
  }

  protected override shutdownComponents(): void {
    this.containerManager?.shutdown()
    super.shutdownComponents()
  }

  private makeSessionTracker(): SessionTracker {
    const { cast, config, dispatcher, zkDb } = this
    return new cast.SessionTracker(
      dispatcher,
      this,
      zkDb.sessions,
      config.tickTime,
      SESSION_TRACKER_SERVER_ID,
    )
  }
}
