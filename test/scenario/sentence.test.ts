import fc from 'fast-check'
import { describe, expect, expectTypeOf, test } from 'vitest'
import { deed } from '../../src/faults/fault.ts'
import { type HolesOf, kinds } from '../../src/sim/kinds.ts'
import { isMiss, type Kind, Sentence } from '../../src/sim/sentence.ts'

describe('a sentence', () => {
  test('gives the types of its holes', () => {
    expectTypeOf<HolesOf<'hold {packet:packet} from {from:peer} after {time:span}'>>().toExtend<{
      readonly from: number
      readonly time: { readonly least: number; readonly most: number }
    }>()
    deed('slow {peers:peers} by {time:duration}', 'An example.', (_world, { peers, time }) => {
      expectTypeOf(peers).toEqualTypeOf<readonly number[]>()
      expectTypeOf(time).toEqualTypeOf<number>()
      // @ts-expect-error -- a list of peers is no duration
      const wrong: number = peers
      return void wrong
    })
    // @ts-expect-error -- no hole of this sentence is called so
    deed('crash {peers:peers}', 'An example.', (_world, { peer }) => void peer)
  })

  test('refuses a kind that there is not', () => {
    expect(() => new Sentence('crash {peer:pear}', kinds)).toThrow("no kind of hole is called 'pear'")
  })

  test('reads any number of spaces as one, and no word as part of another', () => {
    const sentence = new Sentence('crash {peer:peer} now', kinds)
    expect(sentence.read('crash   2  now', 0)).toEqual({ value: { peer: 2 }, end: 14 })
    expect(sentence.read('crash 2 nowhere', 0)).toMatchObject({ missAt: 8, expected: '`now`' })
    expect(sentence.read('crash 21st now', 0)).toMatchObject({ missAt: 6 })
    expect(sentence.read('crash 2', 0)).toMatchObject({ missAt: 7, expected: '`now`' })
  })
})

/** Values of each kind that is a number or made of numbers, as the fuzzer may make them. */
const values: readonly (readonly [keyof typeof kinds, fc.Arbitrary<unknown>])[] = [
  ['duration', fc.nat({ max: 10 ** 12 })],
  ['millis', fc.nat({ max: 10 ** 9 })],
  [
    'span',
    fc
      .tuple(fc.nat({ max: 10 ** 10 }), fc.nat({ max: 10 ** 10 }))
      .map(([a, b]) => ({ least: Math.min(a, b), most: Math.max(a, b) })),
  ],
  ['peers', fc.uniqueArray(fc.integer({ min: 1, max: 99 }), { minLength: 1, maxLength: 7 })],
  [
    'groups',
    fc.array(fc.uniqueArray(fc.integer({ min: 1, max: 99 }), { minLength: 1, maxLength: 3 }), {
      minLength: 2,
      maxLength: 4,
    }),
  ],
  [
    'weights',
    fc.array(fc.tuple(fc.integer({ min: 1, max: 99 }), fc.nat({ max: 9 })), { minLength: 1, maxLength: 4 }),
  ],
  [
    'zxid',
    fc.tuple(fc.nat({ max: 0x1f_ffff }), fc.nat({ max: 0xffff_ffff })).map(([e, c]) => e * 2 ** 32 + c),
  ],
  ['percent', fc.nat({ max: 10_000 }).map((n) => n / 10_000)],
  ['ordinal', fc.integer({ min: 1, max: 10 ** 6 })],
  ['some', fc.nat({ max: 999 })],
  ['data', fc.string({ unit: fc.nat({ max: 255 }).map((c) => String.fromCharCode(c)) })],
  ['text', fc.string({ unit: 'binary' })],
]

describe.each(values)('%s', (name, arbitrary) => {
  test('prints so that it reads back, with more text behind', () => {
    const kind = kinds[name] as Kind<unknown>
    fc.assert(
      fc.property(arbitrary, (value) => {
        const printed = kind.print(value)
        expect(kind.read(`${printed} within`, 0)).toEqual({ value, end: printed.length })
      }),
    )
  })
})

test.each(Object.entries(kinds))(
  '%s reads its own example, and says what it expects of nonsense',
  (_name, kind: Kind<unknown>) => {
    const read = kind.read(kind.example, 0)
    expect(isMiss(read)).toBe(false)
    if (!isMiss(read)) expect(kind.print(read.value)).toBe(kind.example)
    for (const example of Object.values((kind as Kind<unknown>).examples ?? {})) {
      const other = kind.read(example, 0)
      expect(isMiss(other) ? other.expected : kind.print(other.value as never)).toBe(example)
    }
    expect(kind.read('§', 0)).toEqual({ missAt: 0, expected: kind.expects })
  },
)

test('the leader is whoever leads when the step is played', () => {
  const roles = {
    leader: () => 3,
    followers: () => [1, 2],
    observers: () => [],
    all: () => [1, 2, 3],
    quorum: () => [1, 3],
    minority: () => null,
    thatPeer: () => 2,
  }
  const sentence = new Sentence('split {peers:peers} from {peer:peer}', kinds)
  const read = sentence.read('split the followers from the leader', 0)
  if (isMiss(read)) throw new Error(read.expected)
  expect(sentence.resolve(read.value, roles)).toEqual({ peers: [1, 2], peer: 3 })
  expect(sentence.resolve(read.value, { ...roles, leader: () => null })).toBeNull()
  const others = sentence.read('split a quorum from that peer', 0)
  if (isMiss(others)) throw new Error(others.expected)
  expect(sentence.resolve(others.value, roles)).toEqual({ peers: [1, 3], peer: 2 })
  const few = sentence.read('split a minority from that peer', 0)
  expect(isMiss(few) || sentence.resolve(few.value, roles)).toBeNull()
})
