import { type ACL, type AclList, aclList, type Id, OPEN_ACL_UNSAFE, sameAcl } from '../acl.ts'
import type { PeerConfig } from '../PeerConfig.ts'
import { getProvider } from './ProviderRegistry.ts'

/**
 * The list that a node gets when a client asks for `acl`: without duplicates, and with the client's own identities in
 * place of `auth`. Null where it is no valid list: empty, or of unknown schemes and ids. Java:
 * PrepRequestProcessor.fixupACL
 */
export function fixupACL(config: PeerConfig, ids: readonly Id[], acl: AclList | null): AclList | null {
  if (acl === null || acl.length === 0) return null
  if (acl === OPEN_ACL_UNSAFE || sameAcl(acl, OPEN_ACL_UNSAFE)) return OPEN_ACL_UNSAFE
  const fixed: ACL[] = []
  for (const [i, entry] of acl.entries()) {
    if (acl.findIndex((earlier) => sameEntry(earlier, entry)) < i) continue
    if (entry.scheme === 'world' && entry.id === 'anyone') fixed.push(entry)
    else if (entry.scheme === 'auth') {
      const own = ids.filter(({ scheme }) => getProvider(config, scheme)?.isAuthenticated === true)
      if (own.length === 0) return null
      for (const { scheme, id } of own) fixed.push({ perms: entry.perms, scheme, id })
    } else if (getProvider(config, entry.scheme)?.isValid(entry.id) === true) fixed.push(entry)
    else return null
  }
  return sameAcl(fixed, acl) ? acl : aclList(fixed)
}

function sameEntry(a: ACL, b: ACL): boolean {
  return a.perms === b.perms && a.scheme === b.scheme && a.id === b.id
}
