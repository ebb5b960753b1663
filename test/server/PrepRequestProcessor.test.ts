import fc from 'fast-check'
import { beforeEach, describe, expect, it } from 'vitest'
import type { SessionId } from '../../src/nodes/database/txns.ts'
import { type KeeperErrorName, keeperErrorName } from '../../src/nodes/keeperErrors.ts'
import { createOperation } from '../../src/nodes/operations.ts'
import type { Operation } from '../../src/nodes/packets.ts'
import { PrepRequestProcessor } from '../../src/nodes/processors/PrepRequestProcessor.ts'
import { Request, type SessionOwner } from '../../src/nodes/processors/Request.ts'
import { XidRolloverException } from '../../src/nodes/processors/XidRolloverException.ts'
import { SessionTracker } from '../../src/nodes/server/SessionTracker.ts'
import { FakeServer, Sink } from './fakes.ts'

const ANN: SessionId = '0x1'
const BOB: SessionId = '0x2'

let server: FakeServer
let sessions: SessionTracker
let sink: Sink
let prep: PrepRequestProcessor

beforeEach(() => {
  server = new FakeServer()
  const known = new Map([
    [ANN, 4_000],
    [BOB, 4_000],
  ])
  sessions = new SessionTracker(server.dispatcher, { expire() {} }, known, 2_000, 1)
  sink = new Sink()
  prep = new PrepRequestProcessor(server.server, sessions, sink)
})

let cxid = 0

/** Sends one operation through prep and gives the request that comes out. */
function pass(op: Operation, sessionId = ANN, owner: SessionOwner | null = 'leader'): Request {
  prep.processRequest(new Request(null, sessionId, ++cxid, op, owner))
  server.run()
  return sink.requests.at(-1) as Request
}

/** `OK`, or the name of the error that the transaction carries. */
function outcome(op: Operation, sessionId = ANN): KeeperErrorName | `${number}` {
  const body = pass(op, sessionId).txn?.body
  return keeperErrorName(body?.type === 'error' ? body.err : 0)
}

function applyAll(): void {
  for (const { txn } of sink.requests) {
    if (txn !== null && txn.zxid > server.zkDb.lastProcessedZxid) server.zkDb.apply(txn)
  }
}

function create(
  path: string,
  mode: 'persistent' | 'ephemeral' | 'persistentSequential' = 'persistent',
): Operation {
  return createOperation(path, 'd', mode)
}

function remove(path: string, version = -1): Operation {
  return { type: 'delete', path, version }
}

function set(path: string, version = -1): Operation {
  return { type: 'setData', path, data: 'e', version }
}

describe('what prep refuses', () => {
  it.each([
    ['a', 'BADARGUMENTS'],
    ['', 'BADARGUMENTS'],
    ['/a\0', 'BADARGUMENTS'],
    ['/x/', 'NONODE'],
    ['/a/', 'BADARGUMENTS'],
    ['//a', 'BADARGUMENTS'],
    ['/..', 'BADARGUMENTS'],
    ['/a/./b', 'NONODE'],
    ['/\u0001', 'BADARGUMENTS'],
    ['/nowhere/b', 'NONODE'],
    ['/a', 'NODEEXISTS'],
    ['/', 'NODEEXISTS'],
    ['/e/child', 'NOCHILDRENFOREPHEMERALS'],
    ['/b', 'OK'],
    ['/a/...', 'OK'],
  ])('create %j: %s', (path, expected) => {
    pass(create('/a'))
    pass(create('/e', 'ephemeral'))
    expect(outcome(create(path))).toBe(expected)
  })

  it.each([
    ['a', -1, 'BADARGUMENTS'],
    ['/', -1, 'BADARGUMENTS'],
    ['/zookeeper/config', -1, 'BADARGUMENTS'],
    ['/nowhere/b', -1, 'NONODE'],
    ['/b', -1, 'NONODE'],
    ['/a', 7, 'BADVERSION'],
    ['/a', -1, 'NOTEMPTY'],
    ['/a/c', 0, 'OK'],
  ])('delete %j of version %i: %s', (path, version, expected) => {
    pass(create('/a'))
    pass(create('/a/c'))
    expect(outcome(remove(path, version))).toBe(expected)
  })

  it.each([
    ['/a/', -1, 'BADARGUMENTS'],
    ['/b', -1, 'NONODE'],
    ['/a', 1, 'BADVERSION'],
    ['/a', 0, 'OK'],
    ['/', -1, 'OK'],
  ])('setData %j of version %i: %s', (path, version, expected) => {
    pass(create('/a'))
    expect(outcome(set(path, version))).toBe(expected)
  })

  it('spends a zxid on every refusal', () => {
    expect(pass(remove('/b')).txn).toMatchObject({ zxid: 1, body: { type: 'error', err: -101 } })
    expect(pass(create('/b')).txn).toMatchObject({ zxid: 2, body: { type: 'create' } })
    expect(pass({ type: 'getData', path: '/b', watch: false })).toMatchObject({ zxid: 2, txn: null, err: 0 })
  })
})

