import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type AclList, aclList, OPEN_ACL_UNSAFE, Perms } from '../../src/nodes/acl.ts'
import { createOperation } from '../../src/nodes/operations.ts'
import type { Operation } from '../../src/nodes/packets.ts'
import { BOB, everybody, PrepToFinal } from './PrepToFinal.ts'

/**
 * What can be wrong with a request, in the order in which the server looks. For any combination, the answer is that of
 * the first. The orders are those of PrepRequestProcessor.pRequest2Txn, written down a second time.
 */

const BAD_LIST: AclList = aclList([{ perms: 31, scheme: 'nobody', id: 'x' }])
const NONE = Perms.ADMIN

/** /open and /shut, the second without permissions; below each a node `k`, and one `full` that has a child. */
function world(): PrepToFinal {
  const server = new PrepToFinal({ enforceQuota: true })
  const make = (path: string, acl: AclList = OPEN_ACL_UNSAFE): void => {
    expect(server.ask(createOperation(path, 'd', 'persistent', acl)).err).toBe('OK')
  }
  for (const parent of ['/open', '/shut']) {
    make(parent)
    make(`${parent}/k`)
    make(`${parent}/kshut`, everybody(NONE))
    make(`${parent}/full`)
    make(`${parent}/full/c`)
  }
  server.ask({ type: 'setACL', path: '/shut', acl: everybody(NONE), version: -1 })
  server.ask(createOperation('/eph', '', 'ephemeral'), BOB)
  server.ask(createOperation('/ephshut', '', 'ephemeral', everybody(NONE)), BOB)
  make('/tight')
  make('/tight/k')
  make('/zookeeper/quota/tight')
  make('/zookeeper/quota/tight/zookeeper_limits')
  server.ask({
    type: 'setData',
    path: '/zookeeper/quota/tight/zookeeper_limits',
    data: 'count=-1,bytes=-1=;byteHardLimit=3;countHardLimit=2',
    version: -1,
  })
  server.ask(createOperation('/zookeeper/quota/tight/zookeeper_stats', ''))
  return server
}

/** The first of these that holds. */
function first(checks: readonly (readonly [boolean, string])[]): string {
  return checks.find(([holds]) => holds)?.[1] ?? 'OK'
}

const flag = fc.boolean()
/** Mostly not, so that the later checks have their turn. */
const rarely = fc.integer({ min: 0, max: 5 }).map((n) => n === 0)

function property<T>(
  shape: fc.Arbitrary<T>,
  expected: (x: T) => string,
  op: (x: T) => Operation,
  expired: (x: T) => boolean,
): void {
  const server = world()
  // One session is closed, and still its requests come.
  server.prepare({ type: 'closeSession' }, BOB)
  const before = server.prep['outstanding']
  fc.assert(
    fc.property(shape, (x) => {
      server.prep['outstanding'] = before
      const { hzxid } = server
      expect(server.refusal(op(x), expired(x) ? BOB : undefined)).toBe(expected(x))
      expect(server.hzxid).toBe(hzxid + 1)
    }),
    { numRuns: 400 },
  )
}

