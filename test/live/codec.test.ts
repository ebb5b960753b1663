import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { OPEN_ACL_UNSAFE } from '../../src/nodes/acl.ts'
import { makeTxn } from '../../src/nodes/database/txns.ts'
import type { DiskRecord } from '../../src/nodes/diskRecords.ts'
import {
  decodeHello,
  decodePacket,
  decodeRecord,
  encodeHello,
  encodePacket,
  encodeRecord,
} from '../../src/nodes/live/codec.ts'
import { FrameReader, frame, HEADER_BYTES } from '../../src/nodes/live/frames.ts'
import { Malformed } from '../../src/nodes/live/Malformed.ts'
import type { Operation, Packet, Result, Stat } from '../../src/nodes/packets.ts'
import { NONE } from '../../src/nodes/zxid.ts'

const integer = fc.oneof(fc.maxSafeInteger(), fc.constantFrom(NONE, -1, 0, Number.MAX_SAFE_INTEGER))
/** Any sequence of UTF-16 code units, lone surrogates included. */
const text = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.array(fc.integer({ min: 0, max: 0xffff })).map((units) => String.fromCharCode(...units)),
  fc.constantFrom('', '\ud800', '__proto__', '"\\\n\u2028'),
)
const bytes = fc.array(fc.integer({ min: 0, max: 255 })).map((units) => String.fromCharCode(...units))
const data = fc.option(bytes)

const acl = fc.array(fc.record({ perms: integer, scheme: text, id: text }))

const operation: fc.Arbitrary<Operation> = fc.oneof(
  fc.record({
    type: fc.constant('create' as const),
    path: text,
    data,
    acl: fc.option(acl),
    flags: integer,
  }),
  fc.record({ type: fc.constant('delete' as const), path: text, version: integer }),
  fc.record({
    type: fc.constantFrom('exists' as const, 'getData' as const),
    path: text,
    watch: fc.boolean(),
  }),
  fc.record({ type: fc.constant('sync' as const), path: fc.option(text) }),
  fc.record({ type: fc.constant('createSession' as const), timeout: integer }),
  fc.constant({ type: 'closeSession' as const }),
)

const stat: fc.Arbitrary<Stat> = fc.record({
  czxid: integer,
  mzxid: integer,
  ctime: integer,
  mtime: integer,
  version: integer,
  cversion: integer,
  aversion: integer,
  ephemeralOwner: text,
  dataLength: integer,
  numChildren: integer,
  pzxid: integer,
})

const result: fc.Arbitrary<Result> = fc.oneof(
  fc.record({ type: fc.constant('getData' as const), data, stat }),
  fc.record({ type: fc.constant('getChildren2' as const), children: fc.array(text), stat }),
)

const txn = fc
  .tuple(integer, text, integer, integer, text, data, fc.boolean(), integer)
  .map(([zxid, sessionId, cxid, time, path, content, ephemeral, parentCVersion]) =>
    makeTxn(zxid, sessionId, cxid, time, {
      type: 'create',
      path,
      data: content,
      ephemeral,
      acl: OPEN_ACL_UNSAFE,
      parentCVersion,
    }),
  )

const record: fc.Arbitrary<DiskRecord> = fc.oneof(
  txn,
  fc.record({ kind: fc.constant('epoch' as const), epoch: integer }),
  fc.record({
    kind: fc.constant('snapshotHeader' as const),
    zxid: integer,
    sessions: fc.array(fc.tuple(text, integer)),
  }),
  fc.constant({ kind: 'snapshotEnd' as const }),
)

const packet: fc.Arbitrary<Packet> = fc.oneof(
  fc.record({
    type: fc.constant('NOTIFICATION' as const),
    state: fc.constantFrom('LOOKING' as const, 'OBSERVING' as const),
    leader: integer,
    zxid: integer,
    electionEpoch: integer,
    peerEpoch: integer,
    config: text,
  }),
  fc.record({ type: fc.constantFrom('ACK' as const, 'DIFF' as const, 'UPTODATE' as const), zxid: integer }),
  fc.record({ type: fc.constantFrom('PROPOSAL' as const, 'INFORM' as const), zxid: integer, txn }),
  fc.record({
    type: fc.constant('PING' as const),
    zxid: integer,
    touched: fc.option(fc.array(fc.tuple(text, integer))),
  }),
  fc.record({
    type: fc.constant('REQUEST' as const),
    zxid: integer,
    sessionId: text,
    cxid: integer,
    op: operation,
    authInfo: fc.array(fc.record({ scheme: text, id: text })),
  }),
  fc.record({
    type: fc.constant('REPLY' as const),
    xid: integer,
    zxid: integer,
    err: integer,
    result: fc.option(result),
  }),
)

function payloadsOf(stream: Buffer, cuts: readonly number[] = []): Buffer[] {
  const reader = new FrameReader()
  const payloads: Buffer[] = []
  const places = [0, ...[...cuts].sort((a, b) => a - b), stream.length]
  for (let i = 1; i < places.length; i++) {
    reader.push(stream.subarray(places[i - 1], places[i]))
    for (let payload = reader.next(); payload !== null; payload = reader.next()) payloads.push(payload)
  }
  expect(reader.rest).toBe(0)
  return payloads
}

function deeplyFrozen(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return true
  return Object.isFrozen(value) && Object.values(value).every(deeplyFrozen)
}

/** What this throws, which must be a Malformed. */
function malformed(decode: () => unknown): Malformed {
  try {
    decode()
  } catch (error) {
    expect(error).toBeInstanceOf(Malformed)
    return error as Malformed
  }
  throw new Error('it was accepted')
}

