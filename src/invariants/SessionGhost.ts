/** What the facts told about one session. */
import { type Copy, type Forkable, fork } from '../base/forkable.ts'
import type { SessionId } from '../nodes/database/txns.ts'
import type { Micros } from '../nodes/Host.ts'
import type { Sid, Zxid } from '../nodes/zxid.ts'

export class SessionGhost implements Forkable {
  readonly id: SessionId
  /** Who was told that it is theirs, first. */
  client: string | null = null
  /** More than one process has had it: each counts its requests for itself. */
  isShared = false
  /** Milliseconds; 0 before its creation was delivered. */
  timeout = 0
  /** Where in the order it was created and closed; 0: not yet, or it is local. */
  createdAt: Zxid = 0
  closedAt: Zxid = 0
  /** How often it was created. */
  creations = 0
  /** Its client asked for its end; a server found it expired. */
  closeAsked = false
  expired = false
  /** When the operation was asked for that a server answered last: by then at the earliest it had heard of the session. */
  heardAt: Micros = -1
  /** When its creation was delivered, or its client was last known to have it. */
  heldAt: Micros = 0
  /** The highest cxid that changed something, and what that was before the last one. */
  lastCxid = 0
  lastCxidBefore = 0
  /** The last request that a server answered, who, and what that was before. */
  repliedBy: Sid = -1
  repliedXid = 0
  repliedXidBefore = 0

  constructor(id: SessionId) {
    this.id = id
  }

  [fork](_copy: Copy): this {
    const other = new SessionGhost(this.id)
    other.client = this.client
    other.isShared = this.isShared
    other.timeout = this.timeout
    other.createdAt = this.createdAt
    other.closedAt = this.closedAt
    other.creations = this.creations
    other.closeAsked = this.closeAsked
    other.expired = this.expired
    other.heardAt = this.heardAt
    other.heldAt = this.heldAt
    other.lastCxid = this.lastCxid
    other.lastCxidBefore = this.lastCxidBefore
    other.repliedBy = this.repliedBy
    other.repliedXid = this.repliedXid
    other.repliedXidBefore = this.repliedXidBefore
    return other as this
  }
}
