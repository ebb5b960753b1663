import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Client } from '../../src/nodes/client/Client.ts'
import type { ClientProgram, ClientProgramFactory } from '../../src/nodes/client/ClientProgram.ts'
import { closedLoop } from '../../src/nodes/client/ClosedLoop.ts'
import type { WatchedEvent } from '../../src/nodes/client/WatchedEvent.ts'
import { DataTree } from '../../src/nodes/database/DataTree.ts'
import { decodeRequest } from '../../src/nodes/jute/decodeRequest.ts'
import { encodeRequest } from '../../src/nodes/jute/encodeRequest.ts'
import { opcodeOf } from '../../src/nodes/jute/requestOpcodes.ts'
import { encodePacket } from '../../src/nodes/live/codec.ts'
import { OpCode } from '../../src/nodes/opcodes.ts'
import { createOperation } from '../../src/nodes/operations.ts'
import type { Operation } from '../../src/nodes/packets.ts'
import { Ensemble } from '../../src/sim/ensemble.ts'
import { unlikeTheirLogs } from './replay.ts'

/** Whatever a client sends: no server goes down, hangs, or writes a log that it cannot replay. */

const names = fc.constantFrom(
  '/',
  '/a',
  '/a/b',
  '/q',
  '/q/x',
  '',
  'a',
  '/a/',
  '//',
  '/.',
  '/a\0',
  '/\ud800',
  '/zookeeper',
  '/zookeeper/config',
  '/zookeeper/quota',
  '/zookeeper/quota/q',
  '/zookeeper/quota/q/zookeeper_limits',
  '/zookeeper/quota/q/zookeeper_stats',
  '/zookeeper/quota/zookeeper_limits',
  '/zookeeper/quota/zookeeper_stats',
)
const int = fc.oneof(
  fc.integer({ min: -3, max: 8 }),
  fc.constantFrom(-0x8000_0000, 0x7fff_ffff, -0x8000_0000 + 1, 0x7fff_fffe),
)
const data = fc.option(
  fc.oneof(
    fc.constantFrom(
      '',
      'x',
      'count=2,bytes=3',
      'count=1',
      'count=x,bytes=',
      'count=2,bytes=-1=;countHardLimit=1',
    ),
    fc.string({ maxLength: 9 }).map((text) => text.replace(/[^\0-\xff]/g, '?')),
  ),
)
const acl = fc.option(
  fc.array(
    fc.record({
      perms: int,
      scheme: fc.constantFrom('world', 'auth', 'digest', 'ip', 'super', 'x509', 'sasl', 'none', ''),
      id: fc.constantFrom('anyone', '', 'a:b', '10.0.0.0/8', 'a:b:c'),
    }),
    { maxLength: 3 },
  ),
)
const paths = fc.array(names, { maxLength: 3 })

const creation = fc.record({
  type: fc.constantFrom('create' as const, 'create2' as const, 'createContainer' as const),
  path: names,
  data,
  acl,
  flags: int,
})
const write = fc.oneof(
  creation,
  creation.chain((base) => int.map((ttl) => ({ ...base, type: 'createTTL' as const, ttl }))),
  fc.record({ type: fc.constant('delete' as const), path: names, version: int }),
  fc.record({ type: fc.constant('setData' as const), path: names, data, version: int }),
  fc.record({ type: fc.constant('check' as const), path: names, version: int }),
)
const watched = fc.record({ relativeZxid: int, data: paths, exist: paths, child: paths })

