/**
 * Copies a world: **frozen means shared, unfrozen means owned**.
 *
 * Prototypes, cycles, Maps, Sets and the order of everything are kept. There is no list of what state a class has, so
 * none can be forgotten; the price is that state may not hide in closures, and a function found in it is refused.
 *
 * Copying goes by a work list, not by recursion: the depth of a world is as large as somebody's queue is long.
 */
import { AppendOnlyLog } from '../../base/AppendOnlyLog.ts'
import {
  begin,
  type Copy,
  type Forkable,
  finish,
  fork as forkSymbol,
  type TwoStep,
} from '../../base/forkable.ts'

/** Something in the state cannot be copied, or could be changed by two worlds at once. */
export class ForkError extends Error {
  override readonly name = 'ForkError'
}

export interface ForkOptions {
  /** Checks as well that all that is shared is frozen through and through. Slow; for tests. */
  readonly strict?: boolean
}

/** A copy that shares nothing with the original that either could change. */
export function fork<T>(root: T, options: ForkOptions = {}): T {
  if (options.strict === true) assertSharedIsFrozen(root)
  return new Forking(root).copy(root)
}

const PLAIN = 0
const ARRAY = 1
const MAP = 2
const SET = 3
const BYTES = 4
const OWN = 5
const SHARED = 6
const TWO_STEP = 7

class Forking {
  private readonly root: unknown
  private readonly copies = new Map<object, object>()
  private readonly kinds = new Map<object | null, number>()
  // What has been begun and is to be filled, kind by kind.
  private readonly plains: object[] = []
  private readonly arrays: unknown[][] = []
  private readonly maps: Map<unknown, unknown>[] = []
  private readonly sets: Set<unknown>[] = []
  private readonly twoSteps: TwoStep[] = []
  private depth = 0

  constructor(root: unknown) {
    this.root = root
  }

  copy<T>(value: T): T {
    const copy = this.value(value) as T
    if (this.depth === 0) this.fillAll()
    return copy
  }

  private value(value: unknown): unknown {
    if (typeof value !== 'object' || value === null) {
      if (typeof value === 'function') throw refusal(this.root, value, 'a function')
      return value
    }
    return this.copies.get(value) ?? this.begin(value)
  }

  private begin(original: object): object {
    if (Object.isFrozen(original)) return original
    const prototype: object | null = Object.getPrototypeOf(original)
    let kind = this.kinds.get(prototype)
    if (kind === undefined) this.kinds.set(prototype, (kind = this.kindOf(original)))
    let copy: object
    switch (kind) {
      // Nothing is left to fill in an empty collection, and most are.
      case ARRAY:
        copy = new Array((original as unknown[]).length)
        if ((original as unknown[]).length > 0) this.arrays.push(original as unknown[])
        break
      case MAP:
        copy = new Map()
        if ((original as Map<unknown, unknown>).size > 0) this.maps.push(original as Map<unknown, unknown>)
        break
      case SET:
        copy = new Set()
        if ((original as Set<unknown>).size > 0) this.sets.push(original as Set<unknown>)
        break
      case BYTES:
        copy = (original as Uint8Array).slice()
        break
      case OWN:
        // What it copies through us is begun here and filled from the work list, so nothing recurses far.
        this.depth += 1
        copy = (original as Forkable)[forkSymbol](this.own)
        this.depth -= 1
        break
      case SHARED:
        return original
      case TWO_STEP:
        this.twoSteps.push(original as TwoStep)
        copy = (original as TwoStep)[begin]()
        break
      default:
        copy = Object.create(prototype)
        this.plains.push(original)
    }
    this.copies.set(original, copy)
    return copy
  }

  private readonly own: Copy = <T>(value: T): T => this.value(value) as T

  private fillAll(): void {
    const { plains, arrays, maps, sets, twoSteps } = this
    this.depth += 1
    while (plains.length + arrays.length + maps.length + sets.length + twoSteps.length > 0) {
      for (let one = twoSteps.pop(); one !== undefined; one = twoSteps.pop()) {
        one[finish](this.copies.get(one) as TwoStep, this.own)
      }
      for (let one = plains.pop(); one !== undefined; one = plains.pop()) this.fillPlain(one)
      for (let one = arrays.pop(); one !== undefined; one = arrays.pop()) this.fillArray(one)
      for (let one = maps.pop(); one !== undefined; one = maps.pop()) this.fillMap(one)
      for (let one = sets.pop(); one !== undefined; one = sets.pop()) this.fillSet(one)
    }
    this.depth -= 1
  }

  private fillPlain(original: object): void {
    const from = original as Record<string, unknown>
    const to = this.copies.get(original) as Record<string, unknown>
    const keys = Object.keys(from)
    for (let i = 0; i < keys.length; i += 1) {
      const key = keys[i]!
      to[key] = this.value(from[key])
    }
  }

