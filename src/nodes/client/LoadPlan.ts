import { type AclList, aclList, OPEN_ACL_UNSAFE, Perms } from '../acl.ts'
import type { Bytes } from '../database/txns.ts'
import type { Host, Micros } from '../Host.ts'
import { createOperation, readOperation } from '../operations.ts'
import type { MultiWrite, Operation } from '../packets.ts'
import { AddWatchMode, WatcherType } from '../watch/watcherTypes.ts'
import type { ClosedLoopOptions } from './ClosedLoop.ts'
import { LOAD_OPERATIONS, type LoadOperation } from './LoadOperation.ts'

/** What a load has seen, as far as its operations go by it. */
export interface Seen {
  /** Of a key; 0 where none was seen. */
  versionOf(path: string): number
  /** The sequential node that it created last. */
  readonly created: string | null
}

/** Microseconds, at least and at most. */
export interface Pause {
  readonly least: Micros
  readonly most: Micros
}

const NO_PAUSE: Pause = Object.freeze({ least: 0, most: 0 })
/** Milliseconds that a node with a TTL lasts. */
const TTL = 2_000
/** No node gets there. */
const NO_VERSION = 0x7fff_ffff
const ANY_VERSION = -1
/** Of a multi, at least; and how many more at most. */
const FEWEST = 2
const MORE = 2

const BY_WHAT_IS_SEEN: ReadonlySet<LoadOperation> = new Set<LoadOperation>([
  'setDataAtVersion',
  'deleteAtVersion',
  'deleteCreated',
  'multi',
  'failingMulti',
])

const ACLS: readonly AclList[] = Object.freeze([
  OPEN_ACL_UNSAFE,
  openBut(Perms.READ),
  openBut(Perms.WRITE),
  openBut(Perms.CREATE),
  openBut(Perms.DELETE),
])

function openBut(perm: number): AclList {
  return aclList([{ perms: Perms.ALL & ~perm, scheme: 'world', id: 'anyone' }])
}

/** The options of a load, worked out; frozen. What it draws comes from the client's host, in a fixed order. */
export class LoadPlan {
  /** Its keys. */
  readonly paths: readonly string[]
  readonly outstanding: number
  readonly limit: number
  /** Microseconds between an answer and the next operation, at least and at most. */
  readonly pause: Pause
  /** Some operation asks for what was seen. */
  readonly goesByWhatIsSeen: boolean
  private readonly prefix: string
  private readonly operations: readonly LoadOperation[]
  /** Of `operations`, the sum of weights up to and including each. */
  private readonly cumulated: readonly number[]
  private readonly total: number

  constructor({ prefix, keys, mix, outstanding, limit, pause }: ClosedLoopOptions) {
    const operations = LOAD_OPERATIONS.filter((operation) => (mix[operation] ?? 0) > 0)
    let total = 0
    const cumulated = operations.map((operation) => (total += mix[operation] ?? 0))
    if (total === 0) throw new RangeError('the mix of a load needs a weight above 0')
    if (keys < 1) throw new RangeError('a load needs at least one key')
    this.prefix = prefix
    this.paths = Object.freeze(Array.from({ length: keys }, (_, key) => `${prefix}${key}`))
    this.operations = Object.freeze(operations)
    this.cumulated = Object.freeze(cumulated)
    this.total = total
    this.outstanding = outstanding
    this.goesByWhatIsSeen = operations.some((operation) => BY_WHAT_IS_SEEN.has(operation))
    this.limit = limit ?? Number.POSITIVE_INFINITY
    this.pause = pause === undefined ? NO_PAUSE : Object.freeze({ ...pause })
    Object.freeze(this)
  }

  /** How long to wait before the next operation. */
  nextPause(host: Host): Micros {
    const { least, most } = this.pause
    return least + Math.floor(host.random() * (most - least + 1))
  }

  /** A key and what to do with it. */
  next(host: Host, value: Bytes, seen: Seen): Operation {
    const path = pick(host, this.paths)
    return this.make(this.draw(host), path, host, value, seen)
  }

  private draw(host: Host): LoadOperation {
    const { cumulated, operations, total } = this
    const drawn = host.random() * total
    let i = 0
    while (i < operations.length - 1 && drawn >= (cumulated[i] as number)) i += 1
    return operations[i] as LoadOperation
  }

