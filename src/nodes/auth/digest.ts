import { decodeUtf8, encodeUtf8 } from '../jute/utf8.ts'
import { type AuthenticationProvider, oneId, withSuper } from './AuthenticationProvider.ts'
import { base64 } from './base64.ts'
import { sha1 } from './sha1.ts'

/** User and password become the user and a hash of both. Java: DigestAuthenticationProvider */
export const digest: AuthenticationProvider = Object.freeze({
  isAuthenticated: true,

  authenticate(config, auth) {
    const id = generateDigest(decodeUtf8(auth))
    const ids = oneId('digest', id)
    return id === config.superDigest ? withSuper('', ids) : ids
  },

  isValid(id) {
    return javaSplit(id).length === 2
  },

  matches(_config, id, expression) {
    return id === expression
  },

  getUserName(id) {
    return javaSplit(id)[0] ?? ''
  },
} satisfies AuthenticationProvider)

/** `user:password` to `user:<base64 of the SHA-1 of both>`. Java: DigestAuthenticationProvider.generateDigest */
export function generateDigest(idPassword: string): string {
  const colon = idPassword.indexOf(':')
  const user = colon === -1 ? idPassword : idPassword.slice(0, colon)
  return `${user}:${base64(sha1(encodeUtf8(idPassword)))}`
}

/** Java's split leaves out empty parts at the end, and makes one empty part of nothing. */
function javaSplit(id: string): string[] {
  const parts = id.split(':')
  while (parts.length > 1 && parts[parts.length - 1] === '') parts.pop()
  return parts.length === 1 && parts[0] === '' && id !== '' ? [] : parts
}
