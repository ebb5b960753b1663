import { type Copy, type Forkable, fork } from '../../base/forkable.ts'

/**
 * A persistent map from strings to values: every change makes a new map and shares what it did not touch.
 *
 * A hash array mapped trie (Bagwell 2001) of 32-way branches. Java's DataTree has a ConcurrentHashMap here, and changes
 * it in place; a value that never changes can be shared by peers, forks and checkpoints.
 *
 * The shape depends on the content alone, never on the history: a branch with one leaf below it does not exist, and
 * keys whose hashes collide stand in key order. So iteration order is a function of the content, and two maps can be
 * compared without building anything.
 *
 * The map is frozen, its inner parts are not: nobody else can reach them, nothing here writes to them once they are
 * made, and freezing the arrays of one `set` takes ten times as long as all the rest of it.
 */

const BITS = 5
const MASK = 31

interface Leaf<V> {
  readonly kind: 0
  readonly hash: number
  readonly key: string
  readonly value: V
}

interface Branch<V> {
  readonly kind: 1
  /** Which of the 32 places are taken; the taken ones stand in `items` in order of place. */
  readonly bitmap: number
  readonly items: readonly Item<V>[]
}

/** Two or more keys of one hash, in key order. */
interface Collision<V> {
  readonly kind: 2
  readonly hash: number
  readonly leaves: readonly Leaf<V>[]
}

type Item<V> = Leaf<V> | Branch<V> | Collision<V>

export interface TrieVisitor<V> {
  visit(key: string, value: V): void
}

export class HashTrie<V> implements Forkable {
  private readonly root: Item<V> | null
  readonly size: number

  private constructor(root: Item<V> | null, size: number) {
    this.root = root
    this.size = size
    Object.freeze(this)
  }

  private static readonly none = new HashTrie<never>(null, 0)

  static empty<V>(): HashTrie<V> {
    return HashTrie.none
  }

  get(key: string): V | undefined {
    return this.root === null ? undefined : getIn(this.root, hashOf(key), key)
  }

  has(key: string): boolean {
    return this.get(key) !== undefined
  }

  /** The map with `key` at `value` (not undefined); this very map where it stands so already. */
  set(key: string, value: V): HashTrie<V> {
    const hash = hashOf(key)
    if (this.root === null) return new HashTrie<V>(leafOf(hash, key, value), 1)
    const root = setIn(this.root, 0, hash, key, value)
    if (root === this.root) return this
    return new HashTrie<V>(root, getIn(this.root, hash, key) === undefined ? this.size + 1 : this.size)
  }

  /** The map without `key`; this very map where it has no such key. */
  delete(key: string): HashTrie<V> {
    if (this.root === null) return this
    const root = deleteIn(this.root, 0, hashOf(key), key)
    if (root === this.root) return this
    return root === null ? HashTrie.empty() : new HashTrie<V>(root, this.size - 1)
  }

  /** In the order of the trie: stable for a content, otherwise meaningless. */
  forEach(visitor: TrieVisitor<V>): void {
    if (this.root !== null) visitAll(this.root, visitor)
  }

  /** In code unit order. */
  sortedKeys(): string[] {
    const collector = new KeyCollector()
    this.forEach(collector)
    return collector.keys.sort(compareStrings)
  }

  /** Whether both hold the same keys with values that `same` finds equal. Shared parts are not looked at. */
  equals(other: HashTrie<V>, same: (a: V, b: V) => boolean): boolean {
    if (this.root === other.root) return true
    if (this.size !== other.size || this.root === null || other.root === null) return false
    return equalItems(this.root, other.root, same)
  }

  /** Copies share it: it never changes. */
  [fork](_copy: Copy): this {
    return this
  }
}

