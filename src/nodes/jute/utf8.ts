import type { Bytes } from '../database/txns.ts'

const REPLACEMENT = '\ufffd'

/** Only ASCII: bytes and text are the same. */
const ASCII = /^[\0-\x7f]*$/

/**
 * Text of bytes, with Java's count of replacement characters where they are not UTF-8: one for each part that could
 * not go on, and one, not three, for a surrogate. Java: new String(byte[], UTF_8)
 */
export function decodeUtf8(bytes: Bytes): string {
  if (ASCII.test(bytes)) return bytes
  let text = ''
  for (let i = 0; i < bytes.length; ) {
    const length = lengthOf(bytes, i)
    text += length > 0 ? String.fromCodePoint(codePoint(bytes, i, length)) : REPLACEMENT
    i += Math.abs(length)
  }
  return text
}

/** Bytes of text; an unpaired surrogate is a question mark. Java: String.getBytes(UTF_8) */
export function encodeUtf8(text: string): Bytes {
  if (ASCII.test(text)) return text
  let bytes = ''
  for (const character of text) {
    const code = character.codePointAt(0) as number
    bytes += code >= 0xd800 && code <= 0xdfff ? '?' : sequenceOf(code)
  }
  return bytes
}

/** The bytes of one code point, a surrogate as if it were any other. */
export function sequenceOf(code: number): Bytes {
  if (code < 0x80) return String.fromCharCode(code)
  if (code < 0x800) return String.fromCharCode(0xc0 | (code >> 6), trail(code))
  if (code < 0x1_0000) return String.fromCharCode(0xe0 | (code >> 12), trail(code >> 6), trail(code))
  return String.fromCharCode(0xf0 | (code >> 18), trail(code >> 12), trail(code >> 6), trail(code))
}

function trail(bits: number): number {
  return 0x80 | (bits & 0x3f)
}

/** How many bytes the sequence at `i` has; negative, how many bytes one replacement stands for. */
function lengthOf(bytes: Bytes, i: number): number {
  const lead = bytes.charCodeAt(i)
  if (lead < 0x80) return 1
  const wanted = lead >= 0xc2 && lead <= 0xdf ? 2 : lead >= 0xe0 && lead <= 0xef ? 3 : 4
  if (lead < 0xc2 || lead > 0xf4) return -1
  for (let n = 1; n < wanted; n++) {
    const c = bytes.charCodeAt(i + n)
    const least = n > 1 ? 0x80 : lead === 0xe0 ? 0xa0 : lead === 0xf0 ? 0x90 : 0x80
    const most = n === 1 && lead === 0xf4 ? 0x8f : 0xbf
    if (!(c >= least && c <= most)) return -n
  }
  return lead === 0xed && bytes.charCodeAt(i + 1) >= 0xa0 ? -3 : wanted
}

function codePoint(bytes: Bytes, i: number, length: number): number {
  const lead = bytes.charCodeAt(i)
  if (length === 1) return lead
  let code = lead & (0x7f >> length)
  for (let n = 1; n < length; n++) code = (code << 6) | (bytes.charCodeAt(i + n) & 0x3f)
  return code
}
