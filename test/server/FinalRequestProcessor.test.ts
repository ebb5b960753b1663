import { describe, expect, it } from 'vitest'
import { aclList, OPEN_ACL_UNSAFE, Perms } from '../../src/nodes/acl.ts'
import { createOperation, readOperation } from '../../src/nodes/operations.ts'
import type { Operation, ResultOf } from '../../src/nodes/packets.ts'
import { Request } from '../../src/nodes/processors/Request.ts'
import { ANN, BOB, everybody, PrepToFinal } from './PrepToFinal.ts'

const set = (path: string, data = 'e', version = -1): Operation => ({ type: 'setData', path, data, version })

function world(): PrepToFinal {
  const server = new PrepToFinal()
  server.ask(createOperation('/a', 'data'))
  server.ask(createOperation('/a/y', ''))
  server.ask(createOperation('/a/x', ''))
  server.ask(createOperation('/shut', '', 'persistent', everybody(Perms.ADMIN)))
  server.ask(createOperation('/e', '', 'ephemeral'))
  return server
}

describe('answers to writes', () => {
  it('have what was made, and the Stat where one was asked for', () => {
    const server = world()
    expect(server.ask(createOperation('/n', '')).result).toEqual({ type: 'create', path: '/n' })
    expect(
      server.ask({ type: 'create2', path: '/n2', data: 'xy', acl: OPEN_ACL_UNSAFE, flags: 0 }).result,
    ).toMatchObject({
      type: 'create2',
      path: '/n2',
      stat: { dataLength: 2, version: 0 },
    })
    expect(server.ask(createOperation('/c', '', 'container')).result).toMatchObject({
      stat: { ephemeralOwner: '0x0' },
    })
    expect(server.ask(set('/a')).result).toMatchObject({ type: 'setData', stat: { version: 1 } })
    const setACL: Operation = { type: 'setACL', path: '/a', acl: everybody(31), version: 0 }
    expect(server.ask(setACL).result).toMatchObject({ type: 'setACL', stat: { aversion: 1, version: 1 } })
    expect(server.ask({ type: 'delete', path: '/n', version: 0 })).toMatchObject({ err: 'OK', result: null })
  })

  it('of a multi are typed part by part', () => {
    const told = world().ask({
      type: 'multi',
      ops: [
        { type: 'create', path: '/n', data: '', acl: OPEN_ACL_UNSAFE, flags: 0 },
        { type: 'create2', path: '/n2', data: '', acl: OPEN_ACL_UNSAFE, flags: 0 },
        { type: 'setData', path: '/n', data: 'x', version: 0 },
        { type: 'check', path: '/n', version: 1 },
        { type: 'delete', path: '/n', version: 1 },
      ],
    })
    const results = (told.result as ResultOf<'multi'>).results
    expect(results.map(({ type }) => type)).toEqual(['create', 'create', 'setData', 'check', 'delete'])
    expect(results[0]).toMatchObject({ path: '/n', stat: null })
    expect(results[1]).toMatchObject({ path: '/n2', stat: { version: 0 } })
    expect(results[2]).toMatchObject({ stat: { version: 1 } })
  })

  it('come behind the events that the write brings', () => {
    const server = world()
    server.ask(readOperation('getData', '/a', true))
    const events = server.cnxn(ANN).events
    server.prepare(set('/a'))
    expect(events).toEqual([])
    server.finish()
    expect(events).toEqual(['NodeDataChanged /a'])
  })

  it('say what this server had against the request rather than what the transaction says', () => {
    const server = world()
    const request = server.prepare({ type: 'delete', path: '/none', version: -1 })
    request.err = -120
    server.finish()
    expect(server.cnxn(ANN).told.at(-1)).toMatchObject({ err: 'EPHEMERALONLOCALSESSION' })
  })
})

