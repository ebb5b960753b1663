import { describe, expect, it } from 'vitest'
import {
  type AclList,
  aclList,
  CREATOR_ALL_ACL,
  type Id,
  NO_IDS,
  OPEN_ACL_UNSAFE,
  Perms,
} from '../../src/nodes/acl.ts'
import { authenticate, getClientInfos, isAuthenticatedEnough } from '../../src/nodes/auth/authenticate.ts'
import { authWriteRequest } from '../../src/nodes/auth/authWriteRequest.ts'
import { checkACL } from '../../src/nodes/auth/checkACL.ts'
import { fixupACL } from '../../src/nodes/auth/fixupACL.ts'
import { DataTree } from '../../src/nodes/database/DataTree.ts'
import { SharedApply } from '../../src/nodes/database/SharedApply.ts'
import { makeTxn } from '../../src/nodes/database/txns.ts'
import { keeperErrorName } from '../../src/nodes/keeperErrors.ts'
import type { Operation } from '../../src/nodes/packets.ts'
import { config } from './config.ts'

const HOME: Id = { scheme: 'ip', id: '10.0.0.1' }
const ANN: Id = { scheme: 'digest', id: 'ann:hash' }
const BOB: Id = { scheme: 'digest', id: 'bob:hash' }
const SUPER: Id = { scheme: 'super', id: '' }

const { READ, WRITE, ADMIN, ALL } = Perms

function list(...entries: readonly (readonly [number, string, string])[]): AclList {
  return aclList(entries.map(([perms, scheme, id]) => ({ perms, scheme, id })))
}

describe('checkACL', () => {
  const ann = list([READ | WRITE, 'digest', 'ann:hash'], [READ, 'world', 'anyone'])

  it('asks for one of the permissions, of an entry that means the client', () => {
    expect(checkACL(config(), ann, WRITE, [HOME, ANN])).toBe(true)
    expect(checkACL(config(), ann, WRITE, [HOME, BOB])).toBe(false)
    expect(checkACL(config(), ann, READ, NO_IDS)).toBe(true)
    expect(checkACL(config(), ann, ADMIN, [ANN])).toBe(false)
    expect(checkACL(config(), ann, ADMIN | READ, [ANN])).toBe(true)
  })

  it('knows schemes apart', () => {
    expect(checkACL(config(), list([ALL, 'ip', '10.0.0.0/8']), ALL, [HOME])).toBe(true)
    expect(
      checkACL(config(), list([ALL, 'ip', '10.0.0.0/8']), ALL, [{ scheme: 'digest', id: '10.0.0.1' }]),
    ).toBe(false)
    expect(checkACL(config(), list([ALL, 'nobody', 'x']), ALL, [{ scheme: 'nobody', id: 'x' }])).toBe(false)
    expect(checkACL(config(), list([ALL, 'world', 'somebody']), ALL, [ANN])).toBe(false)
  })

  it('lets the super user do anything, and anybody what an empty list says', () => {
    expect(checkACL(config(), ann, ADMIN, [HOME, SUPER])).toBe(true)
    expect(checkACL(config(), list(), ADMIN, NO_IDS)).toBe(true)
  })

  it('is not looked at with skipACL', () => {
    expect(checkACL(config({ skipACL: true }), ann, ADMIN, NO_IDS)).toBe(true)
  })
})

describe('fixupACL', () => {
  it.each<[string, AclList | null]>([
    ['null', null],
    ['empty', list()],
    ['of somebody of the world', list([ALL, 'world', 'ann'])],
    ['of an unknown scheme', list([ALL, 'host', 'x'])],
    ['of the super user', list([ALL, 'super', ''])],
    ['with a bad id', list([ALL, 'digest', 'ann'])],
    ['with one bad entry', list([ALL, 'world', 'anyone'], [ALL, 'ip', '10.0.0'])],
    ['of a scheme that is not configured', list([ALL, 'sasl', 'ann'])],
  ])('refuses a list that is %s', (_, acl) => {
    expect(fixupACL(config(), [HOME, ANN], acl)).toBeNull()
  })

  it('keeps the open list one object', () => {
    expect(fixupACL(config(), NO_IDS, list([ALL, 'world', 'anyone']))).toBe(OPEN_ACL_UNSAFE)
  })

  it('puts the identities that a client has proved in place of auth', () => {
    expect(fixupACL(config(), [HOME, ANN, SUPER, BOB], CREATOR_ALL_ACL)).toEqual(
      list([ALL, 'digest', 'ann:hash'], [ALL, 'digest', 'bob:hash']),
    )
    expect(fixupACL(config(), [HOME, SUPER], CREATOR_ALL_ACL)).toBeNull()
  })

  it('leaves out what stands there twice, as it is asked for', () => {
    const twice = list([READ, 'world', 'anyone'], [ALL, 'ip', '10.0.0.1'], [READ, 'world', 'anyone'])
    expect(fixupACL(config(), NO_IDS, twice)).toEqual(twice.slice(0, 2))
    const own = list([ALL, 'digest', 'ann:hash'], [ALL, 'auth', ''])
    expect(fixupACL(config(), [ANN], own)).toHaveLength(2)
  })
})

