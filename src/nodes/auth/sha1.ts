import type { Bytes } from '../database/txns.ts'

/** The twenty bytes of SHA-1. FIPS 180-4 */
export function sha1(message: Bytes): Bytes {
  const state = [0x67452301, 0xefcdab89 | 0, 0x98badcfe | 0, 0x10325476, 0xc3d2e1f0 | 0]
  const words = new Int32Array(80)
  const padded = pad(message)
  for (let at = 0; at < padded.length; at += 64) addBlock(state, words, padded, at)
  return state.map(bytesOfWord).join('')
}

/** A one bit, zeros, and the length in bits, so that whole blocks of 64 bytes result. */
function pad(message: Bytes): Bytes {
  const zeros = '\0'.repeat((119 - (message.length % 64)) % 64)
  const high = Math.floor(message.length / 0x2000_0000)
  return `${message}\x80${zeros}${bytesOfWord(high)}${bytesOfWord(message.length << 3)}`
}

function addBlock(state: number[], words: Int32Array, bytes: Bytes, at: number): void {
  for (let i = 0; i < 16; i++) words[i] = wordAt(bytes, at + 4 * i)
  for (let i = 16; i < 80; i++) {
    words[i] = rotate(word(words, i - 3) ^ word(words, i - 8) ^ word(words, i - 14) ^ word(words, i - 16), 1)
  }
  let [a, b, c, d, e] = state as [number, number, number, number, number]
  for (let i = 0; i < 80; i++) {
    const next = (rotate(a, 5) + mixed(i, b, c, d) + e + word(words, i)) | 0
    e = d
    d = c
    c = rotate(b, 30)
    b = a
    a = next
  }
  for (const [i, value] of [a, b, c, d, e].entries()) state[i] = ((state[i] as number) + value) | 0
}

/** The function and the constant of a round. */
function mixed(round: number, b: number, c: number, d: number): number {
  if (round < 20) return ((b & c) | (~b & d)) + 0x5a827999
  if (round < 40) return (b ^ c ^ d) + 0x6ed9eba1
  if (round < 60) return ((b & c) | (b & d) | (c & d)) + 0x8f1bbcdc
  return (b ^ c ^ d) + 0xca62c1d6
}

function rotate(value: number, bits: number): number {
  return (value << bits) | (value >>> (32 - bits))
}

function word(words: Int32Array, i: number): number {
  return words[i] as number
}

function wordAt(bytes: Bytes, i: number): number {
  return (
    (bytes.charCodeAt(i) << 24) |
    (bytes.charCodeAt(i + 1) << 16) |
    (bytes.charCodeAt(i + 2) << 8) |
    bytes.charCodeAt(i + 3)
  )
}

function bytesOfWord(value: number): Bytes {
  return String.fromCharCode((value >>> 24) & 0xff, (value >>> 16) & 0xff, (value >>> 8) & 0xff, value & 0xff)
}
