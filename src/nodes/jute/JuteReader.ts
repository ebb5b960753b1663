import type { ACL, AclList } from '../acl.ts'
import type { Bytes } from '../database/txns.ts'
import { decodeUtf8 } from './utf8.ts'

/** Bytes that are not the record which they should be. Java: an IOException of BinaryInputArchive, or what comes later */
export class JuteError extends Error {
  override readonly name = 'JuteError'
}

/** A length that the bytes behind it cannot have: this much and as much again. Java: BinaryInputArchive.checkLength */
const UNREASONABLE_LENGTH = 2 * 0xfffff

const TWO_32 = 0x1_0000_0000

/** Reads fields one after the other; what is behind the last is left. Java: BinaryInputArchive */
export class JuteReader {
  private readonly bytes: Bytes
  private at = 0

  constructor(bytes: Bytes) {
    this.bytes = bytes
  }

  bool(): boolean {
    return this.take(1).charCodeAt(0) !== 0
  }

  int(): number {
    const four = this.take(4)
    return (
      (four.charCodeAt(0) << 24) | (four.charCodeAt(1) << 16) | (four.charCodeAt(2) << 8) | four.charCodeAt(3)
    )
  }

  /** What a number cannot hold exactly becomes the nearest that it can: no zxid, version or TTL in use is so far out. */
  long(): number {
    const high = this.int()
    const long = high * TWO_32 + (this.int() >>> 0)
    return Math.max(Number.MIN_SAFE_INTEGER, Math.min(Number.MAX_SAFE_INTEGER, long))
  }

  text(): string | null {
    const bytes = this.buffer()
    return bytes === null ? null : decodeUtf8(bytes)
  }

  /** A text that must be there: the server takes a look at it without asking. Java: a NullPointerException */
  needed(): string {
    const text = this.text()
    if (text === null) throw new JuteError('what is needed is null')
    return text
  }

  buffer(): Bytes | null {
    const length = this.int()
    if (length === -1) return null
    if (length < 0 || length > UNREASONABLE_LENGTH) throw new JuteError(`Unreasonable length = ${length}`)
    return this.take(length)
  }

  /** A count below -1 counts as none. */
  vector<Item>(item: (reader: JuteReader) => Item): readonly Item[] | null {
    const count = this.int()
    if (count === -1) return null
    const items: Item[] = []
    for (let i = 0; i < count; i++) items.push(item(this))
    return Object.freeze(items)
  }

  /** Paths, none of them null, nor the list. */
  paths(): readonly string[] {
    const paths = this.vector((reader) => reader.needed())
    if (paths === null) throw new JuteError('a list is null')
    return paths
  }

  acl(): AclList | null {
    return this.vector(readAcl)
  }

  private take(length: number): Bytes {
    const end = this.at + length
    if (end > this.bytes.length) throw new JuteError('the bytes end too soon')
    const taken = this.bytes.slice(this.at, end)
    this.at = end
    return taken
  }
}

/** Schemes whose ids every server looks at. An unknown scheme is refused before its id is. */
const LOOKED_AT: readonly string[] = Object.freeze(['world', 'ip', 'digest'])

function readAcl(reader: JuteReader): ACL {
  const perms = reader.int()
  const scheme = reader.text() ?? ''
  const id = LOOKED_AT.includes(scheme) ? reader.needed() : (reader.text() ?? '')
  return Object.freeze({ perms, scheme, id })
}