describe('the order in which prep looks at', () => {
  const parents = {
    open: '/open',
    shut: '/shut',
    none: '/none',
    eph: '/eph',
    ephshut: '/ephshut',
    tight: '/tight',
  }

  it('a create', () => {
    // Without the end of BOB's session, whose ephemerals are looked at.
    const server = world()
    const before = server.prep['outstanding']
    fc.assert(
      fc.property(
        fc.record({
          type: fc.constantFrom('create', 'create2', 'createContainer', 'createTTL'),
          flags: fc.oneof(fc.constantFrom(0, 1, 2, 3, 4), fc.integer({ min: -1, max: 9 })),
          ttl: fc.constantFrom(-1, 0, 1, 2 ** 40 - 1, 2 ** 40),
          unknown: rarely,
          nul: rarely,
          badList: rarely,
          parent: fc.constantFrom(...(Object.keys(parents) as (keyof typeof parents)[])),
          name: fc.constantFrom('new', 'k', '.', 'x\u0001'),
        }),
        ({ type, flags, ttl, unknown, nul, badList, parent, name }) => {
          server.prep['outstanding'] = before
          const path = `${parents[parent]}/${name}${nul ? '\0' : ''}`
          const sequential = flags === 2 || flags === 3 || flags === 6
          const lives = flags === 5 || flags === 6
          // Whoever asks for none has -1.
          const asked = type === 'createTTL' ? ttl : -1
          const badTtl = lives ? asked <= 0 || asked >= 2 ** 40 : asked >= 0
          const expected = first([
            [flags < 0 || flags > 6, 'BADARGUMENTS'],
            [badTtl, 'BADARGUMENTS'],
            [unknown, flags === 1 || flags === 3 ? 'SESSIONEXPIRED' : 'UNKNOWNSESSION'],
            [nul, 'BADARGUMENTS'],
            [badList, 'INVALIDACL'],
            [parent === 'none', 'NONODE'],
            [parent === 'shut' || parent === 'ephshut', 'NOAUTH'],
            [name === 'x\u0001' || (name === '.' && !sequential), 'BADARGUMENTS'],
            [name === 'k' && !sequential && (parent === 'open' || parent === 'tight'), 'NODEEXISTS'],
            [parent === 'eph', 'NOCHILDRENFOREPHEMERALS'],
            [parent === 'tight', 'QUOTAEXCEEDED'],
            [type === 'createTTL' && !lives, 'BADARGUMENTS'],
          ])
          const acl = badList ? BAD_LIST : OPEN_ACL_UNSAFE
          const op = {
            type,
            path,
            data: 'd',
            acl,
            flags,
            ...(type === 'createTTL' ? { ttl } : {}),
          } as Operation
          if (unknown) server.sessionTracker.removeSession('0x1')
          else server.sessionTracker.trackSession('0x1', 4_000)
          expect(server.refusal(op)).toBe(expected)
        },
      ),
      { numRuns: 1_000 },
    )
  })

  it('a delete', () => {
    property(
      fc.record({
        expired: rarely,
        bad: fc.constantFrom('', '', '', 'noslash', '/zookeeper', '/open/k\0'),
        parent: fc.constantFrom('open', 'shut', 'none'),
        name: fc.constantFrom('k', 'full', 'none'),
        wrongVersion: flag,
      }),
      ({ expired, bad, parent, name, wrongVersion }) =>
        first([
          [expired, 'SESSIONEXPIRED'],
          [bad !== '', 'BADARGUMENTS'],
          [parent === 'none', 'NONODE'],
          [parent === 'shut', 'NOAUTH'],
          [name === 'none', 'NONODE'],
          [wrongVersion, 'BADVERSION'],
          [name === 'full', 'NOTEMPTY'],
        ]),
      ({ bad, parent, name, wrongVersion }) => ({
        type: 'delete',
        path: bad !== '' ? bad : `/${parent}/${name}`,
        version: wrongVersion ? 7 : 0,
      }),
      ({ expired }) => expired,
    )
  })

  it('a setData', () => {
    property(
      fc.record({
        expired: rarely,
        path: fc.constantFrom('/open/k', '/open/kshut', '/none', '/open/', '', '/tight/k'),
        data: fc.constantFrom('d', null, 'longer'),
        wrongVersion: flag,
      }),
      ({ expired, path, data, wrongVersion }) =>
        first([
          [expired, 'SESSIONEXPIRED'],
          [path === '' || path === '/open/', 'BADARGUMENTS'],
          [path === '/none', 'NONODE'],
          [path === '/open/kshut', 'NOAUTH'],
          [path === '/tight/k' && data === 'longer', 'QUOTAEXCEEDED'],
          [wrongVersion, 'BADVERSION'],
        ]),
      ({ path, data, wrongVersion }) => ({ type: 'setData', path, data, version: wrongVersion ? 7 : -1 }),
      ({ expired }) => expired,
    )
  })

  it('a setACL', () => {
    property(
      fc.record({
        expired: rarely,
        path: fc.constantFrom('/open/k', '/noadmin', '/none', '/open/'),
        acl: fc.constantFrom(OPEN_ACL_UNSAFE, OPEN_ACL_UNSAFE, null, BAD_LIST),
        wrongVersion: flag,
      }),
      ({ expired, path, acl, wrongVersion }) =>
        first([
          [expired, 'SESSIONEXPIRED'],
          [path === '/open/', 'BADARGUMENTS'],
          [acl !== OPEN_ACL_UNSAFE, 'INVALIDACL'],
          [path === '/none' || path === '/noadmin', 'NONODE'],
          [wrongVersion, 'BADVERSION'],
        ]),
      ({ path, acl, wrongVersion }) => ({ type: 'setACL', path, acl, version: wrongVersion ? 7 : 0 }),
      ({ expired }) => expired,
    )
  })

  it('a check, which is part of a multi', () => {
    const server = world()
    fc.assert(
      fc.property(
        fc.constantFrom('/open/k', '/open/kshut', '/none', '/open/', ''),
        flag,
        (path, wrongVersion) => {
          const { txn } = server.prepare({
            type: 'multi',
            ops: [{ type: 'check', path, version: wrongVersion ? 7 : 0 }],
          })
          const code = first([
            [path === '' || path === '/open/', '-8'],
            [path === '/none', '-101'],
            [path === '/open/kshut', '-102'],
            [wrongVersion, '-103'],
          ])
          const part =
            code === 'OK' ? { type: 'check', path, version: 1 } : { type: 'error', err: Number(code) }
          expect(txn?.body).toEqual({ type: 'multi', txns: [part] })
        },
      ),
    )
  })
})

