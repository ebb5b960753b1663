/** How one client stands, by what it told. */
import type { SessionId } from '../../nodes/database/txns.ts'
import type { FactOf } from '../../nodes/facts.ts'
import type { Micros } from '../../nodes/Host.ts'
import { keeperErrors } from '../../nodes/keeperErrors.ts'
import { AddWatchMode } from '../../nodes/watch/watcherTypes.ts'
import type { Sid } from '../../nodes/zxid.ts'

const OK = keeperErrors.OK.code
const NONODE = keeperErrors.NONODE.code

export class ClientScene {
  readonly name: string
  sessionId: SessionId = ''
  /** -1: none. */
  server: Sid = -1
  /** The one before; -1: none. */
  lastServer: Sid = -1
  readOnly = false
  /** Its last connection was to a server that only reads. */
  wasReadOnly = false
  /** -1: it never lost a connection. */
  lostAt: Micros = -1
  /** How many requests were under way when it lost its last connection. */
  lostRequests = 0
  inFlight = 0
  /** Paths that it watches: once, persistently, and with all that is below. */
  readonly watched = new Set<string>()
  readonly persistent = new Set<string>()
  readonly recursive = new Set<string>()
  /** Persistent watches that have fired. */
  readonly fired = new Set<string>()
  /** It asked for its watches again on this connection; frozen. */
  setAgain: FactOf<'watchesSetAgain'>['op'] | null = null

  constructor(name: string) {
    this.name = name
  }

  connected({ server, sessionId, readOnly }: FactOf<'clientConnected'>): void {
    if (sessionId !== this.sessionId) this.forgetWatches()
    this.sessionId = sessionId
    this.server = server
    this.readOnly = readOnly
    this.setAgain = null
  }

  disconnected(now: Micros): void {
    this.lastServer = this.server
    this.server = -1
    this.wasReadOnly = this.readOnly
    this.readOnly = false
    this.lostAt = now
    this.lostRequests = this.inFlight
  }

  died(): void {
    this.server = -1
    this.inFlight = 0
    this.sessionId = ''
    this.forgetWatches()
  }

  completed({ op, err }: FactOf<'completed'>): void {
    this.inFlight -= 1
    switch (op.type) {
      case 'exists':
      case 'getData':
      case 'getChildren':
      case 'getChildren2':
        if (op.watch && (err === OK || (err === NONODE && op.type === 'exists'))) this.watched.add(op.path)
        return
      case 'addWatch':
        if (err !== OK) return
        if (op.mode === AddWatchMode.persistent) this.persistent.add(op.path)
        else this.recursive.add(op.path)
        return
      case 'removeWatches':
        if (err === OK) this.forget(op.path)
        return
      default:
    }
  }

  notified({ type, path }: FactOf<'watchEvent'>['event']): void {
    if (path === null || type === 'None') return
    this.watched.delete(path)
    if (this.persistent.has(path)) this.fired.add(path)
  }

  private forget(path: string): void {
    this.watched.delete(path)
    this.persistent.delete(path)
    this.recursive.delete(path)
    this.fired.delete(path)
  }

  private forgetWatches(): void {
    this.watched.clear()
    this.persistent.clear()
    this.recursive.clear()
    this.fired.clear()
    this.setAgain = null
  }
}