describe('what is encoded comes back', () => {
  test('packets, in a stream cut anywhere', () => {
    fc.assert(
      fc.property(fc.array(packet), fc.array(fc.nat()), (packets, randomCuts) => {
        const stream = Buffer.concat(packets.map(encodePacket))
        const cuts = randomCuts.map((cut) => cut % (stream.length + 1))
        const decoded = payloadsOf(stream, cuts).map((payload) => decodePacket(payload, 0))
        expect(decoded).toEqual(packets)
        expect(decoded.every(deeplyFrozen)).toBe(true)
      }),
    )
  })

  test('disk records', () => {
    fc.assert(
      fc.property(record, (value) => {
        const decoded = decodeRecord(payloadsOf(encodeRecord(value))[0]!, 0)
        expect(decoded).toEqual(value)
        expect(deeplyFrozen(decoded)).toBe(true)
      }),
    )
  })

  test('a greeting', () => {
    const payload = payloadsOf(encodeHello('ann', '1', 'client'))[0]!
    expect(decodeHello(payload, 0)).toEqual({ hello: 'zksim/1', from: 'ann', to: '1', port: 'client' })
  })

  test.each([
    ['a fraction', { type: 'ACK', zxid: 0.5 }, '.zxid: not a safe integer'],
    ['not a number', { type: 'ACK', zxid: Number.NaN }, '.zxid: not a safe integer'],
    ['undefined', { type: 'ACK', zxid: undefined }, '.zxid: not a safe integer'],
    ['a field too many', { type: 'ACK', zxid: 1, more: 1 }, ': has fields that do not belong here'],
    [
      'a character that is no byte',
      { type: 'CONNECTED', timeout: 1, sessionId: '0x1', password: '\u0100' },
      'no byte',
    ],
  ])('what would not come back is not encoded: %s', (_, value, why) => {
    expect(() => encodePacket(value as Packet)).toThrow(why)
  })
})

describe('what is malformed is refused, and where', () => {
  const good = encodePacket({ type: 'ACK', zxid: 5 })

  test('any bytes at all: a packet or Malformed, never anything else', () => {
    const decodeAll = (stream: Buffer) => {
      const reader = new FrameReader()
      reader.push(stream)
      for (let payload = reader.next(); payload !== null; payload = reader.next())
        decodePacket(payload, reader.offset)
    }
    const garbage = fc.oneof(
      fc.uint8Array({ maxLength: 200 }).map((all) => Buffer.from(all)),
      fc.uint8Array({ maxLength: 200 }).map((all) => frame(Buffer.from(all))),
      fc.json().map((json) => frame(Buffer.from(json))),
      fc.tuple(packet, fc.jsonValue(), fc.nat()).map(([value, other, at]) => {
        const fields = Object.keys(value)
        return frame(Buffer.from(JSON.stringify({ ...value, [fields[at % fields.length]!]: other })))
      }),
    )
    fc.assert(
      fc.property(garbage, (stream) => {
        try {
          decodeAll(stream)
        } catch (error) {
          expect(error).toBeInstanceOf(Malformed)
        }
      }),
      { numRuns: 1_000 },
    )
  })

  test('every single flipped bit is noticed', () => {
    for (let bit = 0; bit < good.length * 8; bit++) {
      const bad = Buffer.from(good)
      bad[bit >> 3]! ^= 1 << (bit & 7)
      const reader = new FrameReader()
      reader.push(bad)
      malformed(() => reader.next())
    }
  })

  test('an error names the offset in the stream and the reason', () => {
    const bad = Buffer.from(good)
    bad[HEADER_BYTES]! ^= 1
    const reader = new FrameReader()
    reader.push(Buffer.concat([good, good, bad]))
    reader.next()
    reader.next()
    const error = malformed(() => reader.next())
    expect(error.offset).toBe(2 * good.length)
    expect(error.message).toBe(
      `malformed at byte ${2 * good.length}: the payload does not match its checksum`,
    )
  })

  test('a length beyond the bound is refused before its bytes are waited for', () => {
    const reader = new FrameReader(16)
    reader.push(frame(Buffer.alloc(17)).subarray(0, HEADER_BYTES))
    expect(malformed(() => reader.next()).reason).toBe('a payload of 17 bytes, at most 16 allowed')
  })

  test.each([
    ['no JSON', '{"type":', 'not JSON'],
    ['an unknown type', '{"type":"NACK","zxid":1}', 'value.type: not one of those allowed'],
    ['a type of Object', '{"type":"constructor"}', 'value.type: not one of those allowed'],
    ['no type', '{"zxid":1}', 'value.type: missing'],
    ['a missing field', '{"type":"ACK"}', 'value.zxid: missing'],
    ['an inexact number', '{"type":"ACK","zxid":9007199254740993}', 'value.zxid: not a safe integer'],
    ['a field too many', '{"type":"ACK","zxid":1,"__proto__":1}', 'fields that do not belong here'],
    [
      'something wrong deep inside',
      '{"type":"PING","zxid":1,"touched":[["0x1",1],["0x2","2"]]}',
      'value.touched[1][1]: not a safe integer',
    ],
  ])('%s', (_, json, reason) => {
    const error = malformed(() => decodePacket(Buffer.from(json), 77))
    expect(error.offset).toBe(77)
    expect(error.reason).toContain(reason)
  })

  test('bytes that are not UTF-8', () => {
    const payload = Buffer.from('{"type":"NEWLEADER","zxid":1,"config":"\xff"}', 'latin1')
    expect(malformed(() => decodePacket(payload, 0)).reason).toBe('not UTF-8')
  })
})
