import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { OPEN_ACL_UNSAFE } from '../../src/nodes/acl.ts'
import { aboveChroot, belowChroot, prependChroot, stripChroot } from '../../src/nodes/client/chroot.ts'
import {
  badParts,
  hasNoACL,
  refusalOf,
  refusalOfChroot,
  refusalOfKinds,
  refusalOfPath,
} from '../../src/nodes/client/refusals.ts'
import { setWatchesBatches } from '../../src/nodes/client/setWatchesBatches.ts'
import { type WatchKind, ZKWatchManager } from '../../src/nodes/client/ZKWatchManager.ts'
import { createFlags } from '../../src/nodes/createFlags.ts'
import { createOperation, readOperation } from '../../src/nodes/operations.ts'
import type { Operation, Stat } from '../../src/nodes/packets.ts'
import { isValidPath } from '../../src/nodes/server/paths.ts'

describe('what the Java client refuses', () => {
  it.each([
    [null, 'Path cannot be null'],
    ['', 'Path length must be > 0'],
    ['a', 'Path must start with / character'],
    ['/a/', 'Path must not end with / character'],
    ['/a//b', 'Invalid path string "/a//b" caused by empty node name specified @3'],
    ['/a/.', 'Invalid path string "/a/." caused by relative paths not allowed @3'],
    ['/./a', 'Invalid path string "/./a" caused by relative paths not allowed @1'],
    ['/a/../b', 'Invalid path string "/a/../b" caused by relative paths not allowed @4'],
    ['/..', 'Invalid path string "/.." caused by relative paths not allowed @2'],
    ['/a\0', 'Invalid path string "/a\0" caused by null character not allowed @2'],
    ['/a\u001f', 'Invalid path string "/a\u001f" caused by invalid character @2'],
    ['/a\u009f', 'Invalid path string "/a\u009f" caused by invalid character @2'],
    ['/\u{1f600}', 'Invalid path string "/\u{1f600}" caused by invalid character @1'],
    ['/a\uf8ff', 'Invalid path string "/a\uf8ff" caused by invalid character @2'],
    ['/a\uffff', 'Invalid path string "/a\uffff" caused by invalid character @2'],
  ])('the path %j', (path, message) => {
    expect(refusalOfPath(path)).toEqual({ exception: 'IllegalArgumentException', message })
  })

  it('as paths are those that a server refuses as names of nodes', () => {
    const piece = fc.constantFrom(
      '/',
      '.',
      'a',
      '\0',
      '\u001f',
      '\u0080',
      ' ',
      '\ud800',
      '\uf900',
      '\ufff0',
      'é',
    )
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 8 }), (pieces) => {
        const path = pieces.join('')
        expect(refusalOfPath(path) === null).toBe(isValidPath(path))
      }),
      { numRuns: 2_000 },
    )
  })

  it('looks at the path of a sequential node as it will begin', () => {
    expect(refusalOf(createOperation('/a/', ''))).not.toBeNull()
    expect(refusalOf(createOperation('/a/', '', 'persistentSequential'))).toBeNull()
    expect(refusalOfPath(null, true)?.message).toBe('Path must start with / character')
  })

  it('times to live, and modes that have none', () => {
    const message = 'ttl must be positive and cannot be larger than: 1099511627775'
    const ttl = (millis: number) => createOperation('/a', '', 'persistentTTL', OPEN_ACL_UNSAFE, millis)
    expect(refusalOf(ttl(1))).toBeNull()
    expect(refusalOf(ttl(0xff_ffff_ffff))).toBeNull()
    for (const bad of [0, -1, 0x100_0000_0000]) expect(refusalOf(ttl(bad))?.message).toBe(message)
    expect(
      refusalOf({ ...createOperation('/a', ''), type: 'create', flags: createFlags.persistentTTL })?.message,
    ).toBe(message)
    expect(
      refusalOf({ ...createOperation('/a', ''), type: 'createTTL', flags: createFlags.ephemeral, ttl: 5 })
        ?.message,
    ).toBe('ttl not valid for mode: EPHEMERAL')
  })

  it('paths of whatever has one, and of nothing else', () => {
    const bad = 'x'
    const asked: readonly Operation[] = [
      createOperation(bad, ''),
      readOperation('exists', bad),
      { type: 'delete', path: bad, version: -1 },
      { type: 'setData', path: bad, data: '', version: -1 },
      { type: 'setACL', path: bad, acl: [], version: -1 },
      { type: 'getACL', path: bad },
      { type: 'getAllChildrenNumber', path: bad },
      { type: 'getEphemerals', prefixPath: bad },
      { type: 'sync', path: bad },
      { type: 'addWatch', path: bad, mode: 0 },
      { type: 'removeWatches', path: bad, watcherType: 3 },
    ]
    for (const op of asked) expect(refusalOf(op)?.message).toBe('Path must start with / character')
    for (const type of ['whoAmI', 'closeSession'] as const) expect(refusalOf({ type })).toBeNull()
  })

  it('a multi of reads and writes; what is bad in it is not refused but answered', () => {
    const get = { type: 'getData', path: '/a' } as const
    const remove = { type: 'delete', path: '/a', version: -1 } as const
    expect(refusalOfKinds([get, remove])?.message).toBe(
      'Mixing read and write operations (transactions) is not allowed in a multi request.',
    )
    expect(refusalOfKinds([get, { ...get, type: 'getChildren' }])).toBeNull()
    expect(refusalOfKinds([])).toBeNull()
    expect(badParts([remove, createOperation('/b', '')])).toBeNull()
    expect(badParts([remove, { ...remove, path: 'x' }])).toEqual([
      { type: 'error', err: -2 },
      { type: 'error', err: -8 },
    ])
    expect(badParts([{ ...createOperation('/b', ''), type: 'create', flags: 7 }])).toEqual([
      { type: 'error', err: -8 },
    ])
  })

  it('a chroot, as the end of the list of servers', () => {
    for (const none of ['', '/', '/a', '/a/b']) expect(refusalOfChroot(none)).toBeNull()
    expect(refusalOfChroot('/x/')?.message).toBe('Path must not end with / character')
    expect(refusalOfChroot('x')).toEqual({
      exception: 'NumberFormatException',
      message: 'For input string: "PORTx"',
    })
  })

  it('empty access control lists, where one waits for the answer', () => {
    expect(hasNoACL(createOperation('/a', ''))).toBe(false)
    expect(hasNoACL(createOperation('/a', '', 'persistent', []))).toBe(true)
    expect(hasNoACL(createOperation('/a', '', 'persistent', null))).toBe(true)
    expect(hasNoACL(readOperation('exists', '/a'))).toBe(false)
  })
})

