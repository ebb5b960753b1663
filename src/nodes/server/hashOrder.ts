import type { Id } from '../acl.ts'

/** Bins of a table that has not grown. Java: ConcurrentHashMap.DEFAULT_CAPACITY */
const BINS = 16

/**
 * The order in which Java lists a set of identities, which shows in the access control lists that are made of them:
 * by the bin of their hash, then as they came. Java: ServerCnxn.authInfo, a set upon a ConcurrentHashMap
 */
export function inHashOrder(ids: readonly Id[]): readonly Id[] {
  let bins = BINS
  // It grows when three quarters are full.
  while (ids.length >= bins * 0.75) bins *= 2
  const binOf = (id: Id) => {
    const hash = hashOf(id)
    return (hash ^ (hash >>> 16)) & (bins - 1)
  }
  return Object.freeze([...ids].sort((a, b) => binOf(a) - binOf(b)))
}

/** Java: the hashCode that jute writes for the record Id */
function hashOf({ scheme, id }: Id): number {
  return (Math.imul(37, (Math.imul(37, 17) + hashOfText(scheme)) | 0) + hashOfText(id)) | 0
}

/** Java: String.hashCode */
function hashOfText(text: string): number {
  let hash = 0
  for (let i = 0; i < text.length; i += 1) hash = (Math.imul(31, hash) + text.charCodeAt(i)) | 0
  return hash
}