describe('x509 and sasl', () => {
  const both = config({
    authProviders: 'x509, sasl',
    x509SuperUser: 'CN=root',
    saslSuperUser: 'root',
    letAnySaslUserDoX: 'reader',
  })

  it('are unknown unless configured', () => {
    expect(authenticate(config(), 'x509', 'CN=ann', '')).toBeNull()
    expect(authenticate(config(), 'sasl', 'ann', '')).toBeNull()
    expect(authenticate(config(), 'world', 'anyone', '')).toBeNull()
  })

  it('take whoever the client says it is, and know their super users', () => {
    expect(authenticate(both, 'x509', 'CN=ann', '')).toEqual([{ scheme: 'x509', id: 'CN=ann' }])
    expect(authenticate(both, 'x509', '', '')).toBeNull()
    expect(authenticate(both, 'x509', 'CN=root', '')).toContainEqual({ scheme: 'super', id: 'CN=root' })
    expect(authenticate(both, 'sasl', 'ann', '')).toEqual([{ scheme: 'sasl', id: 'ann' }])
    expect(authenticate(both, 'sasl', 'root', '')).toContainEqual({ scheme: 'super', id: '' })
  })

  it('let any user of SASL do what one may', () => {
    const acl = list([READ, 'sasl', 'reader'])
    expect(checkACL(both, acl, READ, [{ scheme: 'sasl', id: 'ann' }])).toBe(true)
    expect(checkACL(config({ authProviders: 'sasl' }), acl, READ, [{ scheme: 'sasl', id: 'ann' }])).toBe(
      false,
    )
  })

  it.each([
    ['x509', 'CN=ann,O="a, b"', true],
    ['x509', 'CN=ann,nonsense', false],
    ['x509', 'X=ann', false],
    ['x509', '2.5.4.3=ann', true],
    ['sasl', 'ann', true],
    ['sasl', 'zk/host@REALM', true],
    ['sasl', 'a@b@c', false],
  ])('%s:%s may stand in a list: %s', (scheme, id, valid) => {
    expect(fixupACL(both, NO_IDS, list([ALL, scheme, id])) !== null).toBe(valid)
  })
})

describe('whoAmI', () => {
  it('shows users without what proves them', () => {
    expect(getClientInfos(config(), [HOME, ANN, SUPER])).toEqual([
      { scheme: 'ip', id: '10.0.0.1' },
      { scheme: 'digest', id: 'ann' },
      { scheme: 'super', id: '' },
    ])
  })
})

describe('enforced schemes', () => {
  it('ask for one of them', () => {
    const enforcing = config({ enforceAuthSchemes: 'sasl, digest' })
    expect(isAuthenticatedEnough(enforcing, [HOME])).toBe(false)
    expect(isAuthenticatedEnough(enforcing, [HOME, ANN])).toBe(true)
    expect(isAuthenticatedEnough(config(), [HOME])).toBe(true)
  })
})

describe('the eager look', () => {
  const shared = new SharedApply()
  const txn = makeTxn(1, '0x1', 1, 0, {
    type: 'create',
    path: '/p',
    data: '',
    acl: list([READ, 'world', 'anyone']),
    ephemeral: false,
    parentCVersion: 1,
  })
  const { tree } = shared.apply(DataTree.empty, txn)

  it.each<[Operation, string]>([
    [{ type: 'setData', path: '/p', data: '', version: -1 }, 'NOAUTH'],
    [{ type: 'setData', path: '/none', data: '', version: -1 }, 'OK'],
    [{ type: 'delete', path: '/p/c', version: -1 }, 'NOAUTH'],
    [{ type: 'delete', path: '/p', version: -1 }, 'OK'],
    [{ type: 'delete', path: 'nonsense', version: -1 }, 'OK'],
    [{ type: 'create', path: '/p/c', data: '', acl: OPEN_ACL_UNSAFE, flags: 0 }, 'NOAUTH'],
    [{ type: 'create', path: '/p/c', data: '', acl: null, flags: 0 }, 'INVALIDACL'],
    [{ type: 'create', path: '/', data: '', acl: null, flags: 0 }, 'OK'],
    [{ type: 'createContainer', path: '/p/c', data: '', acl: null, flags: 4 }, 'OK'],
    [{ type: 'setACL', path: '/none', acl: null, version: -1 }, 'INVALIDACL'],
    [{ type: 'setACL', path: '/p', acl: OPEN_ACL_UNSAFE, version: -1 }, 'NOAUTH'],
    [{ type: 'multi', ops: [{ type: 'delete', path: '/p/c', version: -1 }] }, 'OK'],
    [{ type: 'getData', path: '/p', watch: false }, 'OK'],
  ])('at %j comes to %s', (op, expected) => {
    expect(keeperErrorName(authWriteRequest(config(), tree, op, [HOME]))).toBe(expected)
  })

  it('minds identities', () => {
    const op: Operation = { type: 'delete', path: '/p/c', version: -1 }
    expect(authWriteRequest(config(), tree, op, [SUPER])).toBe(0)
  })
})