  private make(operation: LoadOperation, path: string, host: Host, value: Bytes, seen: Seen): Operation {
    switch (operation) {
      case 'setData':
        return setData(path, value, ANY_VERSION)
      case 'setDataAtVersion':
        return setData(path, value, seen.versionOf(path))
      case 'create':
        return createOperation(path, value)
      case 'create2':
        return Object.freeze({ ...createOperation(path, value), type: 'create2' })
      case 'createEphemeral':
        return createOperation(path, value, 'ephemeral')
      case 'createSequential':
        return createOperation(`${path}/n`, value, 'persistentSequential')
      case 'createEphemeralSequential':
        return createOperation(`${path}/n`, value, 'ephemeralSequential')
      case 'createContainer':
        return createOperation(path, value, 'container')
      case 'createTTL':
        return createOperation(path, value, 'persistentTTL', OPEN_ACL_UNSAFE, TTL)
      case 'createSequentialTTL':
        return createOperation(`${path}/n`, value, 'persistentSequentialTTL', OPEN_ACL_UNSAFE, TTL)
      case 'delete':
        return atVersion('delete', path, ANY_VERSION)
      case 'deleteAtVersion':
        return atVersion('delete', path, seen.versionOf(path))
      case 'deleteCreated':
        return atVersion('delete', seen.created ?? `${path}/n`, ANY_VERSION)
      case 'multi':
        return multi(this.writes(host, path, value, seen))
      case 'failingMulti':
        return multi([...this.writes(host, path, value, seen), atVersion('check', path, NO_VERSION)])
      case 'multiRead':
        return this.reads(host, path)
      case 'getData':
      case 'exists':
      case 'getChildren':
      case 'getChildren2':
        return readOperation(operation, path)
      case 'watchData':
        return readOperation('getData', path, true)
      case 'watchExists':
        return readOperation('exists', path, true)
      case 'watchChildren':
        return readOperation('getChildren2', path, true)
      case 'addWatch':
        return Object.freeze({ type: 'addWatch', path, mode: pick(host, WATCH_MODES) })
      case 'removeWatches':
        return Object.freeze({ type: 'removeWatches', path, watcherType: WatcherType.any })
      case 'sync':
      case 'getAllChildrenNumber':
      case 'getACL':
        return Object.freeze({ type: operation, path })
      case 'setACL':
        return Object.freeze({ type: 'setACL', path, acl: pick(host, ACLS), version: ANY_VERSION })
      case 'getEphemerals':
        return Object.freeze({ type: 'getEphemerals', prefixPath: this.prefix })
      case 'whoAmI':
        return Object.freeze({ type: 'whoAmI' })
      case 'reopen':
        return Object.freeze({ type: 'closeSession' })
    }
  }

  /** Several writes, the first of a key that is given. */
  private writes(host: Host, first: string, value: Bytes, seen: Seen): readonly MultiWrite[] {
    const writes = [this.write(host, first, value, seen)]
    const count = FEWEST + Math.floor(host.random() * (MORE + 1))
    while (writes.length < count) writes.push(this.write(host, pick(host, this.paths), value, seen))
    return writes
  }

  private write(host: Host, path: string, value: Bytes, seen: Seen): MultiWrite {
    switch (pick(host, WRITES)) {
      case 'setData':
        return setData(path, value, ANY_VERSION)
      case 'setDataAtVersion':
        return setData(path, value, seen.versionOf(path))
      case 'createSequential':
        return createOperation(`${path}/n`, value, 'persistentSequential')
      case 'createEphemeral':
        return createOperation(path, value, 'ephemeral')
      case 'create':
        return createOperation(path, value)
      case 'delete':
        return atVersion('delete', path, ANY_VERSION)
      case 'check':
        return atVersion('check', path, seen.versionOf(path))
    }
  }

  private reads(host: Host, path: string): Operation {
    const getChildren = Object.freeze({ type: 'getChildren', path: pick(host, this.paths) } as const)
    const getData = Object.freeze({ type: 'getData', path } as const)
    return Object.freeze({ type: 'multiRead', ops: Object.freeze([getData, getChildren]) })
  }
}

const WATCH_MODES = Object.freeze([AddWatchMode.persistent, AddWatchMode.persistentRecursive])

/** Of a multi; mostly such as succeed, or most multis would fail. */
const WRITES = Object.freeze([
  'setData',
  'setData',
  'setData',
  'setDataAtVersion',
  'createSequential',
  'createSequential',
  'createEphemeral',
  'create',
  'delete',
  'check',
] as const)

function setData(path: string, data: Bytes, version: number): MultiWrite {
  return Object.freeze({ type: 'setData', path, data, version })
}

function atVersion(type: 'delete' | 'check', path: string, version: number): MultiWrite {
  return Object.freeze({ type, path, version })
}

function multi(ops: readonly MultiWrite[]): Operation {
  return Object.freeze({ type: 'multi', ops: Object.freeze(ops) })
}

function pick<T>(host: Host, list: readonly T[]): T {
  return list[Math.floor(host.random() * list.length)] as T
}