const operation: fc.Arbitrary<Operation> = fc.oneof(
  { arbitrary: write, weight: 6 },
  fc.record({ type: fc.constant('deleteContainer' as const), path: names }),
  fc.record({ type: fc.constant('setACL' as const), path: names, acl, version: int }),
  fc.record({ type: fc.constant('multi' as const), ops: fc.array(write, { maxLength: 4 }) }),
  fc.record({
    type: fc.constant('multiRead' as const),
    ops: fc.array(
      fc.record({ type: fc.constantFrom('getData' as const, 'getChildren' as const), path: names }),
      {
        maxLength: 3,
      },
    ),
  }),
  fc.record({
    type: fc.constant('reconfig' as const),
    joiningServers: fc.option(
      fc.constantFrom('server.9=h:1:2', 'server.x=', 'junk', 'server.4=4:2888:3888:observer;2181'),
    ),
    leavingServers: fc.option(fc.constantFrom('1', '99', 'x', '1,2,3')),
    newMembers: fc.option(fc.constantFrom('', 'server.1=1:2888:3888;2181', 'version=x')),
    curConfigId: int,
  }),
  fc.record({
    type: fc.constantFrom(
      'exists' as const,
      'getData' as const,
      'getChildren' as const,
      'getChildren2' as const,
    ),
    path: names,
    watch: fc.boolean(),
  }),
  fc.record({ type: fc.constantFrom('getACL' as const, 'getAllChildrenNumber' as const), path: names }),
  fc.record({ type: fc.constant('getEphemerals' as const), prefixPath: names }),
  fc.record({ type: fc.constant('sync' as const), path: fc.option(names) }),
  fc.record({ type: fc.constant('addWatch' as const), path: names, mode: int }),
  fc.record({
    type: fc.constantFrom('checkWatches' as const, 'removeWatches' as const),
    path: names,
    watcherType: int,
  }),
  watched.map((lists) => ({ type: 'setWatches' as const, ...lists })),
  watched.chain((lists) =>
    fc
      .record({ persistent: paths, persistentRecursive: paths })
      .map((more) => ({ type: 'setWatches2' as const, ...lists, ...more })),
  ),
  fc.constant({ type: 'whoAmI' as const }),
)

const anyBytes = fc
  .array(fc.integer({ min: 0, max: 255 }), { maxLength: 40 })
  .map((list) => String.fromCharCode(...list))
/** All but three: a ping is answered under an xid of its own, proofs of identity at no position; a client would wonder. */
const opcodes = fc
  .oneof(fc.constantFrom(...Object.values(OpCode)), int)
  .filter((opcode) => ![OpCode.ping, OpCode.auth, OpCode.sasl].includes(opcode as never))

/** What a client may put on the wire: good requests, requests that are cut, stretched or changed, and noise. */
const request: fc.Arbitrary<Operation> = fc.oneof(
  {
    arbitrary: operation.map(
      (op): Operation => ({ type: 'raw', opcode: opcodeOf(op), body: encodeRequest(op) }),
    ),
    weight: 4,
  },
  {
    arbitrary: fc
      .tuple(
        operation,
        fc.nat(60),
        fc.integer({ min: 0, max: 255 }),
        fc.constantFrom('cut', 'change', 'insert', 'retype'),
        opcodes,
      )
      .map(([op, at, byte, how, other]): Operation => {
        const body = encodeRequest(op)
        const i = at % (body.length + 1)
        const put = String.fromCharCode(byte)
        const changed =
          how === 'cut'
            ? body.slice(0, i)
            : how === 'change'
              ? body.slice(0, i) + put + body.slice(i + 1)
              : how === 'insert'
                ? body.slice(0, i) + put + body.slice(i)
                : body
        return { type: 'raw', opcode: how === 'retype' ? other : opcodeOf(op), body: changed }
      }),
    weight: 4,
  },
  fc.tuple(opcodes, anyBytes).map(([opcode, body]): Operation => ({ type: 'raw', opcode, body })),
)

/** Sends one request after the other, whatever comes of them; begins a new session where one ends. */
class Hostile implements ClientProgram {
  readonly requests: readonly Operation[]
  next = 0
  answered = 0
  private underWay = false

  constructor(requests: readonly Operation[]) {
    this.requests = requests
  }

  onConnected(client: Client): void {
    if (!this.underWay) this.send(client)
  }

  onCompleted(client: Client): void {
    this.underWay = false
    this.answered += 1
    this.send(client)
  }

  /** A raw closeSession ends the client too, and is nothing that it would call an expiry. */
  onEvent(client: Client, event: WatchedEvent): void {
    if (event.state === 'Closed') client.connect(client.servers)
  }

  onExpired(client: Client): void {
    client.connect(client.servers)
  }

  private send(client: Client): void {
    const request = this.requests[this.next]
    if (request === undefined || client.state !== 'CONNECTED') return
    this.next += 1
    this.underWay = true
    client.submit(request)
  }
}

class HostileFactory implements ClientProgramFactory {
  private readonly requests: readonly Operation[]

  constructor(requests: readonly Operation[]) {
    this.requests = requests
  }

