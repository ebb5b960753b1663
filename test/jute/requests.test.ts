import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodeRequest } from '../../src/nodes/jute/decodeRequest.ts'
import { encodeRequest } from '../../src/nodes/jute/encodeRequest.ts'
import { isValidOpcode, isWriteOpcode, opcodeOf } from '../../src/nodes/jute/requestOpcodes.ts'
import { requestSize } from '../../src/nodes/jute/requestSize.ts'
import { OpCode } from '../../src/nodes/opcodes.ts'
import type { MultiRead, MultiWrite, Operation } from '../../src/nodes/packets.ts'

const int = fc.integer({ min: -0x8000_0000, max: 0x7fff_ffff })
const long = fc.integer({ min: -(2 ** 53) + 1, max: 2 ** 53 - 1 })
const data = fc.uint8Array({ maxLength: 12 }).map((array) => Buffer.from(array).toString('latin1'))
/** What Java writes as it reads it: characters of 16 bits that are no surrogates. */
const text = fc.string({ maxLength: 10, unit: 'binary' }).filter((string) => !/[\ud800-\udfff]/.test(string))
const texts = fc.array(text, { maxLength: 3 })
const acl = fc.option(fc.array(fc.record({ perms: int, scheme: text, id: text }), { maxLength: 3 }))
const created = { path: text, data: fc.option(data), acl, flags: fc.integer({ min: 0, max: 6 }) }

function is<T extends string>(...types: T[]): fc.Arbitrary<T> {
  return fc.constantFrom(...types)
}

const multiWrite: fc.Arbitrary<MultiWrite> = fc.oneof(
  fc.record({ type: is('create', 'create2', 'createContainer'), ...created }),
  fc.record({ type: is('createTTL'), ...created, ttl: long }),
  fc.record({ type: is('delete', 'check'), path: text, version: int }),
  fc.record({ type: is('setData'), path: text, data: fc.option(data), version: int }),
) as fc.Arbitrary<MultiWrite>

const multiRead: fc.Arbitrary<MultiRead> = fc.record({ type: is('getData', 'getChildren'), path: text })

const watchLists = { relativeZxid: long, data: texts, exist: texts, child: texts }

const operation: fc.Arbitrary<Operation> = fc.oneof(
  multiWrite,
  fc.record({ type: is('deleteContainer', 'getACL', 'getAllChildrenNumber'), path: text }),
  fc.record({ type: is('setACL'), path: text, acl, version: int }),
  fc.record({ type: is('multi'), ops: fc.array(multiWrite, { maxLength: 4 }) }),
  fc.record({ type: is('multiRead'), ops: fc.array(multiRead, { maxLength: 4 }) }),
  fc.record({
    type: is('reconfig'),
    joiningServers: fc.option(text),
    leavingServers: fc.option(text),
    newMembers: fc.option(text),
    curConfigId: long,
  }),
  fc.record({
    type: is('exists', 'getData', 'getChildren', 'getChildren2'),
    path: text,
    watch: fc.boolean(),
  }),
  fc.record({ type: is('getEphemerals'), prefixPath: text }),
  fc.record({ type: is('sync'), path: fc.option(text) }),
  fc.record({ type: is('addWatch'), path: text, mode: int }),
  fc.record({ type: is('checkWatches', 'removeWatches'), path: text, watcherType: int }),
  fc.record({ type: is('setWatches'), ...watchLists }),
  fc.record({ type: is('setWatches2'), ...watchLists, persistent: texts, persistentRecursive: texts }),
  fc.record({ type: is('auth'), scheme: text, auth: data }),
  fc.record({ type: is('whoAmI', 'ping', 'closeSession') }),
  fc.record({ type: is('createSession'), timeout: int }),
) as fc.Arbitrary<Operation>

function bytes(...hex: string[]): string {
  return Buffer.from(hex.join('').replaceAll(' ', ''), 'hex').toString('latin1')
}

const UNPARSABLE = { type: 'unparsable', err: -5 }
const OPCODES = [...Object.values(OpCode), 999]

