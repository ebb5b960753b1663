import { decodeUtf8 } from '../jute/utf8.ts'
import { type AuthenticationProvider, oneId, withSuper } from './AuthenticationProvider.ts'

/**
 * A user of SASL. Java: SASLAuthenticationProvider, ZooKeeperServer.processSasl. There is no exchange of tokens here:
 * what the client presents is the authorization id itself.
 */
export const sasl: AuthenticationProvider = Object.freeze({
  isAuthenticated: true,

  authenticate(config, auth) {
    const user = decodeUtf8(auth)
    if (user === '') return null
    const ids = oneId('sasl', user)
    return user === config.saslSuperUser ? withSuper('', ids) : ids
  },

  /** Java: the constructor of KerberosName */
  isValid(id) {
    return !id.includes('@') || PRINCIPAL.test(id)
  },

  matches(config, id, expression) {
    if (id === 'super' || id === expression) return true
    return config.letAnySaslUserDoX !== '' && expression === config.letAnySaslUserDoX
  },

  getUserName(id) {
    return id
  },
} satisfies AuthenticationProvider)

/** Service, perhaps host, realm. */
const PRINCIPAL = /^[^/@]*(\/[^/@]*)?@[^/@]*$/
