/**
 * Access control lists and the identities they name. Java: the jute records ACL and Id, ZooDefs.Perms, ZooDefs.Ids
 */

/** An identity under a scheme: `world:anyone`, `digest:ann:<hash>`, `ip:10.0.0.1`. Frozen. */
export interface Id {
  readonly scheme: string
  readonly id: string
}

/** What an identity may do: the sum of `Perms`. Frozen. */
export interface ACL {
  readonly perms: number
  readonly scheme: string
  readonly id: string
}

/** Frozen, and shared wherever it stays the same. */
export type AclList = readonly ACL[]

export const Perms = Object.freeze({ READ: 1, WRITE: 2, CREATE: 4, DELETE: 8, ADMIN: 16, ALL: 31 } as const)

/** Anybody may do anything. Java: ZooDefs.Ids.OPEN_ACL_UNSAFE */
export const OPEN_ACL_UNSAFE: AclList = aclList([{ perms: Perms.ALL, scheme: 'world', id: 'anyone' }])
/** Anybody may read. Java: ZooDefs.Ids.READ_ACL_UNSAFE */
export const READ_ACL_UNSAFE: AclList = aclList([{ perms: Perms.READ, scheme: 'world', id: 'anyone' }])
/** Whoever creates the node may do anything, by every identity that authenticated it. Java: CREATOR_ALL_ACL */
export const CREATOR_ALL_ACL: AclList = aclList([{ perms: Perms.ALL, scheme: 'auth', id: '' }])

export const NO_IDS: readonly Id[] = Object.freeze([])

export function aclList(entries: readonly ACL[]): AclList {
  return Object.freeze(entries.map(({ perms, scheme, id }) => Object.freeze({ perms, scheme, id })))
}

/** Whether both say the same in the same order. */
export function sameAcl(a: AclList, b: AclList): boolean {
  if (a === b) return true
  if (a.length !== b.length) return false
  return a.every((entry, i) => {
    const other = b[i] as ACL
    return entry.perms === other.perms && entry.scheme === other.scheme && entry.id === other.id
  })
}
