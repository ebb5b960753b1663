import type { AclList } from '../acl.ts'
import type { Bytes } from '../database/txns.ts'
import { sequenceOf } from './utf8.ts'

const TWO_32 = 0x1_0000_0000

/** Writes fields one after the other. Java: BinaryOutputArchive */
export class JuteWriter {
  bytes: Bytes = ''

  bool(value: boolean): this {
    this.bytes += value ? '\x01' : '\0'
    return this
  }

  int(value: number): this {
    this.bytes += String.fromCharCode(
      (value >>> 24) & 0xff,
      (value >>> 16) & 0xff,
      (value >>> 8) & 0xff,
      value & 0xff,
    )
    return this
  }

  long(value: number): this {
    const high = Math.floor(value / TWO_32)
    return this.int(high | 0).int((value - high * TWO_32) | 0)
  }

  /** Every UTF-16 unit by itself, so that what stands for one character beyond 16 bits takes six bytes. */
  text(value: string | null): this {
    if (value === null) return this.int(-1)
    let bytes = ''
    for (let i = 0; i < value.length; i++) bytes += sequenceOf(value.charCodeAt(i))
    return this.buffer(bytes)
  }

  buffer(value: Bytes | null): this {
    if (value === null) return this.int(-1)
    this.int(value.length)
    this.bytes += value
    return this
  }

  texts(values: readonly string[]): this {
    this.int(values.length)
    for (const value of values) this.text(value)
    return this
  }

  acl(acl: AclList | null): this {
    if (acl === null) return this.int(-1)
    this.int(acl.length)
    for (const { perms, scheme, id } of acl) this.int(perms).text(scheme).text(id)
    return this
  }
}
