import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodeUtf8, encodeUtf8 } from '../../src/nodes/jute/utf8.ts'

function latin1(array: Uint8Array | Buffer): string {
  return Buffer.from(array).toString('latin1')
}

describe('UTF-8', () => {
  it('is read as it was written', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(encodeUtf8(text)).toBe(latin1(Buffer.from(text, 'utf8')))
        expect(decodeUtf8(encodeUtf8(text))).toBe(text)
      }),
    )
  })

  /** Where the platform gives three replacement characters for the three bytes of a surrogate, Java gives one. */
  it('is replaced where it is none, as everybody does but for surrogates', () => {
    const byte = fc.constantFrom(
      0x00,
      0x41,
      0x80,
      0xa0,
      0xbf,
      0xc0,
      0xc2,
      0xe0,
      0xe2,
      0xed,
      0xf0,
      0xf1,
      0xf4,
      0xf5,
      0xff,
    )
    const array = fc.array(byte, { maxLength: 8 }).map((values) => Uint8Array.from(values))
    fc.assert(
      fc.property(array, (values) => {
        fc.pre(!/\xed[\xa0-\xbf]/.test(latin1(values)))
        expect(decodeUtf8(latin1(values))).toBe(new TextDecoder('utf-8', { ignoreBOM: true }).decode(values))
      }),
      { numRuns: 1_000 },
    )
  })

  it.each([
    ['a surrogate', '\xed\xa0\x80', '\ufffd'],
    ['two surrogates', '\xed\xa0\xbd\xed\xb8\x80', '\ufffd\ufffd'],
    ['half a surrogate', '\xed\xa0', '\ufffd'],
    ['half a surrogate, and more', '\xed\xa0a', '\ufffda'],
  ])('%s becomes %j', (_, bytes, expected) => {
    expect(decodeUtf8(bytes)).toBe(expected)
  })

  it('has a question mark for an unpaired surrogate', () => {
    expect(encodeUtf8('a\ud83db')).toBe('a?b')
  })
})
