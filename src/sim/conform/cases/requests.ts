import type { SubmitOptions } from '../../../nodes/client/ClientOptions.ts'
import { badParts, type Refusal, refusalOf } from '../../../nodes/client/refusals.ts'
import { createFlags } from '../../../nodes/createFlags.ts'
import { encodeRequest } from '../../../nodes/jute/encodeRequest.ts'
import { JuteWriter } from '../../../nodes/jute/JuteWriter.ts'
import { opcodeOf } from '../../../nodes/jute/requestOpcodes.ts'
import { OpCode } from '../../../nodes/opcodes.ts'
import type { MultiRead, MultiWrite, Operation, OpResult } from '../../../nodes/packets.ts'
import { WatcherType } from '../../../nodes/watch/watcherTypes.ts'
import type { Zxid } from '../../../nodes/zxid.ts'
import { createModes, type Deed, type DeedOf, type MultiPart, type WatcherName } from './Case.ts'

/** Steps that are one request. */
export type RequestDeed = Exclude<
  Deed,
  {
    readonly op:
      | 'connect'
      | 'dup'
      | 'close'
      | 'cut'
      | 'heal'
      | 'nobarrier'
      | 'barrier'
      | 'await'
      | 'sleep'
      | 'auth'
  }
>

/** What the Java client makes of a step: a request, an exception, or an answer that no server gives. */
export type Asked =
  | { readonly type: 'request'; readonly op: Operation; readonly options: SubmitOptions }
  | { readonly type: 'refused'; readonly refusal: Refusal }
  | { readonly type: 'answered'; readonly err: number; readonly results: readonly OpResult[] }

export function askedBy(deed: RequestDeed, lastZxid: Zxid): Asked {
  switch (deed.op) {
    case 'raw':
      return request(rawOf(deed, lastZxid), RAW)
    case 'multi':
    case 'multiread':
      return askedByMulti(deed)
    case 'create':
      return checked(ttlOf(deed), createOf(deed))
    case 'exists':
    case 'get':
    case 'ls':
    case 'ls2':
      return checked(readOf(deed), readOf(deed), watcherOf(deed.watcher))
    case 'watch':
      return checked(watchOf(deed), watchOf(deed), watcherOf(deed.watcher))
    case 'unwatch': {
      const op = unwatchOf(deed)
      return checked(op, op, Object.freeze({ ...watcherOf(deed.watcher), local: deed.local }))
    }
    default: {
      const op = plainOf(deed)
      return checked(op, op)
    }
  }
}

/** @param looked what the client looks at before it sends `op`. */
function checked(looked: Operation, op: Operation, options: SubmitOptions = NO_OPTIONS): Asked {
  const refusal = refusalOf(looked)
  return refusal === null ? request(op, options) : Object.freeze({ type: 'refused', refusal })
}

function request(op: Operation, options: SubmitOptions): Asked {
  if (!hasNullId(op)) return Object.freeze({ type: 'request', op, options })
  // Only as bytes; no answer to it has a path, so that it matters to nobody where the client's root is.
  const raw = Object.freeze({ type: 'raw', opcode: opcodeOf(op), body: encodeRequest(op) } as const)
  return Object.freeze({ type: 'request', op: raw, options: RAW })
}

function hasNullId(op: Operation): boolean {
  if (op.type === 'multi') return op.ops.some((part) => hasNullId(part))
  return 'acl' in op && op.acl !== null && op.acl.some(({ scheme, id }) => scheme === null || id === null)
}

const NO_OPTIONS: SubmitOptions = Object.freeze({})

function watcherOf(watcher: WatcherName): SubmitOptions {
  return typeof watcher === 'string' ? Object.freeze({ watcher }) : NO_OPTIONS
}

/** Null where a script says null: the client refuses it, or sends what no type here admits. */
const text = (path: string | null) => path as string

function plainOf(
  deed: DeedOf<'delete' | 'set' | 'getacl' | 'setacl' | 'count' | 'ephs' | 'sync' | 'whoami'>,
): Operation {
  switch (deed.op) {
    case 'delete':
      return Object.freeze({ type: 'delete', path: text(deed.path), version: deed.version })
    case 'set':
      return Object.freeze({
        type: 'setData',
        path: text(deed.path),
        data: deed.data,
        version: deed.version,
      })
    case 'getacl':
      return Object.freeze({ type: 'getACL', path: text(deed.path) })
    case 'setacl':
      return Object.freeze({ type: 'setACL', path: text(deed.path), acl: deed.acl, version: deed.version })
    case 'count':
      return Object.freeze({ type: 'getAllChildrenNumber', path: text(deed.path) })
    case 'ephs':
      return Object.freeze({ type: 'getEphemerals', prefixPath: text(deed.path) })
    case 'sync':
      return Object.freeze({ type: 'sync', path: deed.path })
    case 'whoami':
      return Object.freeze({ type: 'whoAmI' })
  }
}

const reads = Object.freeze({
  exists: 'exists',
  get: 'getData',
  ls: 'getChildren',
  ls2: 'getChildren2',
} as const)

function readOf({ op, path, watcher }: DeedOf<'exists' | 'get' | 'ls' | 'ls2'>): Operation {
  return Object.freeze({ type: reads[op], path: text(path), watch: watcher !== null })
}

