import type { Bytes } from '../../nodes/database/txns.ts'
import type { Data } from './ZooKeeper.ts'

const ASCII = /^[\0-\x7f]*$/
const REPLACEMENT = 0xfffd

/** As it goes over the wire. A string is written as UTF-8, an unpaired surrogate in it as U+FFFD. */
export function bytesOf(data: Data): Bytes | null {
  if (data === null) return null
  if (typeof data === 'string') return ASCII.test(data) ? data : utf8Of(data)
  let bytes = ''
  for (const byte of data) bytes += String.fromCharCode(byte)
  return bytes
}

export function arrayOf(bytes: Bytes): Uint8Array {
  const array = new Uint8Array(bytes.length)
  for (let i = 0; i < bytes.length; i += 1) array[i] = bytes.charCodeAt(i)
  return array
}

/** Bytes read as UTF-8; what is not is U+FFFD. */
export function textOf(bytes: Bytes): string {
  return ASCII.test(bytes) ? bytes : textOfUtf8(bytes)
}

function utf8Of(text: string): Bytes {
  let bytes = ''
  for (const character of text) {
    const read = character.codePointAt(0) as number
    const code = read >= 0xd800 && read <= 0xdfff ? REPLACEMENT : read
    if (code < 0x80) bytes += String.fromCharCode(code)
    else if (code < 0x800) bytes += String.fromCharCode(0xc0 | (code >> 6), tail(code))
    else if (code < 0x1_0000) bytes += String.fromCharCode(0xe0 | (code >> 12), tail(code >> 6), tail(code))
    else bytes += String.fromCharCode(0xf0 | (code >> 18), tail(code >> 12), tail(code >> 6), tail(code))
  }
  return bytes
}

function tail(code: number): number {
  return 0x80 | (code & 0x3f)
}

/** Sequences by their first byte: how many follow, its own bits, the least that is so long. */
const SEQUENCES = Object.freeze([
  { from: 0xc2, to: 0xdf, more: 1, bits: 0x1f, least: 0x80 },
  { from: 0xe0, to: 0xef, more: 2, bits: 0x0f, least: 0x800 },
  { from: 0xf0, to: 0xf4, more: 3, bits: 0x07, least: 0x1_0000 },
])

function textOfUtf8(bytes: Bytes): string {
  let text = ''
  let at = 0
  while (at < bytes.length) {
    const first = bytes.charCodeAt(at)
    const sequence = SEQUENCES.find(({ from, to }) => first >= from && first <= to)
    at += 1
    if (sequence === undefined) {
      text += String.fromCodePoint(first < 0x80 ? first : REPLACEMENT)
      continue
    }
    let code = first & sequence.bits
    let read = 0
    while (read < sequence.more && (bytes.charCodeAt(at + read) & 0xc0) === 0x80) {
      code = (code << 6) | (bytes.charCodeAt(at + read) & 0x3f)
      read += 1
    }
    const good =
      read === sequence.more &&
      code >= sequence.least &&
      code <= 0x10_ffff &&
      (code < 0xd800 || code > 0xdfff)
    text += String.fromCodePoint(good ? code : REPLACEMENT)
    at += read
  }
  return text
}