  private fillArray(original: unknown[]): void {
    const copy = this.copies.get(original) as unknown[]
    for (let i = 0; i < original.length; i += 1) copy[i] = this.value(original[i])
  }

  private fillMap(original: Map<unknown, unknown>): void {
    const copy = this.copies.get(original) as Map<unknown, unknown>
    for (const [key, value] of original) copy.set(this.value(key), this.value(value))
  }

  private fillSet(original: Set<unknown>): void {
    const copy = this.copies.get(original) as Set<unknown>
    for (const item of original) copy.add(this.value(item))
  }

  private kindOf(value: object): number {
    if (typeof (value as Partial<Forkable>)[forkSymbol] === 'function') return OWN
    const prototype: object | null = Object.getPrototypeOf(value)
    if (prototype !== null && Object.hasOwn(prototype, begin)) return TWO_STEP
    if (Array.isArray(value)) return ARRAY
    if (value instanceof Map) return MAP
    if (value instanceof Set) return SET
    if (ArrayBuffer.isView(value) && !(value instanceof DataView)) return BYTES
    if (value instanceof Error) return SHARED
    const tag = Object.prototype.toString.call(value)
    if (tag !== '[object Object]') throw refusal(this.root, value, tag.slice(8, -1))
    return PLAIN
  }
}

/**
 * Everything reachable from a frozen object must be frozen: forks share it. A frozen object that has a word in its own
 * copying vouches for the plain records and lists inside it, which nobody else can reach (a persistent map has too many
 * to freeze each); not for instances of other classes.
 */
function assertSharedIsFrozen(root: unknown): void {
  const seen = new Set<object>()
  const owned: object[] = []
  const shared: object[] = []
  const vouched = new Set<object>()
  const meet = (value: unknown, fromShared: object | null): void => {
    if (typeof value !== 'object' || value === null) return
    if (fromShared !== null && !Object.isFrozen(value)) {
      if (!vouches(fromShared, vouched) || !isPlain(value)) {
        throw refusal(root, value, 'an unfrozen object in a frozen one')
      }
      vouched.add(value)
    }
    if (seen.has(value)) return
    seen.add(value)
    if (fromShared !== null || Object.isFrozen(value)) shared.push(value)
    else owned.push(value)
  }
  meet(root, null)
  while (owned.length + shared.length > 0) {
    const isShared = owned.length === 0
    const value = (isShared ? shared.pop() : owned.pop()) as object
    if (isShared && (value instanceof Map || value instanceof Set)) {
      throw refusal(root, value, 'a collection in a frozen object')
    }
    // A log is its items up to its length; the array behind it may grow, which no reader of the log can see.
    const parts = value instanceof AppendOnlyLog ? value.toArray() : partsOf(value).map(([, part]) => part)
    const inShared = isShared || value instanceof AppendOnlyLog ? value : null
    for (const part of parts) meet(part, inShared)
  }
}

function vouches(value: object, vouched: ReadonlySet<object>): boolean {
  if (vouched.has(value)) return true
  return typeof (value as Partial<Forkable>)[forkSymbol] === 'function' && !(value instanceof AppendOnlyLog)
}

function isPlain(value: object): boolean {
  return Array.isArray(value) || Object.getPrototypeOf(value) === Object.prototype
}

function refusal(root: unknown, found: unknown, what: string): ForkError {
  return new ForkError(`state must be copyable: found ${what} at ${pathTo(root, found)}`)
}

/** Where in the state this is: 'machines.get(1).node.handlers[2]'. Breadth first, so the shortest way there. */
function pathTo(root: unknown, sought: unknown): string {
  if (root === sought) return 'the root'
  const seen = new Set<unknown>([root])
  const queue: [value: object, path: string][] = [[root as object, '']]
  for (const [value, path] of queue) {
    for (const [key, part] of partsOf(value)) {
      const here = path === '' && key.startsWith('.') ? key.slice(1) : path + key
      if (part === sought) return here
      if (typeof part !== 'object' || part === null || seen.has(part)) continue
      seen.add(part)
      queue.push([part, here])
    }
  }
  return 'an unknown place'
}

function partsOf(value: object): [key: string, part: unknown][] {
  if (Array.isArray(value)) return value.map((item, i) => [`[${i}]`, item])
  if (value instanceof Set) return [...value].map((item, i) => [`.item(${i})`, item])
  if (value instanceof Map) {
    return [...value].flatMap(([key, item]): [string, unknown][] => [
      [`.key(${String(key)})`, key],
      [`.get(${String(key)})`, item],
    ])
  }
  if (ArrayBuffer.isView(value)) return []
  return Object.keys(value).map((key) => [`.${key}`, (value as Record<string, unknown>)[key]])
}
