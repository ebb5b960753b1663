/**
 * The ghosts of watches that fire once: who watches what since when, and what has happened since that is to be told.
 *
 * A read that leaves a watch does so at the position that its answer names; the first change behind that is due. What
 * nobody can decide from outside is not judged: watches of clients below a chroot, at servers that only read, on nodes
 * that not everybody may read, and watches for a node's creation that were set again (the node may have come and gone).
 */

import type { LogView } from '../base/AppendOnlyLog.ts'
import type { AclList } from '../nodes/acl.ts'
import type { Txn, TxnBody } from '../nodes/database/txns.ts'
import type { FactOf } from '../nodes/facts.ts'
import type { Micros } from '../nodes/Host.ts'
import type { Operation, WatchEventType } from '../nodes/packets.ts'
import type { Zxid } from '../nodes/zxid.ts'
import type { ClientGhost } from './ClientGhost.ts'
import { isWatchEvent, registrationOf } from './watchRules.ts'

/** What a server keeps a watch for: the node itself, be it there or not, or its children. */
export type WatchKind = 'node' | 'children'

export interface Due {
  readonly zxid: Zxid
  readonly event: WatchEventType
}

export class WatchGhost {
  readonly client: string
  readonly kind: WatchKind
  readonly path: string
  /** The position at which it was left. */
  readonly since: Zxid
  /** The first change behind that. */
  due: Due | null = null
  /** When that was delivered. */
  dueAt: Micros = 0
  /** A server has it: the connection stands, or it was set again. */
  armed = true
  /** It waits for a node that was not there. */
  readonly forCreation: boolean
  /** Not decided from outside. */
  excused = false

  constructor(client: string, kind: WatchKind, path: string, since: Zxid, forCreation: boolean) {
    this.client = client
    this.kind = kind
    this.path = path
    this.since = since
    this.forCreation = forCreation
  }
}

/** What the last `watchEvent` fact was about. */
export interface Told {
  /** The watches that it ended. */
  readonly watches: readonly WatchGhost[]
  /** A watch that stays has it too, or had: then it says nothing about the others. */
  readonly persistent: boolean
}

const NOBODYS: Told = Object.freeze({ watches: Object.freeze([]), persistent: false })

export class WatchHistory {
  private readonly byPath = new Map<string, WatchGhost[]>()
  /** Of each client, its watches; and the earliest zxid that one of them is due at, as far as that is known. */
  private readonly byClient = new Map<string, WatchGhost[]>()
  private readonly earliest = new Map<string, Zxid>()
  /** Clients that asked for watches that stay, or took some away: what they are told besides is not judged. */
  private readonly unjudged = new Set<string>()
  /** Nodes that not everybody may read. */
  private readonly hidden = new Set<string>()
  told: Told = NOBODYS
  private now: Micros = 0

  get hasAny(): boolean {
    return this.byPath.size > 0
  }

  /** A read was answered: it may have left a watch. */
  noteAnswer(client: ClientGhost, { op, err, zxid }: FactOf<'completed'>, delivered: LogView<Txn>): void {
    if (changesWatches(op)) this.unjudged.add(client.name)
    if (op.type === 'removeWatches' && err === 0) return this.noteRemoved(client.name, op.path)
    const registration = registrationOf(op, err)
    if (registration === null) return
    if (!client.isPlain) {
      this.unjudged.add(client.name)
      return
    }
    const { kind, path, forCreation } = registration
    const known = this.find(client.name, kind, path)
    if (known !== undefined) {
      if (!known.excused && known.armed) return
      this.drop(known)
    }
    const watch = new WatchGhost(client.name, kind, path, zxid, forCreation)
    pushTo(this.byPath, path, watch)
    pushTo(this.byClient, client.name, watch)
    for (let i = delivered.length - 1; i >= 0 && delivered.at(i).zxid > zxid; i -= 1) {
      this.noteTxn(delivered.at(i), watch)
    }
  }

  /** Some watches of a path, it may be all. */
  private noteRemoved(client: string, path: string): void {
    for (const kind of BOTH) {
      const watch = this.find(client, kind, path)
      if (watch !== undefined) this.drop(watch)
    }
  }

  /** The next transaction of the whole order. */
  noteInOrder(txn: Txn, now: Micros): void {
    this.now = now
    this.noteAcl(txn.body)
    if (this.byPath.size > 0) this.noteTxn(txn, null)
  }

  noteEvent(client: string, { event }: FactOf<'watchEvent'>): void {
    this.told = NOBODYS
    const { path, type } = event
    if (path === null || !isWatchEvent(type)) return
    const watches: WatchGhost[] = []
    for (const kind of kindsOf(type)) {
      const watch = this.find(client, kind, path)
      if (watch === undefined) continue
      this.drop(watch)
      watches.push(watch)
    }
    this.told = { watches, persistent: this.unjudged.has(client) }
  }

  /** No server has its watches any more. */
  noteDisconnected(client: string): void {
    for (const watch of this.byClient.get(client) ?? []) watch.armed = false
  }

  noteSetAgain({ client, op }: FactOf<'watchesSetAgain'>): void {
    const node = new Set([...op.data, ...op.exist])
    const children = new Set(op.child)
    let known = 0
    for (const watch of this.byClient.get(client) ?? []) {
      if (!(watch.kind === 'node' ? node : children).has(watch.path)) continue
      known += 1
      watch.armed = true
      if (watch.forCreation) watch.excused = true
    }
    // It has brought some from another session, one with a server that only reads.
    if (known < node.size + children.size) this.unjudged.add(client)
  }