/** Java: ZooKeeper.create, which chooses the opcode by mode, and by whether a Stat is asked for. */
function createOf({ path, data, acl, mode, ttl, wantsStat }: DeedOf<'create'>): Operation {
  const common = { path: text(path), data, acl, flags: createModes.indexOf(mode) }
  switch (mode) {
    case 'PERSISTENT_WITH_TTL':
    case 'PERSISTENT_SEQUENTIAL_WITH_TTL':
      return Object.freeze({ type: 'createTTL', ...common, ttl: ttl ?? NO_TTL })
    case 'CONTAINER':
      return Object.freeze({ type: 'createContainer', ...common })
    default:
      return Object.freeze({ type: wantsStat ? 'create2' : 'create', ...common })
  }
}

/** What a client passes that has no time to live to pass. */
const NO_TTL = -1

/** A time to live is looked at whatever the mode is. */
function ttlOf(deed: DeedOf<'create'>): Operation {
  const { path, data, acl, mode, ttl } = deed
  const flags = createModes.indexOf(mode)
  return Object.freeze({ type: 'createTTL', path: text(path), data, acl, flags, ttl: ttl ?? NO_TTL })
}

function watchOf({ path, mode }: DeedOf<'watch'>): Operation {
  return Object.freeze({ type: 'addWatch', path: text(path), mode: mode === 'PERSISTENT' ? 0 : 1 })
}

const watcherTypes = Object.freeze({
  Any: WatcherType.any,
  Data: WatcherType.data,
  Children: WatcherType.children,
})

function unwatchOf({ path, type, watcher }: DeedOf<'unwatch'>): Operation {
  return Object.freeze({
    type: watcher === null ? 'removeWatches' : 'checkWatches',
    path: text(path),
    watcherType: watcherTypes[type],
  })
}

function rawOf({ opcode, body }: DeedOf<'raw'>, lastZxid: Zxid): Operation {
  const before = body.afterLastZxid ? new JuteWriter().long(lastZxid).bytes : ''
  return Object.freeze({ type: 'raw', opcode, body: before + body.bytes })
}

// ── multis ──

/** Java: ZooKeeper.multi: bad paths are answered for, a mixture is refused, and nothing is not sent. */
function askedByMulti(deed: DeedOf<'multi' | 'multiread'>): Asked {
  const unchecked = deed.op === 'multi' && deed.unchecked
  const parts = deed.parts.map(partOf)
  const type = parts.every(isRead) && (deed.op === 'multiread' || parts.length > 0) ? 'multiRead' : 'multi'
  const op = Object.freeze({ type, ops: Object.freeze(parts) }) as Operation
  if (unchecked) return deed.parts.some(lacksTTL) ? rawMulti(deed.parts) : request(op, RAW)
  if (parts.length === 0) return Object.freeze({ type: 'answered', err: 0, results: Object.freeze([]) })
  const refused = badParts(parts)
  if (refused !== null) return Object.freeze({ type: 'answered', err: BAD_ARGUMENTS, results: refused })
  return checked(op, op)
}

const BAD_ARGUMENTS = -8
const RAW: SubmitOptions = Object.freeze({ raw: true })

/** Java: Op.Create of flags with a time to live is of the opcode createTTL, and has the record of a create. */
function lacksTTL(part: MultiPart): boolean {
  return part.type === 'create' && part.ttl === null && hasTTL(part.flags)
}

function hasTTL(flags: number): boolean {
  return flags === createFlags.persistentTTL || flags === createFlags.persistentSequentialTTL
}

function rawMulti(parts: readonly MultiPart[]): Asked {
  const into = new JuteWriter()
  for (const part of parts) {
    const op = partOf(part)
    if (part.type === 'create' && lacksTTL(part)) {
      into.int(OpCode.createTTL).bool(false).int(-1)
      into.text(part.path).buffer(part.data).acl(part.acl).int(part.flags)
    } else {
      // As it would stand alone: behind its header, before that of the end.
      const type = isRead(op) ? 'multiRead' : 'multi'
      into.bytes += encodeRequest(Object.freeze({ type, ops: [op] }) as Operation).slice(0, -END_LENGTH)
    }
  }
  into.int(-1).bool(true).int(-1)
  return request(Object.freeze({ type: 'raw', opcode: OpCode.multi, body: into.bytes }), RAW)
}

/** Bytes of the header that ends a multi. */
const END_LENGTH = 9

function isRead({ type }: MultiWrite | MultiRead): boolean {
  return type === 'getData' || type === 'getChildren'
}

/** Java: Op.create, which chooses the opcode by the flags. */
function partOf(part: MultiPart): MultiWrite | MultiRead {
  const path = text(part.path)
  if (part.type !== 'create') return Object.freeze({ ...part, path })
  const { data, acl, flags, ttl } = part
  const common = { path, data, acl, flags }
  if (hasTTL(flags)) {
    return Object.freeze({ type: 'createTTL', ...common, ttl: ttl ?? NO_TTL })
  }
  return Object.freeze({ type: flags === createFlags.container ? 'createContainer' : 'create', ...common })
}
