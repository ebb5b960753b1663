import { decodeUtf8 } from '../jute/utf8.ts'
import { type AuthenticationProvider, oneId, withSuper } from './AuthenticationProvider.ts'

/**
 * The subject of a client's certificate. Java: X509AuthenticationProvider. There is no handshake here: what the client
 * presents is the subject itself.
 */
export const x509: AuthenticationProvider = Object.freeze({
  isAuthenticated: true,

  authenticate(config, auth) {
    const subject = decodeUtf8(auth)
    if (subject === '') return null
    const ids = oneId('x509', subject)
    return subject === config.x509SuperUser ? withSuper(subject, ids) : ids
  },

  isValid(id) {
    return id === '' || splitOutsideQuotes(id).every((part) => ATTRIBUTE.test(part))
  },

  matches(config, id, expression) {
    return id === expression || (config.x509SuperUser !== '' && id === config.x509SuperUser)
  },

  getUserName(id) {
    return id
  },
} satisfies AuthenticationProvider)

/** A keyword that X500Principal knows, or an object identifier, and a value. */
const ATTRIBUTE = new RegExp(
  '^\\s*(?:CN|C|L|S|ST|O|OU|T|IP|STREET|DC|DNQUALIFIER|DNQ|SURNAME|GIVENNAME|INITIALS|GENERATION|EMAIL' +
    '|EMAILADDRESS|UID|SERIALNUMBER|(?:OID\\.)?\\d+(?:\\.\\d+)+)\\s*=',
  'i',
)

/** The attributes of a distinguished name. */
function splitOutsideQuotes(name: string): string[] {
  const parts: string[] = []
  let part = ''
  let quoted = false
  for (let i = 0; i < name.length; i++) {
    const c = name.charAt(i)
    if (c === '\\') part += c + name.charAt(++i)
    else if (!quoted && (c === ',' || c === ';' || c === '+')) {
      parts.push(part)
      part = ''
    } else {
      if (c === '"') quoted = !quoted
      part += c
    }
  }
  parts.push(part)
  return parts
}
