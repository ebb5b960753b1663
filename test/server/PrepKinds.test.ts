import { describe, expect, it } from 'vitest'
import { OPEN_ACL_UNSAFE } from '../../src/nodes/acl.ts'
import { CONTAINER_OWNER, ttlOwner } from '../../src/nodes/database/ephemeralType.ts'
import { keeperErrors } from '../../src/nodes/keeperErrors.ts'
import { createOperation } from '../../src/nodes/operations.ts'
import type { CreateOperation, Operation } from '../../src/nodes/packets.ts'
import { Request } from '../../src/nodes/processors/Request.ts'
import { PrepToFinal } from './PrepToFinal.ts'

const { EPHEMERALONLOCALSESSION } = keeperErrors

function ownerOf(server: PrepToFinal, path: string): string | undefined {
  return server.zkDb.tree.get(path)?.stat.ephemeralOwner
}

describe('kinds of nodes', () => {
  it('are told by the opcode, once the flags are allowed', () => {
    const server = new PrepToFinal()
    const make = (type: CreateOperation['type'], path: string, flags: number): void => {
      server.ask({ type, path, data: '', acl: OPEN_ACL_UNSAFE, flags, ttl: 1_000 } as CreateOperation)
    }
    make('create', '/plain', 4)
    make('createContainer', '/container', 0)
    make('createTTL', '/ttl', 5)
    make('create2', '/ephemeral', 1)
    expect(ownerOf(server, '/plain')).toBe('0x0')
    expect(ownerOf(server, '/container')).toBe(CONTAINER_OWNER)
    expect(ownerOf(server, '/ttl')).toBe(ttlOwner(1_000))
    expect(ownerOf(server, '/ephemeral')).toBe('0x1')
  })

  it('with a time to live have numbers too', () => {
    const server = new PrepToFinal()
    const told = server.ask(createOperation('/t-', '', 'persistentSequentialTTL', OPEN_ACL_UNSAFE, 5))
    expect(told).toMatchObject({ result: { type: 'createTTL', path: '/t-0000000000' } })
  })

  it('with a time to live are not implemented unless extended types are enabled', () => {
    const server = new PrepToFinal({ extendedTypesEnabled: false })
    const create = (type: 'create' | 'createTTL', ttl?: number): Operation =>
      ({ type, path: '/t', data: '', acl: OPEN_ACL_UNSAFE, flags: 5, ttl }) as Operation
    expect(server.refusal(create('createTTL', 5))).toBe('UNIMPLEMENTED')
    expect(server.refusal(create('createTTL', 0))).toBe('UNIMPLEMENTED')
    expect(server.refusal(create('create'))).toBe('UNIMPLEMENTED')
  })

  it('may have children, unless a session owns them', () => {
    const server = new PrepToFinal()
    server.ask(createOperation('/c', '', 'container'))
    server.ask(createOperation('/t', '', 'persistentTTL', OPEN_ACL_UNSAFE, 5))
    server.ask(createOperation('/e', '', 'ephemeral'))
    expect(server.refusal(createOperation('/c/x', ''))).toBe('OK')
    expect(server.refusal(createOperation('/t/x', ''))).toBe('OK')
    expect(server.refusal(createOperation('/e/x', ''))).toBe('NOCHILDRENFOREPHEMERALS')
  })

  it('that are ephemeral are not for a local session that could not become a global one', () => {
    const server = new PrepToFinal()
    const ask = (op: Operation): Request => {
      const request = new Request(null, '0x1', 1, op, 'leader')
      request.err = EPHEMERALONLOCALSESSION.code
      server.prep.processRequest(request)
      server.run()
      return request
    }
    expect(ask(createOperation('/e', '', 'ephemeral')).txn?.body).toEqual({
      type: 'error',
      err: EPHEMERALONLOCALSESSION.code,
    })
    expect(ask(createOperation('/p', '')).txn?.body.type).toBe('create')
  })
})

