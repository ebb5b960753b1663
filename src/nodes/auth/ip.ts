import { type AuthenticationProvider, oneId } from './AuthenticationProvider.ts'

/** The address a client comes from; lists may name a network, `10.0.0.0/8`. Java: IPAuthenticationProvider */
export const ip: AuthenticationProvider = Object.freeze({
  isAuthenticated: false,

  authenticate(_config, _auth, remoteAddress) {
    return oneId('ip', remoteAddress)
  },

  isValid(id) {
    return parseNetwork(id) !== null
  },

  matches(_config, id, expression) {
    const network = parseNetwork(expression)
    const address = parseAddress(id)
    if (network === null || address === null || address.length !== network.address.length) return false
    return address.every(
      (byte, i) => ((byte ^ (network.address[i] as number)) & maskAt(i, network.bits)) === 0,
    )
  },

  getUserName(id) {
    return id
  },
} satisfies AuthenticationProvider)

/** The bits that count of byte `i`, where the first `bits` of all do. */
function maskAt(i: number, bits: number): number {
  const counting = Math.min(Math.max(bits - 8 * i, 0), 8)
  return (0xff00 >> counting) & 0xff
}

function parseNetwork(text: string): { readonly address: readonly number[]; readonly bits: number } | null {
  const slash = text.indexOf('/')
  const address = parseAddress(slash === -1 ? text : text.slice(0, slash))
  if (address === null) return null
  const all = address.length * 8
  const bits = slash === -1 ? all : parseJavaInt(text.slice(slash + 1), DECIMAL, 10)
  return bits === null || bits < 0 || bits > all ? null : { address, bits }
}

/** Four bytes or sixteen. */
function parseAddress(text: string): readonly number[] | null {
  return text.includes(':') ? parseV6(text) : parseV4(text)
}

function parseV4(text: string): readonly number[] | null {
  const parts = text.split('.')
  const bytes = parts.map((part) => parseJavaInt(part, DECIMAL, 10))
  return parts.length === 4 && bytes.every(isByte) ? (bytes as number[]) : null
}

function isByte(value: number | null): boolean {
  return value !== null && value >= 0 && value <= 255
}

/** Java: IPAuthenticationProvider.parseV6addr */
function parseV6(text: string): readonly number[] | null {
  const halves = text.split('::')
  if (halves.length > 2) return null
  const [head, tail] = halves.map((half) => (half === '' && halves.length === 2 ? [] : half.split(':')))
  const before = head ?? []
  const behind = tail ?? []
  const given = before.length + behind.length
  if (halves.length === 1 ? given !== 8 : given >= 8) return null
  const zeros = new Array<string>(8 - given).fill('0')
  const bytes: number[] = []
  for (const segment of [...before, ...zeros, ...behind]) {
    const value = segment.length > 4 ? null : parseJavaInt(segment, HEX, 16)
    if (value === null) return null
    bytes.push((value >> 8) & 0xff, value & 0xff)
  }
  return bytes
}

const DECIMAL = /^[+-]?\d+$/
const HEX = /^[+-]?[\da-fA-F]+$/

/** A number as Integer.parseInt reads it, sign and all; null where it throws. */
function parseJavaInt(text: string, form: RegExp, radix: number): number | null {
  if (!form.test(text)) return null
  const value = Number.parseInt(text, radix)
  return value >= -0x8000_0000 && value <= 0x7fff_ffff ? value : null
}
