import { createModeOf } from '../createFlags.ts'
import type { SessionId } from '../database/txns.ts'
import { keeperErrors } from '../keeperErrors.ts'
import type { CreateOperation, MultiWrite, Operation } from '../packets.ts'
import { Request } from '../processors/Request.ts'
import type { UpgradeableSessionTracker } from './UpgradeableSessionTracker.ts'
import { ZooKeeperServer } from './ZooKeeperServer.ts'

/** What the servers of an ensemble have in common: sessions that are local until they need to be more. Java: QuorumZooKeeperServer */
export abstract class QuorumZooKeeperServer extends ZooKeeperServer {
  abstract override readonly sessionTracker: UpgradeableSessionTracker

  /** New sessions are local where those are on; one is closed as what it is. */
  protected override setLocalSessionFlag(request: Request): void {
    if (!this.config.localSessionsEnabled) return
    if (request.op?.type === 'createSession') request.isLocalSession = true
    else if (request.op?.type === 'closeSession') {
      request.isLocalSession = this.sessionTracker.isLocalSession(request.sessionId)
    }
  }

  /**
   * An ephemeral needs an owner that everybody knows. So a request of a local session that would create one is preceded
   * by the creation of the session, which this returns; or refused, where sessions may not be upgraded.
   */
  checkUpgradeSession(request: Request): Request | null {
    const { op, sessionId } = request
    if (!this.config.localSessionsEnabled || op === null || !createsEphemeral(op)) return null
    if (!this.sessionTracker.isLocalSession(sessionId)) return null
    if (this.config.localSessionsUpgradingEnabled) return this.makeUpgradeRequest(sessionId)
    request.err = keeperErrors.EPHEMERALONLOCALSESSION.code
    return null
  }

  private makeUpgradeRequest(sessionId: SessionId): Request {
    const timeout = this.sessionTracker.upgradeSession(sessionId)
    this.host.tell(Object.freeze({ type: 'sessionUpgraded', peer: this.sid, sessionId }))
    return new Request(null, sessionId, 0, Object.freeze({ type: 'createSession', timeout }), null)
  }
}

/** Containers and nodes with a time to live are made by operations that are not looked at. */
function createsEphemeral(op: Operation): boolean {
  if (op.type === 'multi') return op.ops.some(isEphemeralCreate)
  return (op.type === 'create' || op.type === 'create2') && isEphemeralCreate(op)
}

function isEphemeralCreate(op: CreateOperation | MultiWrite): boolean {
  if (op.type !== 'create' && op.type !== 'create2') return false
  const mode = createModeOf(op.flags)
  return mode === 'ephemeral' || mode === 'ephemeralSequential'
}
