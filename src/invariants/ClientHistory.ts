/**
 * The ghosts of clients and sessions: what clients asked for and were told, and what the order of transactions says of
 * their sessions. Constant work for each operation; sessions that are long over are forgotten.
 */
import type { LogView } from '../base/AppendOnlyLog.ts'
import type { SessionId, Txn } from '../nodes/database/txns.ts'
import type { Fact, FactOf } from '../nodes/facts.ts'
import type { Micros } from '../nodes/Host.ts'
import type { Operation } from '../nodes/packets.ts'
import type { Zxid } from '../nodes/zxid.ts'
import { ClientGhost, isAnswer } from './ClientGhost.ts'
import { closesSession } from './closesSession.ts'
import { SessionGhost } from './SessionGhost.ts'
import { WatchHistory } from './WatchHistory.ts'

export class ClientHistory {
  readonly watches = new WatchHistory()
  readonly clients: ClientGhost[] = []
  private readonly byName = new Map<string, ClientGhost>()
  private recent: ClientGhost | null = null
  private readonly sessions = new Map<SessionId, SessionGhost>()
  private recentSession: SessionGhost | null = null
  /** Those that are over, the first to go first. */
  private readonly over: SessionId[] = []
  /** The transaction of highest zxid that a client was told has happened. */
  acknowledged: Txn | null = null
  /** The highest zxid of a write that somebody was answered. */
  private answered: Zxid = 0

  client(name: string): ClientGhost {
    const { recent } = this
    if (recent !== null && recent.name === name) return recent
    let client = this.byName.get(name)
    if (client === undefined) {
      client = new ClientGhost(name)
      this.byName.set(name, client)
      this.clients.push(client)
    }
    this.recent = client
    return client
  }

  session(id: SessionId): SessionGhost {
    const { recentSession } = this
    if (recentSession !== null && recentSession.id === id) return recentSession
    let session = this.sessions.get(id)
    if (session === undefined) {
      session = new SessionGhost(id)
      this.sessions.set(id, session)
    }
    this.recentSession = session
    return session
  }

  /** Null for one that nothing was told about, or nothing for long. */
  knownSession(id: SessionId): SessionGhost | null {
    return this.sessions.get(id) ?? null
  }

  *allSessions(): Generator<SessionGhost> {
    yield* this.sessions.values()
  }

  /** `delivered`: the whole order, so far. */
  record(fact: Fact, now: Micros, committed: number, delivered: LogView<Txn>): void {
    switch (fact.type) {
      case 'invoked':
        return this.noteInvoked(fact, now, committed)
      case 'completed':
        return this.noteCompleted(fact, delivered)
      case 'replied':
        return this.noteReplied(fact)
      case 'clientConnected':
        return this.noteConnected(fact, now)
      case 'clientDisconnected':
        this.client(fact.client).connectedTo = -1
        this.watches.noteDisconnected(fact.client)
        return
      case 'watchEvent':
        return this.watches.noteEvent(fact.client, fact)
      case 'watchesSetAgain':
        return this.watches.noteSetAgain(fact)
      case 'clientExpired': {
        const client = this.client(fact.client)
        client.connectedTo = -1
        this.session(fact.sessionId).heldAt = now
        client.hold(NO_SESSION)
        this.watches.forget(fact.client)
        return
      }
      case 'sessionExpired':
        // One that is local just ends.
        if (!fact.local) this.session(fact.sessionId).expired = true
        return
      default:
    }
  }

  /** The next transaction of the whole order. */
  noteInOrder(txn: Txn, now: Micros): void {
    const { body, cxid } = txn
    this.watches.noteInOrder(txn, now)
    if (txn.sessionId === NO_SESSION) return
    const session = this.session(txn.sessionId)
    switch (body.type) {
      case 'createSession':
        session.creations += 1
        session.heldAt = now
        session.timeout = body.timeout
        if (session.createdAt === 0) session.createdAt = txn.zxid
        return
      case 'closeSession':
        if (session.closedAt === 0) this.close(session, txn.zxid)
        return
      case 'error':
        return
      default:
        if (cxid <= 0) return
        session.lastCxidBefore = session.lastCxid
        if (cxid > session.lastCxid) session.lastCxid = cxid
    }
  }

  /** Its process was killed, and tells nobody: it waits for nothing any more. */
  noteDied(name: string): void {
    const client = this.byName.get(name)
    if (client === undefined) return
    client.connectedTo = -1
    client.open.clear()
    this.watches.noteDisconnected(name)
  }

  /** A client was told that this transaction, its own, has happened. */
  noteAcknowledged(txn: Txn): void {
    if (this.acknowledged === null || txn.zxid > this.acknowledged.zxid) this.acknowledged = txn
  }

  private close(session: SessionGhost, zxid: Zxid): void {
    session.closedAt = zxid
    this.over.push(session.id)
    if (this.over.length <= SESSIONS_KEPT) return
    const gone = this.over.shift()
    if (gone !== undefined) this.sessions.delete(gone)
  }

  private noteInvoked(fact: FactOf<'invoked'>, now: Micros, committed: number): void {
    const { id, op, client, sessionId } = fact
    if (closesSession(op)) this.session(sessionId).closeAsked = true
    const asked = Object.freeze({ id, op, at: now, answered: this.answered, committed })
    if (this.client(client).invoke(asked)) this.session(sessionId).isShared = true
  }

  private noteCompleted(fact: FactOf<'completed'>, delivered: LogView<Txn>): void {
    const { xid, zxid, err, op } = fact
    const client = this.client(fact.client)
    client.complete(fact)
    if (!isAnswer(xid, zxid, err)) return
    if (isWrite(op) && zxid > this.answered) this.answered = zxid
    this.watches.noteAnswer(client, fact, delivered)
    if (client.completed !== null) this.session(fact.sessionId).heardAt = client.completed.at
  }

  private noteReplied({ sessionId, peer, xid, zxid }: FactOf<'replied'>): void {
    if (xid <= 0 || zxid <= 0) return
    const session = this.session(sessionId)
    session.repliedXidBefore = session.repliedBy === peer ? session.repliedXid : 0
    session.repliedBy = peer
    session.repliedXid = xid
  }

  private noteConnected(fact: FactOf<'clientConnected'>, now: Micros): void {
    const client = this.client(fact.client)
    if (client.sessionId !== fact.sessionId && client.sessionId !== NO_SESSION) {
      this.session(client.sessionId).heldAt = now
    }
    if (client.sessionId !== fact.sessionId) this.holdAnother(client, fact.sessionId)
    client.isPlain = !fact.readOnly && fact.chroot === null
    client.connectedTo = fact.server
    client.connectedAt = now
  }

  private holdAnother(client: ClientGhost, sessionId: SessionId): void {
    const session = this.session(sessionId)
    if (session.client !== null) session.isShared = true
    // Asked for before there was a session, and sent to the first that there is.
    if (client.open.toArray().some(({ op }) => closesSession(op))) session.closeAsked = true
    client.hold(sessionId)
    this.watches.forget(client.name)
  }
}

/** What becomes a transaction, if only one that says why not. */
export function isWrite(op: Operation): boolean {
  switch (op.type) {
    case 'setData':
    case 'create':
    case 'create2':
    case 'createContainer':
    case 'createTTL':
    case 'delete':
    case 'setACL':
    case 'multi':
    case 'check':
    case 'deleteContainer':
      return true
    default:
      return false
  }
}

/** Older ones are only of interest if their ids come again. */
const SESSIONS_KEPT = 1_024

const NO_SESSION: SessionId = '0x0'