describe('a container is deleted', () => {
  function server(): PrepToFinal {
    const made = new PrepToFinal()
    made.ask(createOperation('/c', '', 'container'))
    made.ask(createOperation('/full', '', 'container'))
    made.ask(createOperation('/full/x', ''))
    made.ask(createOperation('/e', '', 'ephemeral'))
    return made
  }

  it.each([
    ['/c', 'OK'],
    ['/full', 'NOTEMPTY'],
    ['/e', 'BADVERSION'],
    ['/none', 'NONODE'],
    ['/zookeeper', 'BADARGUMENTS'],
    ['nonsense', 'BADARGUMENTS'],
  ])('%s: %s', (path, expected) => {
    expect(server().refusal({ type: 'deleteContainer', path })).toBe(expected)
  })

  it('by nobody: no session is asked for', () => {
    const made = server()
    const request = new Request(null, '0x0', 0, { type: 'deleteContainer', path: '/c' }, null)
    made.prep.processRequest(request)
    made.run()
    made.finish()
    expect(request.txn?.body).toEqual({ type: 'deleteContainer', path: '/c' })
    expect(made.zkDb.tree.has('/c')).toBe(false)
  })
})

describe('quotas', () => {
  const LIMITS = '/zookeeper/quota/q/zookeeper_limits'

  function server(limits: string, enforceQuota = true): PrepToFinal {
    const made = new PrepToFinal({ enforceQuota })
    for (const path of ['/q', '/zookeeper/quota/q', LIMITS]) made.ask(createOperation(path, ''))
    made.ask(createOperation('/zookeeper/quota/q/zookeeper_stats', ''))
    made.ask({ type: 'setData', path: LIMITS, data: limits, version: -1 })
    return made
  }

  it('refuse what goes beyond a hard limit of nodes or of bytes, counted with the node itself', () => {
    const nodes = server('count=-1,bytes=-1=;countHardLimit=2')
    expect(nodes.ask(createOperation('/q/a', 'x')).err).toBe('OK')
    expect(nodes.ask(createOperation('/q/b', 'x')).err).toBe('QUOTAEXCEEDED')
    const bytes = server('count=-1,bytes=-1=;byteHardLimit=3')
    expect(bytes.ask(createOperation('/q/a', 'xx')).err).toBe('OK')
    expect(bytes.ask({ type: 'setData', path: '/q/a', data: 'xxxx', version: -1 }).err).toBe('QUOTAEXCEEDED')
    expect(bytes.ask({ type: 'setData', path: '/q/a', data: 'xxx', version: -1 }).err).toBe('OK')
    expect(bytes.ask({ type: 'setData', path: '/q/a', data: null, version: -1 }).err).toBe('OK')
    expect(bytes.ask(createOperation('/q/b', null)).err).toBe('OK')
  })

  it('are only advice when they are soft, or not enforced', () => {
    expect(server('count=0,bytes=0').ask(createOperation('/q/a', 'x')).err).toBe('OK')
    const lenient = server('count=-1,bytes=-1=;countHardLimit=0', false)
    expect(lenient.ask(createOperation('/q/a', 'x')).err).toBe('OK')
  })

  it('do not count what is on its way', () => {
    const made = server('count=-1,bytes=-1=;countHardLimit=2')
    expect(made.refusal(createOperation('/q/a', 'x'))).toBe('OK')
    expect(made.refusal(createOperation('/q/b', 'x'))).toBe('OK')
    made.finish()
    expect(made.refusal(createOperation('/q/c', 'x'))).toBe('QUOTAEXCEEDED')
  })

  it('that say nothing a server can read make it fail', () => {
    const made = server('count=many')
    expect(made.ask(createOperation('/q/a', 'x')).err).toBe('MARSHALLINGERROR')
    const { txn } = made.prepare({
      type: 'multi',
      ops: [createOperation('/other', ''), createOperation('/q/a', 'x')],
    })
    expect(txn?.body).toEqual({ type: 'error', err: keeperErrors.MARSHALLINGERROR.code })
    expect(made.refusal(createOperation('/other', ''))).toBe('OK')
  })
})
