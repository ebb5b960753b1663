import { crc32 } from 'node:zlib'
import { assert } from '../../base/assert.ts'
import { Malformed } from './Malformed.ts'

/**
 * How one item stands in a stream of bytes, on a socket as in a file: its length, a checksum of the length, a checksum
 * of the payload (CRC-32, all big-endian), the payload.
 *
 * The length has a checksum of its own so that a damaged length is told from an incomplete item, and garbage on a socket
 * is noticed at once and not after the megabytes it seems to announce.
 */
export const HEADER_BYTES = 12

/** A snapshot chunk of 100 nodes of 1 MB each (ZooKeeper's jute.maxbuffer) fits. */
export const MAX_PAYLOAD_BYTES = 128 * 1_024 * 1_024

/** @throws AssertionFailed when the payload is larger than a reader would take. */
export function frame(payload: Buffer): Buffer {
  assert(payload.length <= MAX_PAYLOAD_BYTES, 'a payload fits a frame')
  const framed = Buffer.allocUnsafe(HEADER_BYTES + payload.length)
  framed.writeUInt32BE(payload.length, 0)
  framed.writeUInt32BE(crc32(framed.subarray(0, 4)), 4)
  framed.writeUInt32BE(crc32(payload), 8)
  payload.copy(framed, HEADER_BYTES)
  return framed
}

/** Cuts a stream of bytes, arriving in pieces of any size, into payloads. */
export class FrameReader {
  /** Bytes consumed so far: the place of the next frame in the stream. */
  offset = 0
  private readonly maxPayload: number
  private bytes = Buffer.alloc(0)
  private start = 0
  private end = 0

  constructor(maxPayload: number = MAX_PAYLOAD_BYTES) {
    this.maxPayload = maxPayload
  }

  /** Bytes that belong to a frame which is not complete. */
  get rest(): number {
    return this.end - this.start
  }

  push(chunk: Buffer): void {
    if (this.end + chunk.length > this.bytes.length) this.makeRoom(chunk.length)
    chunk.copy(this.bytes, this.end)
    this.end += chunk.length
  }

  /**
   * The next payload, a copy of its own; null when more bytes must come first.
   *
   * @throws Malformed when no sequence of further bytes could make this a frame. The reader is of no use after it.
   */
  next(): Buffer | null {
    if (this.rest < HEADER_BYTES) return null
    const header = this.bytes.subarray(this.start, this.start + HEADER_BYTES)
    const length = header.readUInt32BE(0)
    if (crc32(header.subarray(0, 4)) !== header.readUInt32BE(4)) {
      throw new Malformed(this.offset, 'the length does not match its checksum')
    }
    if (length > this.maxPayload) {
      throw new Malformed(this.offset, `a payload of ${length} bytes, at most ${this.maxPayload} allowed`)
    }
    if (this.rest < HEADER_BYTES + length) return null
    const from = this.start + HEADER_BYTES
    const payload = Buffer.from(this.bytes.subarray(from, from + length))
    if (crc32(payload) !== header.readUInt32BE(8)) {
      throw new Malformed(this.offset, 'the payload does not match its checksum')
    }
    this.start += HEADER_BYTES + length
    this.offset += HEADER_BYTES + length
    return payload
  }

  private makeRoom(more: number): void {
    const rest = this.rest
    const needed = rest + more
    const target =
      needed > this.bytes.length / 2 ? Buffer.allocUnsafe(Math.max(4_096, needed * 2)) : this.bytes
    this.bytes.copy(target, 0, this.start, this.end)
    this.bytes = target
    this.start = 0
    this.end = rest
  }
}
