import {
  type ACL,
  type AclList,
  CREATOR_ALL_ACL,
  OPEN_ACL_UNSAFE,
  READ_ACL_UNSAFE,
} from '../../../nodes/acl.ts'
import { sha1 } from '../../../nodes/auth/sha1.ts'
import type { Bytes } from '../../../nodes/database/txns.ts'
import { decodeUtf8, encodeUtf8 } from '../../../nodes/jute/utf8.ts'
import type { Json, Value } from '../reading.ts'

/** Data and access control lists, as recordings write them. */

/** Longer data is recorded as its length and its hash. */
const WRITTEN_OUT = 200

/** Four times what a server takes. */
const LONGEST = 1 << 22

const HEX = /^([0-9a-f]{2})*$/

/** Null, a string, `{"n": times, "c": byte}` or `{"hex": bytes}`. */
export function parseData(value: Value): Bytes | null {
  if (value.isNull) return null
  if (value.isString) return encodeUtf8(value.string())
  const fields = value.object()
  if (fields.mentions('hex')) return parseHex(fields.field('hex'))
  const character = fields.field('c')
  const byte = encodeUtf8(character.string())
  if (byte.length !== 1) return character.fail('not one byte')
  return byte.repeat(fields.field('n').whole(0, LONGEST))
}

export function parseHex(value: Value): Bytes {
  const digits = value.string()
  if (!HEX.test(digits)) return value.fail('not bytes in hexadecimal')
  let bytes = ''
  for (let i = 0; i < digits.length; i += 2)
    bytes += String.fromCharCode(Number.parseInt(digits.slice(i, i + 2), 16))
  return bytes
}

/** The way back. */
export function writeData(data: Bytes | null): Json {
  if (data === null) return null
  if (data.length > WRITTEN_OUT) return { n: data.length, sha1: hexOf(sha1(data)) }
  const text = decodeUtf8(data)
  return encodeUtf8(text) === data ? text : { hex: hexOf(data) }
}

function hexOf(bytes: Bytes): string {
  let digits = ''
  for (let i = 0; i < bytes.length; i += 1) digits += bytes.charCodeAt(i).toString(16).padStart(2, '0')
  return digits
}

/** A name, a list of `[perms, scheme, id]`, or null. */
export function parseAcl(value: Value): AclList | null {
  if (value.isNull) return null
  if (value.isString) {
    switch (value.oneOf(['open', 'read', 'creator'], 'access control list')) {
      case 'open':
        return OPEN_ACL_UNSAFE
      case 'read':
        return READ_ACL_UNSAFE
      case 'creator':
        return CREATOR_ALL_ACL
    }
  }
  return Object.freeze(value.array().map(parseEntry))
}

function parseEntry(value: Value): ACL {
  const [perms, scheme, id] = value.array()
  if (perms === undefined || scheme === undefined || id === undefined) {
    return value.fail('an entry is [perms, scheme, id]')
  }
  // Null is what a client may send, and no server takes.
  return Object.freeze({
    perms: perms.integer(),
    scheme: scheme.stringOrNull() as string,
    id: id.stringOrNull() as string,
  })
}

export function writeAcl(acl: AclList): Json {
  return acl.map(({ perms, scheme, id }) => [perms, scheme, id])
}

/** As in a final tree, where the open list has a name. */
export function writeNamedAcl(acl: AclList): Json {
  const [entry] = acl
  const isOpen = acl.length === 1 && entry?.perms === 31 && entry.scheme === 'world' && entry.id === 'anyone'
  return isOpen ? 'open' : writeAcl(acl)
}