describe('sessions at prep', () => {
  it('refuses the unknown and the closing', () => {
    expect(outcome(create('/a'), '0x77')).toBe('UNKNOWNSESSION')
    pass({ type: 'closeSession' })
    expect(outcome(create('/a'))).toBe('SESSIONEXPIRED')
    expect(pass({ type: 'getData', path: '/', watch: false }).err).toBe(-112)
  })

  it('lets the first to come own a session, and refuses others until it moves', () => {
    const handler = {} as SessionOwner
    expect(pass(create('/a'), ANN, handler).txn?.body.type).toBe('create')
    expect(outcome(create('/b'))).toBe('SESSIONMOVED')
    sessions.setOwner(ANN, 'leader')
    expect(outcome(create('/b'))).toBe('OK')
  })

  it('tracks a session from its createSession on', () => {
    expect(pass({ type: 'createSession', timeout: 6_000 }, '0x5', null).txn?.body).toEqual({
      type: 'createSession',
      timeout: 6_000,
    })
    expect(sessions.isTrackingSession('0x5')).toBe(true)
  })
})

describe('outstanding changes', () => {
  it('count before they are applied', () => {
    pass(create('/a'))
    expect(outcome(set('/a', 0))).toBe('OK')
    expect(outcome(set('/a', 0))).toBe('BADVERSION')
    expect(outcome(set('/a', 1))).toBe('OK')
    expect(outcome(remove('/a', 2))).toBe('OK')
    expect(outcome(set('/a'))).toBe('NONODE')
  })

  it('lead to the trees that applying leads to', () => {
    pass(create('/a'))
    pass(set('/a'))
    pass(create('/a/b', 'ephemeral'))
    applyAll()
    expect(server.zkDb.tree).toBe(prep['outstanding'])
  })

  it('close a session with the ephemerals that it is about to have', () => {
    pass(create('/gone', 'ephemeral'))
    pass(create('/kept', 'ephemeral'))
    applyAll()
    pass(remove('/gone'))
    pass(create('/new', 'ephemeral'))
    pass(create('/bobs', 'ephemeral'), BOB)
    expect(pass({ type: 'closeSession' }).txn?.body).toEqual({
      type: 'closeSession',
      paths: ['/kept', '/new'],
    })
  })

  it('leave a parent not empty to the eye of prep until the end of the session is applied', () => {
    pass(create('/p'))
    pass(create('/p/e', 'ephemeral'))
    pass({ type: 'closeSession' })
    expect(outcome(remove('/p'), BOB)).toBe('NOTEMPTY')
    applyAll()
    expect(outcome(remove('/p'), BOB)).toBe('OK')
  })
})

describe('numbers', () => {
  it('append ten digits: how many children were ever created, whatever was deleted', () => {
    pass(create('/q'))
    expect(pass(create('/q/n-', 'persistentSequential')).txn?.body).toMatchObject({ path: '/q/n-0000000000' })
    pass(create('/q/plain'))
    pass(remove('/q/plain'))
    expect(pass(create('/q/n-', 'persistentSequential')).txn?.body).toMatchObject({
      path: '/q/n-0000000002',
      parentCVersion: 3,
    })
  })

  it('name a child of a bare prefix', () => {
    pass(create('/q'))
    expect(pass(create('/q/', 'persistentSequential')).txn?.body).toMatchObject({ path: '/q/0000000000' })
  })

  it('never make a version -1, ZOOKEEPER-4743', () => {
    expect(prep['nextVersion'](0x7fff_ffff)).toBe(-0x8000_0000)
    expect(prep['nextVersion'](-2)).toBe(0)
  })

  it('are not missed when the epoch has none left: the leader has given up', () => {
    class UsedUp extends Sink {
      override processRequest(): void {
        throw new XidRolloverException()
      }
    }
    prep = new PrepRequestProcessor(server.server, sessions, new UsedUp())
    prep.processRequest(new Request(null, ANN, 1, create('/a'), 'leader'))
    server.run()
    expect(server.deaths).toEqual([])
    expect(sink.requests).toEqual([])
  })

  it('grow by one a write, refused or not, in the order of requests', () => {
    const op = fc.constantFrom<Operation>(
      create('/a'),
      create('/a/b'),
      create('/a/s', 'persistentSequential'),
      remove('/a'),
      remove('/a/b'),
      set('/a'),
      { type: 'getData', path: '/a', watch: false },
      { type: 'closeSession' },
    )
    fc.assert(
      fc.property(fc.array(op, { maxLength: 40 }), fc.array(fc.nat(3), { maxLength: 40 }), (ops, applies) => {
        const fresh = new FakeServer()
        const known = new Map([[ANN, 4_000]])
        const out = new Sink()
        const tracker = new SessionTracker(fresh.dispatcher, { expire() {} }, known, 2_000, 1)
        const processor = new PrepRequestProcessor(fresh.server, tracker, out)
        let applied = 0
        ops.forEach((each, i) => {
          processor.processRequest(new Request(null, ANN, i, each, 'leader'))
          fresh.run()
          const txns = out.requests.flatMap(({ txn }) => (txn === null ? [] : [txn]))
          for (let n = applies[i] ?? 0; n > 0 && applied < txns.length; n--)
            fresh.zkDb.apply(txns[applied++] as never)
        })
        const txns = out.requests.flatMap(({ txn }) => (txn === null ? [] : [txn]))
        expect(txns.map((txn) => txn.zxid)).toEqual(txns.map((_, i) => i + 1))
        // What prep accepted, the tree accepts; and prep's tree is the one they lead to.
        let tree = fresh.zkDb.tree
        for (const txn of txns.slice(applied)) {
          const result = fresh.zkDb.shared.apply(tree, txn)
          expect(result.err).toBe(txn.body.type === 'error' ? txn.body.err : 0)
          tree = result.tree
        }
        expect(processor['outstanding'].equals(tree)).toBe(true)
      }),
    )
  })
})