const stat: Stat = {
  czxid: 1,
  mzxid: 1,
  ctime: 0,
  mtime: 0,
  version: 0,
  cversion: 0,
  aversion: 0,
  ephemeralOwner: '0x0',
  dataLength: 0,
  numChildren: 0,
  pzxid: 1,
}

describe('a chroot', () => {
  it('is put before and taken away', () => {
    const name = fc.constantFrom('a', 'b', 'app')
    const path = fc.array(name, { maxLength: 4 }).map((names) => `/${names.join('/')}`)
    fc.assert(
      fc.property(fc.constantFrom('/app', '/a/b'), path, (chroot, clientPath) => {
        expect(stripChroot(chroot, prependChroot(chroot, clientPath))).toBe(clientPath)
      }),
    )
    expect(stripChroot('/app', '/application')).toBe('/application')
    expect(stripChroot('/app', '/zookeeper/config')).toBe('/zookeeper/config')
  })

  const below = (op: Operation): Operation => belowChroot('/app', op)

  it('is where an operation goes', () => {
    expect(below(createOperation('/x', ''))).toMatchObject({ type: 'create', path: '/app/x' })
    expect(below(readOperation('exists', '/'))).toMatchObject({ path: '/app' })
    expect(below({ type: 'sync', path: '/x' })).toMatchObject({ path: '/app/x' })
    expect(below({ type: 'removeWatches', path: '/x', watcherType: 3 })).toMatchObject({ path: '/app/x' })
    const remove = { type: 'delete', path: '/x', version: -1 } as const
    expect(below({ type: 'multi', ops: [remove, { ...remove, path: '/' }] })).toMatchObject({
      ops: [{ path: '/app/x' }, { path: '/app' }],
    })
    expect(below({ type: 'multiRead', ops: [{ type: 'getChildren', path: '/' }] })).toMatchObject({
      ops: [{ path: '/app' }],
    })
  })

  it('cannot be deleted, nor does it count for what has no path of a node', () => {
    const untouched: readonly Operation[] = [
      { type: 'delete', path: '/', version: -1 },
      { type: 'getEphemerals', prefixPath: '/x' },
      { type: 'whoAmI' },
    ]
    for (const op of untouched) expect(below(op)).toBe(op)
  })

  it('does not show in what is answered, but for multis', () => {
    const strip = (path: string): string => stripChroot('/app', path)
    expect(aboveChroot(strip, { type: 'create', path: '/app/x' })).toEqual({ type: 'create', path: '/x' })
    expect(aboveChroot(strip, { type: 'create2', path: '/app', stat })).toMatchObject({ path: '/' })
    const multi = { type: 'multi', results: [{ type: 'create', path: '/app/x', stat: null }] } as const
    expect(aboveChroot(strip, multi)).toBe(multi)
  })
})

describe('the requests that set watches again', () => {
  const KINDS: readonly WatchKind[] = ['data', 'exist', 'child', 'persistent', 'persistentRecursive']

  it('hold every watch once, kind by kind, none more than 128 KiB of paths and one', () => {
    const path = fc.tuple(fc.nat(200), fc.nat(60_000)).map(([n, length]) => `/${n}${'x'.repeat(length)}`)
    const watch = fc.tuple(fc.constantFrom(...KINDS), path)
    fc.assert(
      fc.property(fc.array(watch, { maxLength: 25 }), (registered) => {
        const watches = new ZKWatchManager(false)
        for (const [kind, at] of registered) watches.register(kind, at, '')
        const batches = setWatchesBatches(watches, 5)
        const listsOf = (kind: WatchKind) =>
          batches.map((op) => (kind in op ? (op as unknown as Record<WatchKind, string[]>)[kind] : []))
        for (const kind of KINDS) expect(listsOf(kind).flat()).toEqual(watches.paths(kind))
        for (const [i, op] of batches.entries()) {
          const paths = KINDS.flatMap((kind) => listsOf(kind)[i] as string[])
          const lengths = paths.map((one) => one.length)
          const before = lengths.slice(0, -1).reduce((sum, length) => sum + length, 0)
          expect(before).toBeLessThan(128 * 1024)
          // Only the last is not full.
          if (i < batches.length - 1) expect(before + lengths.at(-1)!).toBeGreaterThanOrEqual(128 * 1024)
          const isNew = listsOf('persistent')[i]!.length + listsOf('persistentRecursive')[i]!.length > 0
          expect(op.type).toBe(isNew ? 'setWatches2' : 'setWatches')
          expect(op.relativeZxid).toBe(5)
        }
      }),
      { numRuns: 60 },
    )
  })
})
