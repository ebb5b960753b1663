import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { base64 } from '../../src/nodes/auth/base64.ts'
import { digest, generateDigest } from '../../src/nodes/auth/digest.ts'
import { sha1 } from '../../src/nodes/auth/sha1.ts'
import { config } from './config.ts'

function hex(bytes: string): string {
  return Buffer.from(bytes, 'latin1').toString('hex')
}

/** Text whose characters are bytes. */
const bytes = fc.uint8Array({ maxLength: 200 }).map((array) => Buffer.from(array).toString('latin1'))

describe('SHA-1', () => {
  it.each([
    ['', 'da39a3ee5e6b4b0d3255bfef95601890afd80709'],
    ['abc', 'a9993e364706816aba3e25717850c26c9cd0d89d'],
    ['abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq', '84983e441c3bd26ebaae4aa1f95129e5e54670f1'],
    ['a'.repeat(1_000_000), '34aa973cd4c4daa4f61eeb2bdbad27316534016f'],
  ])('of the vectors of FIPS 180', (message, expected) => {
    expect(hex(sha1(message))).toBe(expected)
  })

  it('is that of OpenSSL, whatever the length', () => {
    fc.assert(
      fc.property(bytes, (message) => {
        expect(hex(sha1(message))).toBe(createHash('sha1').update(message, 'latin1').digest('hex'))
      }),
    )
  })
})

it('base64 is that of everybody', () => {
  fc.assert(
    fc.property(bytes, (message) => {
      expect(base64(message)).toBe(Buffer.from(message, 'latin1').toString('base64'))
    }),
  )
})

describe('the scheme digest', () => {
  it.each([
    ['u:p', 'u:Jq7wMyA/w2Vd5WIDAKdu4OIIFEQ='],
    ['v:q', 'v:Mfy8apI9YguGKmh+AxUmAFSwkII='],
    ['super:secret', 'super:lK75jTNcA+U9vtVEw5vB51mj/w4='],
    ['bob:pw', 'bob:ikIaKsbtGweaHnb/jKn7OHqbunM='],
  ])('%s is who the real server says', (idPassword, expected) => {
    expect(generateDigest(idPassword)).toBe(expected)
  })

  it('hashes user and password as UTF-8, and takes the user up to the first colon', () => {
    const hash = createHash('sha1').update('é:a:b', 'utf8').digest('base64')
    expect(digest.authenticate(config(), Buffer.from('é:a:b').toString('latin1'), '')).toEqual([
      { scheme: 'digest', id: `é:${hash}` },
    ])
  })

  it('knows the super user by user and hash', () => {
    const superDigest = generateDigest('super:secret')
    expect(digest.authenticate(config({ superDigest }), 'super:secret', '')).toEqual([
      { scheme: 'super', id: '' },
      { scheme: 'digest', id: superDigest },
    ])
    expect(digest.authenticate(config({ superDigest }), 'super:wrong', '')).toHaveLength(1)
    expect(digest.authenticate(config(), 'super:secret', '')).toHaveLength(1)
  })

  it.each([
    ['u:h', true],
    ['u', false],
    ['', false],
    [':', false],
    ['u:', false],
    [':h', true],
    ['u:h:x', false],
    ['u:h:', true],
  ])('%j may stand in a list: %s', (id, valid) => {
    expect(digest.isValid(id)).toBe(valid)
  })
})
