import { describe, expect, it } from 'vitest'
import { OPEN_ACL_UNSAFE } from '../../src/nodes/acl.ts'
import { createFlags } from '../../src/nodes/createFlags.ts'
import { releases } from '../../src/nodes/historic/releases.ts'
import type { Understudy } from '../../src/nodes/historic/Understudy.ts'
import { keeperErrors } from '../../src/nodes/keeperErrors.ts'
import { OpCode } from '../../src/nodes/opcodes.ts'
import type { CreateOperation, MultiWrite } from '../../src/nodes/packets.ts'
import { WatcherType } from '../../src/nodes/watch/watcherTypes.ts'
import { FreshServers } from '../../src/sim/conform/cases/servers.ts'
import { Wire } from './Wire.ts'

const { MARSHALLINGERROR, NONODE, NOWATCHER, RUNTIMEINCONSISTENCY } = keeperErrors

const recorded = new FreshServers(releases.get('3.8.0') as readonly Understudy[])
const newest = new FreshServers([])

/** A client of a server that has just come up. */
function connect(servers: FreshServers): Wire {
  const ensemble = servers.take('sa', 'default')
  if (ensemble === null) throw new Error('it does not serve')
  const [sid] = ensemble.sids
  return new Wire(ensemble.world, 'ann', ensemble.machineOf(sid as number).name).connect()
}

function multi(wire: Wire, ops: readonly MultiWrite[]): readonly unknown[] {
  wire.take()
  wire.request({ type: 'multi', ops: Object.freeze(ops.map((op) => Object.freeze(op))) })
  wire.wait()
  const [reply] = wire.take()
  if (reply?.type !== 'REPLY') throw new Error('no reply')
  if (reply.result?.type !== 'multi') return [reply.err]
  return reply.result.results.map((part) => (part.type === 'error' ? part.err : part.type))
}

describe('the empty path', () => {
  const lists = { data: [''], exist: [''], child: [''] }

  it.each([
    ['3.8.0', recorded],
    ['the newest', newest],
  ])('is the root to watches that are set again, in %s', (_, servers) => {
    const events = ['NodeDataChanged  @-1', 'NodeCreated  @-1', 'NodeChildrenChanged  @-1', 'ok']
    expect(connect(servers).ask({ type: 'setWatches', relativeZxid: -1, ...lists })).toEqual(events)
    expect(connect(servers).ask({ type: 'setWatches', relativeZxid: 9, ...lists })).toEqual([
      'NodeCreated  @-1',
      'ok',
    ])
  })
})

describe('a create in a multi of 3.8.0 whose flags ask for a time to live that it cannot say', () => {
  const lives: CreateOperation = {
    type: 'create',
    path: '/lives',
    data: null,
    acl: OPEN_ACL_UNSAFE,
    flags: createFlags.persistentTTL,
  }
  const refused: MultiWrite = { type: 'delete', path: '/nothing', version: -1 }

  it('ends the whole when its turn comes', () => {
    expect(multi(connect(recorded), [lives, refused])).toEqual([MARSHALLINGERROR.code])
  })

  it('is like any other behind one that is refused', () => {
    const errors = [NONODE.code, RUNTIMEINCONSISTENCY.code]
    expect(multi(connect(recorded), [refused, lives])).toEqual(errors)
  })
})

describe('checkWatches of a path without a slash', () => {
  const op = { type: 'checkWatches', path: 'a', watcherType: WatcherType.any } as const

  it('fails in 3.8.0', () => {
    expect(connect(recorded).ask(op)).toEqual([`error ${MARSHALLINGERROR.code}`])
    expect(connect(recorded).ask({ ...op, path: '' })).toEqual([`error ${NOWATCHER.code}`])
  })

  it('finds nothing in the newest', () => {
    expect(connect(newest).ask(op)).toEqual([`error ${NOWATCHER.code}`])
  })
})

describe('a token of SASL', () => {
  const ask = (body: string) => connect(newest).ask({ type: 'raw', opcode: OpCode.sasl, body })

  it('is answered, though nothing is made of it', () => {
    expect(ask('\0\0\0\x01x')).toEqual(['ok'])
    expect(ask('\0\0\0\0')).toEqual(['ok'])
  })

  it('costs the connection where it is none', () => {
    expect(ask('')).toEqual(['closed'])
    expect(ask('\xff\xff\xff\xff')).toEqual(['closed'])
    expect(ask('\0\0\0\x02x')).toEqual(['closed'])
  })
})
