import { InvalidArgumentError } from 'commander'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { firstSeed } from '../../../src/sim/cli/fuzz/firstSeed.ts'
import { printSpan, wallTime } from '../../../src/sim/cli/wallTime.ts'

test('a first seed is a number', () => {
  expect(firstSeed('0')).toEqual({ seed: 0, commit: null, drawn: false })
  expect(firstSeed('1234567')).toEqual({ seed: 1_234_567, commit: null, drawn: false })
})

test('or a commit, whose abbreviations all stand for the same', () => {
  const commit = fc.array(fc.constantFrom(...'0123456789abcdef'), { minLength: 40, maxLength: 40 })
  fc.assert(
    fc.property(commit, fc.integer({ min: 7, max: 40 }), (digits, length) => {
      const id = digits.join('')
      const { seed } = firstSeed(id)
      expect(seed % 1_000_000).toBe(0)
      // A million seeds on there is still room, as scenarios have it.
      expect(String(seed + 999_999).length).toBeLessThanOrEqual(15)
      const short = id.slice(0, length)
      if (/[a-f]/.test(short)) expect(firstSeed(short).seed).toBe(seed)
    }),
  )
  expect(firstSeed('cea0da9').seed).toBe(0xcea0da9 * 1_000_000)
  expect(firstSeed('CEA0DA9').seed).toBe(0xcea0da9 * 1_000_000)
  expect(firstSeed('1'.repeat(40)).seed).toBe(0x1111111 * 1_000_000)
})

test.each(['', 'x', '-1', '1.5', 'cea0da', '1234567890123456', 'g'.repeat(40), `${'a'.repeat(41)}`, '7 '])(
  '%j is no seed',
  (text) => {
    expect(() => firstSeed(text)).toThrow(InvalidArgumentError)
  },
)

test('times', () => {
  expect(wallTime('90s')).toBe(90_000)
  expect(wallTime('10m')).toBe(600_000)
  expect(wallTime('10 min')).toBe(600_000)
  expect(wallTime('1h30m')).toBe(5_400_000)
})

test.each(['', '0s', '10', 's', '10m!', '-1s', '1.5h', '10x', '1h 5', '9999999s'])(
  '%j is no time',
  (text) => {
    expect(() => wallTime(text)).toThrow(InvalidArgumentError)
  },
)

test('spans', () => {
  expect([0, 1_234, 59_999, 60_000, 3_599_600, 5_400_000].map(printSpan)).toEqual([
    '0.0 s',
    '1.2 s',
    '60.0 s',
    '1 min',
    '1 h',
    '1 h 30 min',
  ])
})