describe('requests as bytes', () => {
  it('are read as they were written', () => {
    fc.assert(
      fc.property(operation, (op) => {
        expect(decodeRequest(opcodeOf(op), encodeRequest(op))).toEqual(op)
      }),
    )
  })

  it('are as long as they are said to be, with the header before them', () => {
    fc.assert(
      fc.property(operation, (op) => {
        expect(requestSize(op)).toBe(8 + encodeRequest(op).length)
      }),
    )
    expect(requestSize({ type: 'raw', opcode: 1, body: 'abc' })).toBe(11)
  })

  it('may have more behind them, which nobody looks at', () => {
    fc.assert(
      fc.property(operation, data, (op, more) => {
        expect(decodeRequest(opcodeOf(op), encodeRequest(op) + more)).toEqual(op)
      }),
    )
  })

  it('never make a server fail: whatever they are, they are an operation, frozen all the way down', () => {
    const frozen = (value: unknown): boolean =>
      typeof value !== 'object' ||
      value === null ||
      (Object.isFrozen(value) && Object.values(value).every(frozen))
    fc.assert(
      fc.property(fc.constantFrom(...OPCODES), fc.uint8Array({ maxLength: 60 }), (opcode, array) => {
        expect(frozen(decodeRequest(opcode, Buffer.from(array).toString('latin1')))).toBe(true)
      }),
      { numRuns: 500 },
    )
  })

  it('cannot be understood when they end too soon', () => {
    fc.assert(
      fc.property(
        operation.filter((op) => encodeRequest(op).length > 0),
        fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
        (op, share) => {
          const whole = encodeRequest(op)
          const cut = whole.slice(0, Math.floor(share * whole.length))
          expect(decodeRequest(opcodeOf(op), cut)).toMatchObject(UNPARSABLE)
        },
      ),
    )
  })

  it('are what the Java client sends', () => {
    const create: Operation = {
      type: 'create',
      path: '/é',
      data: 'x',
      acl: [{ perms: 31, scheme: 'world', id: 'anyone' }],
      flags: 2,
    }
    expect(encodeRequest(create)).toBe(
      bytes(
        '00000003 2f c3a9',
        '00000001 78',
        '00000001 0000001f 00000005 776f726c64 00000006 616e796f6e65',
        '00000002',
      ),
    )
    const multi: Operation = { type: 'multi', ops: [{ type: 'check', path: '/a', version: -1 }] }
    expect(encodeRequest(multi)).toBe(
      bytes('0000000d 00 ffffffff', '00000002 2f61 ffffffff', 'ffffffff 01 ffffffff'),
    )
    const setWatches: Operation = {
      type: 'setWatches',
      relativeZxid: 0x1_0000_0002,
      data: [],
      exist: [],
      child: [],
    }
    expect(encodeRequest(setWatches)).toBe(bytes('0000000100000002', '00000000', '00000000', '00000000'))
  })
})

describe('odd bytes', () => {
  const NULL = bytes('ffffffff')
  const ROOT = bytes('00000001 2f')
  const VERSION = bytes('00000005')

  it.each<[string, number, string, object]>([
    ['a null path to look at', OpCode.getData, NULL + bytes('00'), UNPARSABLE],
    ['a null path to delete', OpCode.delete, NULL + VERSION, UNPARSABLE],
    ['a null path to set', OpCode.setData, NULL + NULL + VERSION, { type: 'setData', path: '', data: null }],
    ['a null list to set', OpCode.setACL, ROOT + NULL + VERSION, { type: 'setACL', acl: null }],
    ['a list of less than nothing', OpCode.setACL, ROOT + bytes('fffffff0') + VERSION, { acl: [] }],
    ['a null path to create', OpCode.create, NULL + NULL + NULL + bytes('00000000'), UNPARSABLE],
    [
      'a null path and flags that come first',
      OpCode.create,
      NULL + NULL + NULL + bytes('00000009'),
      { path: '' },
    ],
    ['a null path to watch', OpCode.addWatch, NULL + bytes('00000000'), { type: 'addWatch', path: '' }],
    ['a null path to sync', OpCode.sync, NULL, { type: 'sync', path: null }],
    ['a null list of watches', OpCode.setWatches, bytes('0000000000000000') + NULL, UNPARSABLE],
    ['an unreasonable length', OpCode.sync, bytes('7fffffff'), UNPARSABLE],
    ['a negative length', OpCode.sync, bytes('fffffffe'), UNPARSABLE],
    ['any byte for true', OpCode.exists, ROOT + bytes('07'), { watch: true }],
    ['an operation nobody knows', 999, '', { ...UNPARSABLE, opcode: 999 }],
    ['half a multi', OpCode.multi, '', UNPARSABLE],
    ['a read in a multi', OpCode.multi, multi(OpCode.getData, ROOT + bytes('00')), UNPARSABLE],
    ['a write in a multiRead', OpCode.multiRead, multi(OpCode.check, ROOT + VERSION), UNPARSABLE],
    ['setACL in a multi', OpCode.multi, multi(OpCode.setACL, ROOT + NULL + VERSION), UNPARSABLE],
    ['a null path in a multi', OpCode.multi, multi(OpCode.setData, NULL + NULL + VERSION), UNPARSABLE],
    ['an empty multi', OpCode.multi, bytes('ffffffff 01 ffffffff'), { type: 'multi', ops: [] }],
  ])('%s', (_, opcode, body, expected) => {
    expect(decodeRequest(opcode, body)).toMatchObject(expected)
  })

  function multi(opcode: number, part: string): string {
    return `${bytes(opcode.toString(16).padStart(8, '0'), '00 ffffffff')}${part}${bytes('ffffffff 01 ffffffff')}`
  }
})

describe('opcodes', () => {
  it('are valid but for those that only a server may use, or a multi', () => {
    const invalid = Object.entries(OpCode).filter(([, opcode]) => !isValidOpcode(opcode))
    expect(invalid.map(([name]) => name)).toEqual([
      'notification',
      'check',
      'deleteContainer',
      'auth',
      'sasl',
      'error',
    ])
  })

  it('write or read', () => {
    expect(isWriteOpcode(OpCode.multi)).toBe(true)
    expect(isWriteOpcode(OpCode.multiRead)).toBe(false)
    expect(isWriteOpcode(OpCode.sync)).toBe(false)
    expect(isWriteOpcode(999)).toBe(false)
  })
})
