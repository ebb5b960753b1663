import type { HashTrie } from './HashTrie.ts'

/** Where quotas stand in the tree, and which of them a path is under. Java: Quotas, PathTrie */

/** The quota of `/a` is below `/zookeeper/quota/a`. */
export const QUOTA = '/zookeeper/quota'
/** The node that holds what a subtree may have. */
export const LIMITS = 'zookeeper_limits'
/** The node that holds what a subtree has. */
export const STATS = 'zookeeper_stats'

export function limitsPath(path: string): string {
  return `${QUOTA}${path}/${LIMITS}`
}

export function statsPath(path: string): string {
  return `${QUOTA}${path}/${STATS}`
}

/**
 * What the parent of a limits or a stats node, or any other path, is about: the rest of the path, whatever the
 * beginning. Null where the path is too short to have one, at which Java throws.
 */
export function aboutPath(path: string): string | null {
  return path.length < QUOTA.length ? null : path.slice(QUOTA.length)
}

/** A path as Java's trie takes it: without empty components, or such as are but spaces. */
export function trieKey(path: string): string {
  let key = ''
  for (const part of path.split('/')) if (!isBlank(part)) key += `/${part}`
  return key
}

/** The longest of the paths in `quotas` that a path is at or below. Java: DataTree.getMaxPrefixWithQuota */
export function maxPrefixWithQuota(quotas: HashTrie<true>, path: string): string | null {
  if (quotas.size === 0) return null
  let prefix = ''
  let longest: string | null = null
  for (const part of path.split('/')) {
    if (isBlank(part)) continue
    prefix += `/${part}`
    if (quotas.has(prefix)) longest = prefix
  }
  return longest
}

/** Java: String.trim, then isEmpty */
function isBlank(part: string): boolean {
  for (let i = 0; i < part.length; i++) if (part.charCodeAt(i) > 0x20) return false
  return true
}