describe('access control', () => {
  it('of a delete is that of the parent alone', () => {
    const server = world()
    expect(server.refusal({ type: 'delete', path: '/open/kshut', version: -1 })).toBe('OK')
    expect(server.refusal({ type: 'delete', path: '/shut/k', version: -1 })).toBe('NOAUTH')
  })

  it('of a setACL asks for ADMIN', () => {
    const server = world()
    server.ask({ type: 'setACL', path: '/open', acl: everybody(Perms.ALL & ~Perms.ADMIN), version: -1 })
    expect(server.refusal({ type: 'setACL', path: '/open', acl: OPEN_ACL_UNSAFE, version: 7 })).toBe('NOAUTH')
  })

  it('is the old one until a setACL is applied', () => {
    const server = world()
    server.prepare({ type: 'setACL', path: '/open', acl: everybody(NONE), version: -1 })
    expect(server.refusal(createOperation('/open/a', ''))).toBe('OK')
    expect(server.refusal({ type: 'setData', path: '/open', data: '', version: -1 })).toBe('OK')
    server.finish()
    expect(server.refusal(createOperation('/open/b', ''))).toBe('NOAUTH')
    expect(server.refusal({ type: 'setData', path: '/open', data: '', version: -1 })).toBe('NOAUTH')
  })

  it('is the old one as long as what came behind the setACL is not applied', () => {
    const server = world()
    server.prepare({ type: 'setACL', path: '/open', acl: everybody(NONE), version: -1 })
    server.finish()
    server.ask({ type: 'setACL', path: '/open', acl: OPEN_ACL_UNSAFE, version: -1 })
    const setACL = server.prepare({ type: 'setACL', path: '/open', acl: everybody(NONE), version: -1 })
    const create = server.prepare(createOperation('/open/a', ''))
    server.final.processRequest(setACL)
    expect(server.refusal(createOperation('/open/b', ''))).toBe('OK')
    server.final.processRequest(create)
    expect(create.txn?.body.type).toBe('create')
  })

  it('of the root goes by its children apart from its data', () => {
    const server = world()
    server.prepare({ type: 'setACL', path: '/', acl: everybody(NONE), version: -1 })
    const create = server.prepare(createOperation('/new', ''))
    expect(create.txn?.body.type).toBe('create')
    server.finish()
    expect(server.refusal(createOperation('/newer', ''))).toBe('NOAUTH')
    expect(server.refusal({ type: 'setData', path: '/', data: '', version: -1 })).toBe('NOAUTH')
  })

  it('lets a client that authenticated have what is its own', () => {
    const server = world()
    server.cnxn(BOB).authInfo = [{ scheme: 'digest', id: 'bob:h' }]
    server.ask(
      createOperation('/bobs', '', 'persistent', aclList([{ perms: 31, scheme: 'auth', id: '' }])),
      BOB,
    )
    const set: Operation = { type: 'setData', path: '/bobs', data: '', version: -1 }
    expect(server.refusal(set)).toBe('NOAUTH')
    expect(server.refusal(set, BOB)).toBe('OK')
    expect(server.zkDb.tree.get('/bobs')?.acl).toEqual([{ perms: 31, scheme: 'digest', id: 'bob:h' }])
  })
})

describe('requests that do not parse', () => {
  it('are error transactions when they are writes, with a zxid of their own', () => {
    const server = world()
    const { hzxid } = server
    const { txn } = server.prepare({ type: 'unparsable', opcode: 5, err: -5 })
    expect(txn).toMatchObject({ zxid: hzxid + 1, body: { type: 'error', err: -5 } })
    expect(server.ask({ type: 'unparsable', opcode: 4, err: -5 })).toMatchObject({ err: 'MARSHALLINGERROR' })
    expect(server.hzxid).toBe(hzxid + 1)
  })
})
