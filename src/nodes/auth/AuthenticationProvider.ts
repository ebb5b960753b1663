import type { Id } from '../acl.ts'
import type { Bytes } from '../database/txns.ts'
import type { PeerConfig } from '../PeerConfig.ts'

/** One scheme of identities. Java: AuthenticationProvider */
export interface AuthenticationProvider {
  /** Whether who has such an identity has proved it: then it may stand for `auth` in an access control list. */
  readonly isAuthenticated: boolean
  /** What a client that presents `auth` is; null refuses it. Java: handleAuthentication */
  authenticate(config: PeerConfig, auth: Bytes, remoteAddress: string): readonly Id[] | null
  /** Whether an access control list may name this. */
  isValid(id: string): boolean
  /** Whether `id`, which a client has, is meant by `expression`, which stands in an access control list. */
  matches(config: PeerConfig, id: string, expression: string): boolean
  /** What whoAmI shows of an identity: nothing that is secret. */
  getUserName(id: string): string
}

export function oneId(scheme: string, id: string): readonly Id[] {
  return Object.freeze([Object.freeze({ scheme, id })])
}

/** The identity, and that it may do anything. */
export function withSuper(superId: string, ids: readonly Id[]): readonly Id[] {
  return Object.freeze([Object.freeze({ scheme: 'super', id: superId }), ...ids])
}