describe('sessions at the end of the pipeline', () => {
  it('that moved lose their connection without an answer, whatever they ask', () => {
    const server = world()
    const told = server.cnxn(ANN).told.length
    server.sessionTracker.setOwner(ANN, {} as never)
    server.prepare(readOperation('getData', '/a'))
    server.finish()
    expect(server.cnxn(ANN).closed).toBe(true)
    expect(server.cnxn(ANN).told).toHaveLength(told)
  })

  it('are closed behind the answer', () => {
    const server = world()
    expect(server.ask({ type: 'closeSession' })).toMatchObject({ err: 'OK' })
    expect(server.cnxn(ANN).closed).toBe(true)
    expect(server.zkDb.tree.has('/e')).toBe(false)
  })

  it('that end elsewhere are simply gone', () => {
    const server = world()
    const request = new Request(null, ANN, 0, { type: 'closeSession' }, null)
    server.prep.processRequest(request)
    server.run()
    server.finish()
    expect(server.closedSessions).toEqual([ANN])
  })

  it('that are expired are told so', () => {
    const server = world()
    server.prepare({ type: 'closeSession' })
    server.prepare(readOperation('getData', '/a'))
    server.finish()
    expect(server.cnxn(ANN).told.at(-1)).toMatchObject({ err: 'SESSIONEXPIRED', result: null })
  })
})

describe('reads', () => {
  it('answer', () => {
    const server = world()
    expect(server.ask(readOperation('exists', '/a')).result).toMatchObject({
      type: 'exists',
      stat: { numChildren: 2 },
    })
    expect(server.ask(readOperation('getData', '/a')).result).toMatchObject({ type: 'getData', data: 'data' })
    expect(server.ask(readOperation('getChildren', '/a')).result).toEqual({
      type: 'getChildren',
      children: ['x', 'y'],
    })
    expect(server.ask(readOperation('getChildren2', '/a')).result).toMatchObject({
      type: 'getChildren2',
      children: ['x', 'y'],
      stat: { cversion: 2 },
    })
    expect(server.ask({ type: 'getAllChildrenNumber', path: '/a' }).result).toEqual({
      type: 'getAllChildrenNumber',
      totalNumber: 2,
    })
    expect(server.ask({ type: 'sync', path: 'any/thing' }).result).toEqual({
      type: 'sync',
      path: 'any/thing',
    })
    expect(server.ask({ type: 'ping' })).toMatchObject({ xid: -2, err: 'OK', result: null })
  })

  it.each<[Operation, string]>([
    [readOperation('exists', '/a\0'), 'BADARGUMENTS'],
    [readOperation('exists', '/none'), 'NONODE'],
    [readOperation('exists', '/shut'), 'NOAUTH'],
    [readOperation('getData', '/none'), 'NONODE'],
    [readOperation('getData', '/shut'), 'NOAUTH'],
    [readOperation('getData', 'nonsense'), 'NONODE'],
    [readOperation('getData', ''), 'OK'],
    [readOperation('getChildren', '/shut'), 'NOAUTH'],
    [readOperation('getChildren2', '/none'), 'NONODE'],
    [{ type: 'getACL', path: '/none' }, 'NONODE'],
    [{ type: 'getAllChildrenNumber', path: '/shut' }, 'NOAUTH'],
    [{ type: 'addWatch', path: '/none', mode: 1 }, 'OK'],
    [{ type: 'addWatch', path: '/a', mode: 2 }, 'MARSHALLINGERROR'],
    [{ type: 'checkWatches', path: '/a', watcherType: 0 }, 'MARSHALLINGERROR'],
    [{ type: 'removeWatches', path: '/a', watcherType: 6 }, 'MARSHALLINGERROR'],
    [{ type: 'removeWatches', path: '/a', watcherType: 3 }, 'NOWATCHER'],
    [{ type: 'unparsable', opcode: 4, err: -5 }, 'MARSHALLINGERROR'],
  ])('%j: %s', (op, expected) => {
    expect(world().ask(op).err).toBe(expected)
  })

  it('spend no zxid', () => {
    const server = world()
    const { hzxid } = server
    expect(server.ask(readOperation('getData', '/none')).zxid).toBe(hzxid)
    expect(server.hzxid).toBe(hzxid)
  })

  it('of many parts answer each by itself', () => {
    const told = world().ask({
      type: 'multiRead',
      ops: [
        { type: 'getData', path: '/a' },
        { type: 'getChildren', path: '/none' },
        { type: 'getData', path: '/shut' },
        { type: 'getChildren', path: '/a' },
      ],
    })
    expect(told).toMatchObject({
      err: 'OK',
      result: {
        results: [
          { type: 'getData', data: 'data' },
          { type: 'error', err: -101 },
          { type: 'error', err: -102 },
          { type: 'getChildren', children: ['x', 'y'] },
        ],
      },
    })
  })

  it('of ephemerals are those of who asks, below a prefix', () => {
    const server = world()
    server.ask(createOperation('/a/e', '', 'ephemeral'))
    server.ask(createOperation('/bobs', '', 'ephemeral'), BOB)
    const ephemerals = (prefixPath: string): readonly string[] =>
      (server.ask({ type: 'getEphemerals', prefixPath }).result as ResultOf<'getEphemerals'>).ephemerals
    expect(ephemerals('')).toEqual(['/a/e', '/e'])
    expect(ephemerals(' / ')).toEqual(['/a/e', '/e'])
    expect(ephemerals('/a')).toEqual(['/a/e'])
    expect(ephemerals('/b')).toEqual([])
  })

  it('of access control hide hashes from who may only read', () => {
    const server = new PrepToFinal()
    const acl = aclList([
      { perms: Perms.READ, scheme: 'world', id: 'anyone' },
      { perms: Perms.ALL, scheme: 'digest', id: 'ann:hash' },
      { perms: Perms.ALL, scheme: 'ip', id: '10.0.0.1' },
    ])
    server.ask(createOperation('/n', '', 'persistent', acl))
    const getACL: Operation = { type: 'getACL', path: '/n' }
    expect(server.ask(getACL, BOB).result).toMatchObject({ acl: [acl[0], { id: 'ann:x' }, acl[2]] })
    server.cnxn(ANN).authInfo = [{ scheme: 'digest', id: 'ann:hash' }]
    expect(server.ask(getACL, ANN).result).toMatchObject({ acl })
    server.ask(createOperation('/admin', '', 'persistent', everybody(Perms.ADMIN)))
    expect(server.ask({ type: 'getACL', path: '/admin' }, BOB).err).toBe('OK')
    server.ask(createOperation('/closed', '', 'persistent', everybody(Perms.WRITE)))
    expect(server.ask({ type: 'getACL', path: '/closed' }, BOB).err).toBe('NOAUTH')
  })

  it('of who one is show what one has proved', () => {
    const server = world()
    server.cnxn(ANN).authInfo = [
      { scheme: 'ip', id: '10.0.0.1' },
      { scheme: 'digest', id: 'ann:hash' },
    ]
    expect(server.ask({ type: 'whoAmI' }).result).toEqual({
      type: 'whoAmI',
      clientInfo: [
        { scheme: 'ip', id: '10.0.0.1' },
        { scheme: 'digest', id: 'ann' },
      ],
    })
  })
})

