/**
 * What clients may ask for, and what they ask it about. Values are small and few, so that operations meet: a handful of
 * paths, versions near zero.
 */
import * as fc from 'fast-check'
import {
  type AclList,
  aclList,
  CREATOR_ALL_ACL,
  OPEN_ACL_UNSAFE,
  Perms,
  READ_ACL_UNSAFE,
} from '../nodes/acl.ts'
import { type CreateMode, createFlags } from '../nodes/createFlags.ts'
import { createOperation, readOperation } from '../nodes/operations.ts'
import type { MultiRead, MultiWrite, OperationOf, OperationType } from '../nodes/packets.ts'
import { isValidPath } from '../nodes/server/paths.ts'
import { printOperation } from '../sim/scenario/whatHappened.ts'
import { bytesOf } from '../sim/simulate/bytes.ts'
import { printingAs } from './DrawnScenarios.ts'

export interface PathOptions {
  /** Parts of a path; `a`, `b` and `c` unless said. */
  readonly names?: fc.Arbitrary<string>
  /** Most parts; 2 unless said. */
  readonly depth?: number
}

/** Paths of nodes, never the root. They shrink to fewer parts. */
export function paths({
  names = fc.constantFrom('a', 'b', 'c'),
  depth = 2,
}: PathOptions = {}): fc.Arbitrary<string> {
  return fc.array(names, { minLength: 1, maxLength: depth }).map((parts) => `/${parts.join('/')}`)
}

/** Any name that a node may have, in any script. */
export function nodeNames(): fc.Arbitrary<string> {
  return fc
    .string({ unit: 'grapheme', minLength: 1, maxLength: 12 })
    .filter((name) => !name.includes('/') && isValidPath(`/${name}`))
}

/** What a node may hold: text, bytes, nothing, null. */
export function nodeData(): fc.Arbitrary<string | Uint8Array | null> {
  return fc.oneof(
    { weight: 4, arbitrary: fc.constantFrom('', 'v1', 'v2', 'v3') },
    fc.string({ unit: 'grapheme', maxLength: 20 }),
    fc.uint8Array({ maxLength: 20 }),
    fc.constant(null),
  )
}

/** -1, which is any, or a version that a node may well have. */
export function versions(): fc.Arbitrary<number> {
  return fc.oneof(fc.constant(-1), fc.nat(3))
}

export function createModes(): fc.Arbitrary<CreateMode> {
  return fc.constantFrom(...(Object.keys(createFlags) as CreateMode[]))
}

/** Mostly the open one; others of the schemes that need no provider. They shrink to the open one. */
export function acls(): fc.Arbitrary<AclList> {
  const perms = fc.subarray([Perms.READ, Perms.WRITE, Perms.CREATE, Perms.DELETE, Perms.ADMIN], {
    minLength: 1,
  })
  const one = fc.record({
    perms: perms.map((some) => some.reduce((all: number, perm) => all | perm, 0)),
    who: fc.constantFrom('world:anyone', 'auth:', 'ip:10.0.0.1', 'ip:10.0.0.0/8', 'digest:ann:hash'),
  })
  const many = fc.array(one, { minLength: 1, maxLength: 3 }).map((entries) =>
    aclList(
      entries.map(({ perms: sum, who }) => {
        const [scheme = '', ...id] = who.split(':')
        return { perms: sum, scheme, id: id.join(':') }
      }),
    ),
  )
  return fc.oneof(
    { weight: 6, arbitrary: fc.constant(OPEN_ACL_UNSAFE) },
    fc.constantFrom(CREATOR_ALL_ACL, READ_ACL_UNSAFE),
    many,
  )
}

/** What a program asks a ZooKeeper for with one call. */
export const ASKED = Object.freeze([
  'create',
  'createContainer',
  'createTTL',
  'delete',
  'setData',
  'setACL',
  'multi',
  'multiRead',
  'exists',
  'getData',
  'getChildren',
  'getChildren2',
  'getACL',
  'getAllChildrenNumber',
  'getEphemerals',
  'sync',
] as const satisfies readonly OperationType[])

export type AskedType = (typeof ASKED)[number]
export type AskedOperation = OperationOf<AskedType>

export interface OperationOptions<T extends AskedType = AskedType> {
  /** Only these; all unless said. */
  readonly types?: readonly T[]
  readonly paths?: fc.Arbitrary<string>
}

/**
 * Operations of clients, for `perform`, a client's `submit` or a history. They print as transcripts show them
 * (`setData /a "v1"`).
 */
export function operations<T extends AskedType = AskedType>(
  options: OperationOptions<T> = {},
): fc.Arbitrary<OperationOf<T>> {
  const { types = ASKED, paths: path = paths() } = options
  const made = arbitrariesOf(path)
  return fc
    .oneof(...types.map((type): fc.Arbitrary<AskedOperation> => made[type as AskedType]))
    .map((op) => printingAs(op, () => printOperation(op)) as OperationOf<T>)
}

function arbitrariesOf(path: fc.Arbitrary<string>): Record<AskedType, fc.Arbitrary<AskedOperation>> {
  const data = nodeData().map(bytesOf)
  const version = versions()
  const create = (...modes: readonly CreateMode[]) =>
    fc
      .record({
        path,
        data,
        mode: fc.constantFrom(...modes),
        acl: acls(),
        ttl: fc.integer({ min: 1, max: 5_000 }),
      })
      .map(
        (one) =>
          createOperation(one.path, one.data, one.mode, one.acl, one.ttl) as MultiWrite & AskedOperation,
      )
  const read = <T extends 'exists' | 'getData' | 'getChildren' | 'getChildren2'>(type: T) =>
    fc
      .record({ path, watch: fc.boolean() })
      .map((one) => readOperation(type, one.path, one.watch) as AskedOperation)
  const plain = create('persistent', 'ephemeral', 'persistentSequential', 'ephemeralSequential')
  const remove = fc.record({ type: fc.constant('delete' as const), path, version })
  const setData = fc.record({ type: fc.constant('setData' as const), path, data, version })
  const check = fc.record({ type: fc.constant('check' as const), path, version: fc.nat(3) })
  const writes: fc.Arbitrary<readonly MultiWrite[]> = fc.array(fc.oneof(plain, remove, setData, check), {
    minLength: 1,
    maxLength: 4,
  })
  const reads: fc.Arbitrary<readonly MultiRead[]> = fc.array(
    fc.record({ type: fc.constantFrom('getData' as const, 'getChildren' as const), path }),
    { minLength: 1, maxLength: 4 },
  )
  return {
    create: plain,
    createContainer: create('container'),
    createTTL: create('persistentTTL', 'persistentSequentialTTL'),
    delete: remove,
    setData,
    setACL: fc.record({ type: fc.constant('setACL' as const), path, acl: acls(), version }),
    multi: fc.record({ type: fc.constant('multi' as const), ops: writes }),
    multiRead: fc.record({ type: fc.constant('multiRead' as const), ops: reads }),
    exists: read('exists'),
    getData: read('getData'),
    getChildren: read('getChildren'),
    getChildren2: read('getChildren2'),
    getACL: fc.record({ type: fc.constant('getACL' as const), path }),
    getAllChildrenNumber: fc.record({ type: fc.constant('getAllChildrenNumber' as const), path }),
    getEphemerals: fc.record({ type: fc.constant('getEphemerals' as const), prefixPath: path }),
    sync: fc.record({ type: fc.constant('sync' as const), path }),
  }
}
