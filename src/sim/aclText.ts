import { type ACL, type AclList, aclList, Perms } from '../nodes/acl.ts'

/**
 * Access control lists as ZooKeeper's command line writes them: `world:anyone:r,digest:ann:<hash>:cdrwa`.
 * Java: AclParser, ZKUtil.getPermString
 */

/** In the order in which they are printed. */
const letters = Object.freeze([
  ['c', Perms.CREATE],
  ['d', Perms.DELETE],
  ['r', Perms.READ],
  ['w', Perms.WRITE],
  ['a', Perms.ADMIN],
] as const)

/** Null where it cannot be read. The scheme ends at the first colon, permissions begin behind the last. */
export function readAcl(text: string): AclList | null {
  const entries: ACL[] = []
  for (const part of text.split(',')) {
    const first = part.indexOf(':')
    const last = part.lastIndexOf(':')
    const perms = readPerms(part.slice(last + 1))
    if (first < 1 || last === first || perms === null) return null
    entries.push({ perms, scheme: part.slice(0, first), id: part.slice(first + 1, last) })
  }
  return aclList(entries)
}

export function printAcl(acl: AclList): string {
  return acl.map(({ perms, scheme, id }) => `${scheme}:${id}:${printPerms(perms)}`).join(',')
}

function printPerms(perms: number): string {
  return letters.map(([letter, perm]) => ((perms & perm) === 0 ? '' : letter)).join('')
}

function readPerms(text: string): number | null {
  let perms = 0
  for (const letter of text) {
    const found = letters.find(([known]) => known === letter)
    if (found === undefined) return null
    perms |= found[1]
  }
  return text === '' ? null : perms
}