  create(): Hostile {
    return new Hostile(this.requests)
  }
}

const settings = {
  tickTime: 200,
  minSessionTimeout: 400,
  extendedTypesEnabled: true,
  enforceQuota: true,
  reconfigEnabled: true,
  containerCheckInterval: 300,
  superDigest: 'super:lK75jTNcA+U9vtVEw5vB51mj/w4=',
}

function play(peers: number, seed: number, lists: readonly (readonly Operation[])[]) {
  const ensemble = new Ensemble({ peers, seed, settings }, { onNodeError: 'throw' })
  lists.forEach((requests, i) => {
    const factory = Object.freeze(
      new HostileFactory(Object.freeze(requests.map((one) => Object.freeze(one)))),
    )
    ensemble.addClient(`hostile${i}`, ensemble.sids, factory, 2_000)
  })
  ensemble.addClient(
    'bystander',
    ensemble.sids,
    closedLoop({ prefix: '/k', keys: 2, mix: { setData: 1 }, outstanding: 1 }),
  )
  const programs = lists.map(
    (_, i) => (ensemble.world.machine(`hostile${i}`).node as Client).program as Hostile,
  )
  const end = 300_000_000
  const done = () => programs.every((one) => one.next === one.requests.length && one.answered === one.next)
  while (!done() && ensemble.world.now < end) ensemble.world.runUntil(ensemble.world.now + 500_000)
  const before = transactions(ensemble)
  ensemble.world.runUntil(ensemble.world.now + 3_000_000)
  ensemble.checker.finish()
  return { ensemble, done: done(), bystanderGoesOn: transactions(ensemble) > before }
}

function transactions(ensemble: Ensemble): number {
  return Math.max(...ensemble.sids.map((sid) => ensemble.peer(sid)?.zkDb.lastProcessedZxid ?? 0))
}

function judge(peers: number, seed: number, lists: readonly (readonly Operation[])[]): void {
  const { ensemble, done, bystanderGoesOn } = play(peers, seed, lists)
  expect(ensemble.sids.map((sid) => ensemble.machineOf(sid).state)).toEqual(ensemble.sids.map(() => 'up'))
  // As the real one does, a server takes a raw createSession for a new session of the same id, and a promise of ids is void.
  const recreates = lists.flat().some((one) => one.type === 'raw' && one.opcode === OpCode.createSession)
  const sessionsOwn = ['C10', 'C14', 'C15', 'C16']
  expect(
    ensemble.checker.violations.filter(({ code }) => !(recreates && sessionsOwn.includes(code))),
  ).toEqual([])
  expect({ done, bystanderGoesOn }).toEqual({ done: true, bystanderGoesOn: true })
  expect(unlikeTheirLogs(ensemble)).toEqual([])
}

const lists = fc.array(fc.array(request, { maxLength: 40 }), { minLength: 1, maxLength: 3 })

describe('hostile clients', () => {
  it('leave a server alone standing, with a log that leads to its tree', () => {
    fc.assert(
      fc.property(fc.nat(1_000), lists, (seed, requests) => judge(1, seed, requests)),
      { numRuns: 60 },
    )
  })

  it('leave an ensemble standing, with logs that lead to its trees', () => {
    fc.assert(
      fc.property(fc.nat(1_000), lists, (seed, requests) => judge(3, seed, requests)),
      { numRuns: 40 },
    )
  })

  it('send nothing that a live server could not pass on to its leader', () => {
    fc.assert(
      fc.property(request, (raw) => {
        if (raw.type !== 'raw') return
        const op = decodeRequest(raw.opcode, raw.body)
        encodePacket(
          Object.freeze({ type: 'REQUEST', zxid: -1, sessionId: '0x1', cxid: 1, op, authInfo: [] } as const),
        )
      }),
      { numRuns: 2_000 },
    )
  })
})

describe('a log that was replayed', () => {
  it('is told from the tree where they differ', () => {
    const { ensemble } = play(3, 1, [[createOperation('/a', 'x')]])
    const peer = ensemble.peer(1)
    if (peer === null) throw new Error('1 runs')
    expect(unlikeTheirLogs(ensemble)).toEqual([])
    peer.zkDb.tree = DataTree.empty
    expect(unlikeTheirLogs(ensemble)).toContain('1 /a, by its disk')
  })
})
