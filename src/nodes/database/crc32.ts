/**
 * CRC-32 (IEEE 802.3), as java.util.zip.CRC32, over the pieces that ZooKeeper's digest is made of: text as UTF-8, bytes,
 * big-endian integers. A state is begun with `CRC_START`, extended piece by piece, and read with `crcValue`.
 */

/** Four tables of 256: table k advances a byte by k further bytes ("slicing by four"). */
const TABLES = makeTables()

export const CRC_START = -1

const TWO_32 = 0x1_0000_0000

export function crcValue(state: number): number {
  return ~state >>> 0
}

/** One character (0 to 255) a byte. */
export function crcOfBytes(state: number, bytes: string): number {
  let crc = state
  for (let i = 0; i < bytes.length; i++) {
    crc = (TABLES[(crc ^ bytes.charCodeAt(i)) & 0xff] as number) ^ (crc >>> 8)
  }
  return crc
}

/** As String.getBytes in UTF-8 gives it: an unpaired surrogate is a question mark. */
export function crcOfText(state: number, text: string): number {
  let crc = state
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i)
    if (unit >= 0x80) return crcOfWideText(crc, text, i)
    crc = (TABLES[(crc ^ unit) & 0xff] as number) ^ (crc >>> 8)
  }
  return crc
}

export function crcOfInt(state: number, int: number): number {
  // The table reads the first byte from the low end, the integer has it at the high one.
  const word = state ^ ((int >>> 24) | ((int >>> 8) & 0xff00) | ((int << 8) & 0xff0000) | (int << 24))
  return (
    (TABLES[768 + (word & 0xff)] as number) ^
    (TABLES[512 + ((word >>> 8) & 0xff)] as number) ^
    (TABLES[256 + ((word >>> 16) & 0xff)] as number) ^
    (TABLES[word >>> 24] as number)
  )
}

/** A Java long that fits a number exactly. */
export function crcOfLong(state: number, long: number): number {
  const high = Math.floor(long / TWO_32)
  return crcOfInt(crcOfInt(state, high | 0), (long - high * TWO_32) | 0)
}

function crcOfWideText(state: number, text: string, from: number): number {
  let crc = state
  for (let i = from; i < text.length; i++) {
    let point = text.codePointAt(i) as number
    if (point > 0xffff) i += 1
    else if (point >= 0xd800 && point <= 0xdfff) point = 0x3f
    if (point < 0x80) {
      crc = crcOfByte(crc, point)
      continue
    }
    if (point < 0x800) {
      crc = crcOfByte(crc, 0xc0 | (point >>> 6))
    } else {
      if (point < 0x10000) {
        crc = crcOfByte(crc, 0xe0 | (point >>> 12))
      } else {
        crc = crcOfByte(crc, 0xf0 | (point >>> 18))
        crc = crcOfByte(crc, 0x80 | ((point >>> 12) & 0x3f))
      }
      crc = crcOfByte(crc, 0x80 | ((point >>> 6) & 0x3f))
    }
    crc = crcOfByte(crc, 0x80 | (point & 0x3f))
  }
  return crc
}

function crcOfByte(state: number, byte: number): number {
  return (TABLES[(state ^ byte) & 0xff] as number) ^ (state >>> 8)
}

function makeTables(): Int32Array {
  const tables = new Int32Array(1_024)
  for (let byte = 0; byte < 256; byte++) {
    let crc = byte
    for (let bit = 0; bit < 8; bit++) crc = (crc & 1) === 0 ? crc >>> 1 : (crc >>> 1) ^ 0xedb88320
    tables[byte] = crc
  }
  for (let i = 256; i < 1_024; i++) {
    const before = tables[i - 256] as number
    tables[i] = (tables[before & 0xff] as number) ^ (before >>> 8)
  }
  return tables
}