describe('watches', () => {
  it.each<[Operation, Operation, string[]]>([
    [readOperation('getData', '/a', true), set('/a'), ['NodeDataChanged /a']],
    [readOperation('exists', '/new', true), createOperation('/new', ''), ['NodeCreated /new']],
    [readOperation('getChildren', '/a', true), createOperation('/a/z', ''), ['NodeChildrenChanged /a']],
    [readOperation('getData', '/new', true), createOperation('/new', ''), []],
    [readOperation('exists', '/shut', true), { type: 'delete', path: '/shut', version: -1 }, []],
    [readOperation('getData', '/a'), set('/a'), []],
    [{ type: 'addWatch', path: '/', mode: 1 }, set('/a/x'), ['NodeDataChanged /a/x']],
  ])('%j hears of %j: %j', (read, write, expected) => {
    const server = world()
    server.ask(read)
    server.ask(write)
    expect(server.cnxn(ANN).events).toEqual(expected)
  })

  it('can be asked for, taken away, and set again', () => {
    const server = world()
    server.ask(readOperation('getData', '/a', true))
    expect(server.ask({ type: 'checkWatches', path: '/a', watcherType: 2 }).err).toBe('OK')
    expect(server.ask({ type: 'removeWatches', path: '/a', watcherType: 2 }).err).toBe('OK')
    expect(server.ask({ type: 'checkWatches', path: '/a', watcherType: 2 }).err).toBe('NOWATCHER')
    const again: Operation = { type: 'setWatches', relativeZxid: 0, data: ['/a'], exist: [], child: [] }
    expect(server.ask(again)).toMatchObject({ err: 'OK', result: null })
    expect(server.cnxn(ANN).events).toEqual(['NodeDataChanged /a'])
  })
})

it('counts each request out, and says nothing once it has broken off', () => {
  const server = world()
  const { left } = server
  server.prepare(set('/a'))
  server.brokenOff = true
  const told = server.cnxn(ANN).told.length
  server.finish()
  expect(server.cnxn(ANN).told).toHaveLength(told)
  server.brokenOff = false
  server.ask(set('/a'))
  expect(server.left).toBe(left + 1)
})
