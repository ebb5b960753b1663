import { type CreateMode, createModeOf } from '../createFlags.ts'
import { isTtlMode, MAX_TTL } from '../database/ephemeralType.ts'
import { keeperErrors } from '../keeperErrors.ts'
import type { CreateOperation, Operation, OperationOf, OpResult } from '../packets.ts'

/**
 * What the Java client refuses by an exception, before anything is sent: who asks by `Client.submit` looks here first if
 * he wants to be refused likewise.
 */
export interface Refusal {
  readonly exception: 'IllegalArgumentException' | 'NumberFormatException'
  readonly message: string
}

const SLASH = 0x2f
const DOT = 0x2e

/** Java: the checks of the asynchronous methods of ZooKeeper. Null: it would be sent. */
export function refusalOf(op: Operation): Refusal | null {
  switch (op.type) {
    case 'create':
    case 'create2':
    case 'createContainer':
    case 'createTTL':
      return refusalOfCreate(op)
    case 'delete':
    case 'setData':
    case 'setACL':
    case 'exists':
    case 'getData':
    case 'getChildren':
    case 'getChildren2':
    case 'getACL':
    case 'getAllChildrenNumber':
    case 'sync':
    case 'addWatch':
    case 'checkWatches':
    case 'removeWatches':
      return refusalOfPath(op.path)
    case 'getEphemerals':
      return refusalOfPath(op.prefixPath)
    case 'multi':
    case 'multiRead':
      return refusalOfKinds(op.ops)
    default:
      return null
  }
}

/** Java: PathUtils.validatePath */
export function refusalOfPath(path: string | null, isSequential = false): Refusal | null {
  if (isSequential) return refusalOfPath(`${path}1`)
  if (path === null) return illegal('Path cannot be null')
  if (path.length === 0) return illegal('Path length must be > 0')
  if (path.charCodeAt(0) !== SLASH) return illegal('Path must start with / character')
  if (path.length === 1) return null
  if (path.charCodeAt(path.length - 1) === SLASH) return illegal('Path must not end with / character')
  const reason = whyInvalid(path)
  return reason === null ? null : illegal(`Invalid path string "${path}" caused by ${reason}`)
}

/** Of the first character, from the left, that cannot stand where it does. */
function whyInvalid(path: string): string | null {
  for (let i = 1; i < path.length; i++) {
    const c = path.charCodeAt(i)
    if (c === 0) return `null character not allowed @${i}`
    if (c === SLASH) {
      if (path.charCodeAt(i - 1) === SLASH) return `empty node name specified @${i}`
    } else if (c === DOT) {
      if (endsRelativeName(path, i)) return `relative paths not allowed @${i}`
    } else if (isInvalid(c)) {
      return `invalid character @${i}`
    }
  }
  return null
}

/** Whether a name that is `.` or `..` ends with the dot here. */
function endsRelativeName(path: string, i: number): boolean {
  if (i + 1 < path.length && path.charCodeAt(i + 1) !== SLASH) return false
  const first = path.charCodeAt(i - 1) === DOT ? i - 1 : i
  return path.charCodeAt(first - 1) === SLASH
}

function isInvalid(c: number): boolean {
  if (c >= 0x20 && c < 0x7f) return false
  return c <= 0x1f || c <= 0x9f || (c >= 0xd800 && c <= 0xf8ff) || c >= 0xfff0
}

/** What is put behind the addresses of the servers: without a slash it becomes part of a port. Java: ConnectStringParser */
export function refusalOfChroot(chroot: string): Refusal | null {
  if (chroot === '' || chroot === '/') return null
  const slash = chroot.indexOf('/')
  if (slash === 0) return refusalOfPath(chroot)
  const behindPort = slash === -1 ? chroot : chroot.slice(0, slash)
  const message = `For input string: "PORT${behindPort}"`
  return Object.freeze({ exception: 'NumberFormatException', message })
}

function refusalOfCreate(op: CreateOperation): Refusal | null {
  const mode = createModeOf(op.flags)
  return refusalOfPath(op.path, mode !== undefined && isSequential(mode)) ?? refusalOfTTL(op, mode)
}

/** Java: EphemeralType.validateTTL; an operation without a time to live passes -1. */
function refusalOfTTL(op: CreateOperation, mode: CreateMode | undefined): Refusal | null {
  const ttl = op.type === 'createTTL' ? op.ttl : -1
  if (isTtlMode(mode)) {
    if (ttl > 0 && ttl <= MAX_TTL) return null
    return illegal(`ttl must be positive and cannot be larger than: ${MAX_TTL}`)
  }
  return ttl < 0 || mode === undefined ? null : illegal(`ttl not valid for mode: ${javaNames[mode]}`)
}

const javaNames: Readonly<Record<CreateMode, string>> = Object.freeze({
  persistent: 'PERSISTENT',
  ephemeral: 'EPHEMERAL',
  persistentSequential: 'PERSISTENT_SEQUENTIAL',
  ephemeralSequential: 'EPHEMERAL_SEQUENTIAL',
  container: 'CONTAINER',
  persistentTTL: 'PERSISTENT_WITH_TTL',
  persistentSequentialTTL: 'PERSISTENT_SEQUENTIAL_WITH_TTL',
})

function isSequential(mode: CreateMode): boolean {
  return (
    mode === 'persistentSequential' || mode === 'ephemeralSequential' || mode === 'persistentSequentialTTL'
  )
}

/** What may stand in a multi, of both kinds, which may not be mixed. */
export type MultiPart = OperationOf<'multi'>['ops'][number] | OperationOf<'multiRead'>['ops'][number]

/** Java: MultiOperationRecord.setOrCheckOpKind */
export function refusalOfKinds(parts: readonly MultiPart[]): Refusal | null {
  const [first] = parts
  if (first === undefined || parts.every((part) => isRead(part) === isRead(first))) return null
  return illegal('Mixing read and write operations (transactions) is not allowed in a multi request.')
}

function isRead({ type }: MultiPart): boolean {
  return type === 'getData' || type === 'getChildren'
}

/**
 * Bad parts do not make an exception: the whole is answered BADARGUMENTS, with these results, and not sent. Looked at
 * before `refusalOfKinds`. Null: no part is bad. Java: ZooKeeper.validatePath
 */
export function badParts(parts: readonly MultiPart[]): readonly OpResult[] | null {
  const errs = parts.map((part) =>
    isBad(part) ? keeperErrors.BADARGUMENTS.code : keeperErrors.RUNTIMEINCONSISTENCY.code,
  )
  if (!errs.includes(keeperErrors.BADARGUMENTS.code)) return null
  return Object.freeze(errs.map((err) => Object.freeze({ type: 'error', err } as const)))
}

function isBad(part: MultiPart): boolean {
  if ('flags' in part) return createModeOf(part.flags) === undefined || refusalOfCreate(part) !== null
  return refusalOfPath(part.path) !== null
}

/** Whether the synchronous methods refuse its access control list, as INVALIDACL. Java: ZooKeeper.validateACL */
export function hasNoACL(op: Operation): boolean {
  return 'acl' in op && (op.acl === null || op.acl.length === 0)
}

function illegal(message: string): Refusal {
  return Object.freeze({ exception: 'IllegalArgumentException', message })
}
