import type { Id } from '../acl.ts'
import type { Bytes } from '../database/txns.ts'
import type { PeerConfig } from '../PeerConfig.ts'
import { getProvider, schemesOf } from './ProviderRegistry.ts'

/**
 * What an auth packet adds to the identities of its connection; null where the scheme is unknown or refuses. Java:
 * ZooKeeperServer.processPacket
 */
export function authenticate(
  config: PeerConfig,
  scheme: string,
  auth: Bytes,
  remoteAddress: string,
): readonly Id[] | null {
  return getProvider(config, scheme)?.authenticate(config, auth, remoteAddress) ?? null
}

/** Whether requests of somebody of these identities are looked at. Java: AuthenticationHelper.enforceAuthentication */
export function isAuthenticatedEnough(config: PeerConfig, ids: readonly Id[]): boolean {
  if (config.enforceAuthSchemes === '') return true
  const schemes = schemesOf(config.enforceAuthSchemes)
  return ids.some(({ scheme }) => schemes.includes(scheme))
}

/** Identities as whoAmI shows them, each with its user in place of its id. Java: AuthUtil.getClientInfos */
export function getClientInfos(config: PeerConfig, ids: readonly Id[]): readonly Id[] {
  return Object.freeze(
    ids.map(({ scheme, id }) =>
      Object.freeze({ scheme, id: getProvider(config, scheme)?.getUserName(id) ?? '' }),
    ),
  )
}
