import { type ACL, type AclList, type Id, OPEN_ACL_UNSAFE } from '../acl.ts'
import type { PeerConfig } from '../PeerConfig.ts'
import { getProvider } from './ProviderRegistry.ts'

/**
 * Whether somebody of these identities has one of the permissions. Java: ZooKeeperServer.checkACL
 *
 * @param perm the sum of `Perms` of which one is enough.
 */
export function checkACL(config: PeerConfig, acl: AclList, perm: number, ids: readonly Id[]): boolean {
  if (acl === OPEN_ACL_UNSAFE || config.skipACL || acl.length === 0) return true
  for (const { scheme } of ids) if (scheme === 'super') return true
  for (const entry of acl) if ((entry.perms & perm) !== 0 && isMeant(config, entry, ids)) return true
  return false
}

function isMeant(config: PeerConfig, entry: ACL, ids: readonly Id[]): boolean {
  if (entry.scheme === 'world' && entry.id === 'anyone') return true
  const provider = getProvider(config, entry.scheme)
  if (provider === null) return false
  return ids.some(({ scheme, id }) => scheme === entry.scheme && provider.matches(config, id, entry.id))
}