/** A total order on strings, by code units. */
export function compareStrings(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

/** FNV-1a with the finish of MurmurHash3: the low bits, which the trie takes first, depend on all of the key. */
export function hashOf(key: string): number {
  let hash = 0x811c9dc5 | 0
  for (let i = 0; i < key.length; i++) hash = Math.imul(hash ^ key.charCodeAt(i), 0x01000193)
  hash ^= hash >>> 16
  hash = Math.imul(hash, 0x85ebca6b)
  hash ^= hash >>> 13
  hash = Math.imul(hash, 0xc2b2ae35)
  return hash ^ (hash >>> 16)
}

class KeyCollector implements TrieVisitor<unknown> {
  readonly keys: string[] = []

  visit(key: string): void {
    this.keys.push(key)
  }
}

function leafOf<V>(hash: number, key: string, value: V): Leaf<V> {
  return { kind: 0, hash, key, value }
}

function branchOf<V>(bitmap: number, items: Item<V>[]): Branch<V> {
  return { kind: 1, bitmap, items }
}

function collisionOf<V>(hash: number, leaves: Leaf<V>[]): Collision<V> {
  return { kind: 2, hash, leaves }
}

function getIn<V>(root: Item<V>, hash: number, key: string): V | undefined {
  let item = root
  let shift = 0
  while (item.kind === 1) {
    const bit = 1 << ((hash >>> shift) & MASK)
    if ((item.bitmap & bit) === 0) return undefined
    item = item.items[bitCount(item.bitmap & (bit - 1))] as Item<V>
    shift += BITS
  }
  if (item.kind === 0) return item.hash === hash && item.key === key ? item.value : undefined
  if (item.hash !== hash) return undefined
  for (const leaf of item.leaves) if (leaf.key === key) return leaf.value
  return undefined
}

function setIn<V>(item: Item<V>, shift: number, hash: number, key: string, value: V): Item<V> {
  if (item.kind === 1) {
    const bit = 1 << ((hash >>> shift) & MASK)
    const at = bitCount(item.bitmap & (bit - 1))
    if ((item.bitmap & bit) === 0) {
      return branchOf(item.bitmap | bit, withInserted(item.items, at, leafOf(hash, key, value)))
    }
    const before = item.items[at] as Item<V>
    const after = setIn(before, shift + BITS, hash, key, value)
    if (after === before) return item
    return branchOf(item.bitmap, withReplaced(item.items, at, after))
  }
  if (item.hash !== hash) return split(item, leafOf(hash, key, value), shift)
  if (item.kind === 2) return setInCollision(item, key, value)
  if (item.key === key) return item.value === value ? item : leafOf(hash, key, value)
  const leaf = leafOf(hash, key, value)
  return collisionOf(hash, item.key < key ? [item, leaf] : [leaf, item])
}

function setInCollision<V>(item: Collision<V>, key: string, value: V): Item<V> {
  const { hash, leaves } = item
  let at = 0
  while (at < leaves.length && (leaves[at] as Leaf<V>).key < key) at++
  const there = leaves[at]
  if (there === undefined || there.key !== key) {
    return collisionOf(hash, withInserted(leaves, at, leafOf(hash, key, value)))
  }
  return there.value === value ? item : collisionOf(hash, withReplaced(leaves, at, leafOf(hash, key, value)))
}

/** The least branch that tells two items of different hashes apart. */
function split<V>(a: Leaf<V> | Collision<V>, b: Leaf<V>, shift: number): Branch<V> {
  const placeOfA = (a.hash >>> shift) & MASK
  const placeOfB = (b.hash >>> shift) & MASK
  if (placeOfA === placeOfB) return branchOf(1 << placeOfA, [split(a, b, shift + BITS)])
  return branchOf((1 << placeOfA) | (1 << placeOfB), placeOfA < placeOfB ? [a, b] : [b, a])
}

function deleteIn<V>(item: Item<V>, shift: number, hash: number, key: string): Item<V> | null {
  if (item.kind === 0) return item.hash === hash && item.key === key ? null : item
  if (item.kind === 2) return item.hash === hash ? deleteInCollision(item, key) : item
  const bit = 1 << ((hash >>> shift) & MASK)
  if ((item.bitmap & bit) === 0) return item
  const at = bitCount(item.bitmap & (bit - 1))
  const before = item.items[at] as Item<V>
  const after = deleteIn(before, shift + BITS, hash, key)
  if (after === before) return item
  if (after === null) {
    if (item.items.length === 1) return null
    const items = without(item.items, at)
    const only = items[0] as Item<V>
    if (items.length === 1 && only.kind !== 1) return only
    return branchOf(item.bitmap & ~bit, items)
  }
  // What is no longer a branch needs none above it.
  if (item.items.length === 1 && after.kind !== 1) return after
  return branchOf(item.bitmap, withReplaced(item.items, at, after))
}

function deleteInCollision<V>(item: Collision<V>, key: string): Item<V> {
  const at = item.leaves.findIndex((leaf) => leaf.key === key)
  if (at < 0) return item
  const leaves = without(item.leaves, at)
  return leaves.length === 1 ? (leaves[0] as Leaf<V>) : collisionOf(item.hash, leaves)
}

function visitAll<V>(item: Item<V>, visitor: TrieVisitor<V>): void {
  switch (item.kind) {
    case 0:
      visitor.visit(item.key, item.value)
      return
    case 1:
      for (const below of item.items) visitAll(below, visitor)
      return
    case 2:
      for (const leaf of item.leaves) visitor.visit(leaf.key, leaf.value)
  }
}

function equalItems<V>(a: Item<V>, b: Item<V>, same: (a: V, b: V) => boolean): boolean {
  if (a === b) return true
  if (a.kind === 0) {
    return b.kind === 0 && a.key === b.key && (a.value === b.value || same(a.value, b.value))
  }
  if (a.kind === 1) {
    return b.kind === 1 && a.bitmap === b.bitmap && equalLists(a.items, b.items, same)
  }
  return b.kind === 2 && a.leaves.length === b.leaves.length && equalLists(a.leaves, b.leaves, same)
}

function equalLists<V>(a: readonly Item<V>[], b: readonly Item<V>[], same: (a: V, b: V) => boolean): boolean {
  for (let i = 0; i < a.length; i++) {
    if (!equalItems(a[i] as Item<V>, b[i] as Item<V>, same)) return false
  }
  return true
}

function withInserted<T>(items: readonly T[], at: number, item: T): T[] {
  const copy: T[] = []
  for (let i = 0; i < at; i++) copy.push(items[i] as T)
  copy.push(item)
  for (let i = at; i < items.length; i++) copy.push(items[i] as T)
  return copy
}

function withReplaced<T>(items: readonly T[], at: number, item: T): T[] {
  const copy = items.slice()
  copy[at] = item
  return copy
}

function without<T>(items: readonly T[], at: number): T[] {
  const copy: T[] = []
  for (let i = 0; i < items.length; i++) if (i !== at) copy.push(items[i] as T)
  return copy
}

/** How many bits are set (Hacker's Delight, 5-1). */
function bitCount(bits: number): number {
  let n = bits - ((bits >>> 1) & 0x55555555)
  n = (n & 0x33333333) + ((n >>> 2) & 0x33333333)
  n = (n + (n >>> 4)) & 0x0f0f0f0f
  return Math.imul(n, 0x01010101) >>> 24
}
