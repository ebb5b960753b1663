/** What the facts told about one client: the session it holds, and what it asked for and was not told. */
import { type Copy, type Forkable, fork } from '../base/forkable.ts'
import { Queue } from '../base/Queue.ts'
import type { SessionId } from '../nodes/database/txns.ts'
import type { FactOf } from '../nodes/facts.ts'
import type { Micros } from '../nodes/Host.ts'
import type { Operation } from '../nodes/packets.ts'
import type { Sid, Zxid } from '../nodes/zxid.ts'

/** An operation that a client asked for; frozen. */
export interface OpenOp {
  readonly id: number
  readonly op: Operation
  readonly at: Micros
  /** The highest zxid of a write that somebody had been answered by then. */
  readonly answered: Zxid
  /** How many transactions were committed by then. */
  readonly committed: number
}

export class ClientGhost implements Forkable {
  readonly name: string
  /** The one it has, or had last. */
  sessionId: SessionId = NONE
  /** -1: to none. */
  connectedTo: Sid = -1
  connectedAt: Micros = 0
  /** Its operations name paths of the server, and the server it is connected to has a leader. */
  isPlain = true
  /** In the order in which it asked. */
  open = new Queue<OpenOp>()
  /** The highest position that an answer to its session named, and what that was before the last answer. */
  lastZxid: Zxid = 0
  lastZxidBefore: Zxid = 0
  /** What completed last, and whether all that its session had asked for before had completed too. */
  completed: OpenOp | null = null
  inOrder = true
  private lastId = 0

  constructor(name: string) {
    this.name = name
  }

  [fork](copy: Copy): this {
    const other = new ClientGhost(this.name)
    other.sessionId = this.sessionId
    other.connectedTo = this.connectedTo
    other.connectedAt = this.connectedAt
    other.isPlain = this.isPlain
    other.open = this.open[fork](copy)
    other.lastZxid = this.lastZxid
    other.lastZxidBefore = this.lastZxidBefore
    other.completed = this.completed
    other.inOrder = this.inOrder
    other.lastId = this.lastId
    return other as this
  }

  /** @returns whether it has begun anew: another process, that counts for itself. */
  invoke(op: OpenOp): boolean {
    const isAnother = op.id <= this.lastId
    if (isAnother) this.open.clear()
    this.lastId = op.id
    this.open.push(op)
    return isAnother
  }

  complete({ id, zxid, xid, err }: FactOf<'completed'>): void {
    const first = this.open.first
    this.inOrder = first?.id === id
    this.completed = this.inOrder ? (this.open.shift() ?? null) : this.takeOut(id)
    this.lastZxidBefore = this.lastZxid
    if (isAnswer(xid, zxid, err) && zxid > this.lastZxid) this.lastZxid = zxid
  }

  hold(sessionId: SessionId): void {
    if (this.sessionId === sessionId) return
    this.sessionId = sessionId
    this.lastZxid = 0
    this.lastZxidBefore = 0
  }

  private takeOut(id: number): OpenOp | null {
    let found: OpenOp | null = null
    const others = this.open.toArray()
    this.open.clear()
    for (const each of others) {
      if (each.id === id) found = each
      else this.open.push(each)
    }
    return found
  }
}

/**
 * The outcome is a server's word, and it says from where: it is not the client's own guess about a connection that it lost,
 * nor a refusal at the door.
 */
export function isAnswer(xid: number, zxid: Zxid, err: number): boolean {
  // A refusal at the door names no position; one that is at the beginning of time finds no node.
  if (zxid === 0 && err !== 0 && err !== NONODE) return false
  return xid > 0 && zxid >= 0 && err !== CONNECTIONLOSS
}

/** Java: KeeperException.Code.CONNECTIONLOSS */
const CONNECTIONLOSS = -4
const NONODE = -101
const NONE: SessionId = '0x0'