  /** Its session is another, or over. */
  forget(client: string): void {
    for (const watch of this.byClient.get(client)?.slice() ?? []) this.drop(watch)
    this.byClient.delete(client)
    this.earliest.delete(client)
    this.unjudged.delete(client)
  }

  /** A watch of this client that should have been told by the time it sees this position. */
  overdue(client: string, zxid: Zxid): WatchGhost | null {
    const earliest = this.earliest.get(client)
    if (earliest === undefined || earliest > zxid) return null
    let next = Number.POSITIVE_INFINITY
    let found: WatchGhost | null = null
    for (const watch of this.byClient.get(client) ?? []) {
      if (watch.due === null || !watch.armed || watch.excused) continue
      if (watch.due.zxid <= zxid) found ??= watch
      else next = Math.min(next, watch.due.zxid)
    }
    if (found === null) this.earliest.set(client, next)
    return found
  }

  watchesOf(client: string): readonly WatchGhost[] {
    return this.byClient.get(client) ?? []
  }

  /** `only`: null for all watches. */
  private noteTxn({ body, zxid }: Txn, only: WatchGhost | null): void {
    switch (body.type) {
      case 'multi':
        if (body.txns.some(({ type }) => type === 'error')) return
        for (const part of body.txns) this.noteBody(part, zxid, only)
        return
      case 'closeSession':
        for (const path of body.paths) this.noteDeleted(path, zxid, only)
        return
      default:
        this.noteBody(body, zxid, only)
    }
  }

  private noteBody(body: TxnBody, zxid: Zxid, only: WatchGhost | null): void {
    switch (body.type) {
      case 'create':
      case 'create2':
      case 'createContainer':
      case 'createTTL':
        this.noteChange(body.path, 'node', 'NodeCreated', zxid, only)
        return this.noteChange(parentOf(body.path), 'children', 'NodeChildrenChanged', zxid, only)
      case 'delete':
      case 'deleteContainer':
        return this.noteDeleted(body.path, zxid, only)
      case 'setData':
      case 'reconfig':
        return this.noteChange(body.path, 'node', 'NodeDataChanged', zxid, only)
      default:
    }
  }

  private noteDeleted(path: string, zxid: Zxid, only: WatchGhost | null): void {
    this.noteChange(path, 'node', 'NodeDeleted', zxid, only)
    this.noteChange(path, 'children', 'NodeDeleted', zxid, only)
    this.noteChange(parentOf(path), 'children', 'NodeChildrenChanged', zxid, only)
  }

  private noteChange(
    path: string,
    kind: WatchKind,
    event: WatchEventType,
    zxid: Zxid,
    only: WatchGhost | null,
  ): void {
    const watches = only === null ? this.byPath.get(path) : only.path === path ? [only] : undefined
    if (watches === undefined) return
    for (const watch of watches) {
      // For one watch it is looked for backwards: then the last to be found is the first.
      const isFirst = watch.due === null || (only !== null && zxid < watch.due.zxid)
      if (watch.kind !== kind || watch.since >= zxid || !isFirst) continue
      watch.due = Object.freeze({ zxid, event })
      watch.dueAt = this.now
      if (this.hidden.has(path) || this.hidden.has(parentOf(path))) watch.excused = true
      const earliest = this.earliest.get(watch.client)
      if (earliest === undefined || zxid < earliest) this.earliest.set(watch.client, zxid)
    }
  }

  private noteAcl(body: TxnBody): void {
    if (body.type === 'multi') for (const part of body.txns) this.noteAcl(part)
    else if ('acl' in body && !everybodyReads(body.acl)) this.hidden.add(body.path)
  }

  private find(client: string, kind: WatchKind, path: string): WatchGhost | undefined {
    return this.byPath.get(path)?.find((watch) => watch.client === client && watch.kind === kind)
  }

  private drop(watch: WatchGhost): void {
    takeFrom(this.byPath, watch.path, watch)
    takeFrom(this.byClient, watch.client, watch)
  }
}

/** A node of its own kind, or its children; a deletion is both. */
function kindsOf(type: WatchEventType): readonly WatchKind[] {
  if (type === 'NodeChildrenChanged') return CHILDREN
  return type === 'NodeDeleted' ? BOTH : NODE
}

const NODE: readonly WatchKind[] = Object.freeze(['node'])
const CHILDREN: readonly WatchKind[] = Object.freeze(['children'])
const BOTH: readonly WatchKind[] = Object.freeze(['node', 'children'])

function changesWatches(op: Operation): boolean {
  return (
    op.type === 'addWatch' ||
    op.type === 'removeWatches' ||
    op.type === 'raw' ||
    op.type.startsWith('setWatches')
  )
}

function everybodyReads(acl: AclList): boolean {
  return acl.some(({ scheme, perms }) => scheme === 'world' && (perms & READ) !== 0)
}

const READ = 1

function parentOf(path: string): string {
  const slash = path.lastIndexOf('/')
  return slash <= 0 ? '/' : path.slice(0, slash)
}

function pushTo(map: Map<string, WatchGhost[]>, key: string, watch: WatchGhost): void {
  const list = map.get(key)
  if (list === undefined) map.set(key, [watch])
  else list.push(watch)
}

function takeFrom(map: Map<string, WatchGhost[]>, key: string, watch: WatchGhost): void {
  const list = map.get(key)
  const at = list?.indexOf(watch) ?? -1
  if (list === undefined || at === -1) return
  if (list.length === 1) map.delete(key)
  else list.splice(at, 1)
}
