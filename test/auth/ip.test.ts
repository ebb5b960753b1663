import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ip } from '../../src/nodes/auth/ip.ts'
import { config } from './config.ts'

describe('the scheme ip', () => {
  it.each([
    ['127.0.0.1', true],
    ['127.0.0.0/8', true],
    ['127.0.0.1/0', true],
    ['127.0.0.1/32', true],
    ['127.0.0.1/33', false],
    ['127.0.0.1/-1', false],
    ['127.0.0.1/x', false],
    ['127.0.0.1/', false],
    ['127.0.0', false],
    ['256.0.0.1', false],
    ['1.2.3.4.', false],
    ['abc', false],
    ['', false],
    ['+1.2.3.4', true],
    ['::1', true],
    ['::', true],
    ['fe80::1/64', true],
    ['fe80::1/129', false],
    ['1:2:3:4:5:6:7:8', true],
    ['1:2:3:4:5:6:7', false],
    ['1:2:3:4::5:6:7:8', false],
    ['1::2::3', false],
    ['12345::', false],
    ['g::', false],
    ['1:', false],
  ])('%j may stand in a list: %s', (id, valid) => {
    expect(ip.isValid(id)).toBe(valid)
  })

  it.each([
    ['10.1.2.3', '10.1.2.3', true],
    ['10.1.2.3', '10.1.2.4', false],
    ['10.1.2.3', '10.0.0.0/8', true],
    ['10.1.2.3', '10.99.0.0/8', true],
    ['10.1.2.3', '11.0.0.0/8', false],
    ['10.1.2.3', '10.1.2.0/30', true],
    ['10.1.2.4', '10.1.2.0/30', false],
    ['200.0.0.1', '128.0.0.0/1', true],
    ['100.0.0.1', '128.0.0.0/1', false],
    ['1.2.3.4', '9.9.9.9/0', true],
    ['fe80::17', 'fe80::/64', true],
    ['fe80:0:0:1::17', 'fe80::/64', false],
    ['::1', '0:0:0:0:0:0:0:1', true],
    ['1.2.3.4', '::/0', false],
    ['::1', '0.0.0.0/0', false],
    ['1.2.3.4', 'nonsense', false],
  ])('%s is in %s: %s', (id, expression, meant) => {
    expect(ip.matches(config(), id, expression)).toBe(meant)
  })

  it('compares as many leading bits as the list says', () => {
    const address = fc.uint8Array({ minLength: 4, maxLength: 4 })
    fc.assert(
      fc.property(address, address, fc.nat(32), fc.nat(32), (a, b, bits, shared) => {
        // Half of the pairs share a beginning.
        const all = BigInt(2 ** 32) - 1n
        const top = (count: number): bigint => all ^ (all >> BigInt(count))
        const one = numberOf(a)
        const other = (one & top(shared)) | (numberOf(b) & ~top(shared) & all)
        const meant = (one & top(bits)) === (other & top(bits))
        expect(ip.matches(config(), textOf(one), `${textOf(other)}/${bits}`)).toBe(meant)
      }),
    )
  })

  it('says where a client comes from, whatever the client says', () => {
    expect(ip.authenticate(config(), '1.2.3.4', '10.0.0.7')).toEqual([{ scheme: 'ip', id: '10.0.0.7' }])
  })
})

function numberOf(bytes: Uint8Array): bigint {
  return bytes.reduce((sum, byte) => (sum << 8n) | BigInt(byte), 0n)
}

function textOf(address: bigint): string {
  return [24n, 16n, 8n, 0n].map((shift) => String((address >> shift) & 255n)).join('.')
}
