/**
 * Stands before whatever differs from one run to the next while a run lasts: the real clock, chance, timers, the network of
 * the machine. A program that uses one learns what to use instead, and its run fails, whatever it makes of the error.
 */
import { callSite, placeOf } from './callSite.ts'

/** A program used what would make its run another each time. */
export class ForbiddenInSimulation extends Error {
  override readonly name = 'ForbiddenInSimulation'
  /** `Math.random` */
  readonly used: string
  /** The stack's line; null where the engine shows none. */
  readonly place: string | null

  constructor(used: string, instead: string, place: string | null) {
    super(
      `${used} gives another run each time: a program in a simulation uses ${instead}${place === null ? '' : `, ${place}`}`,
    )
    this.used = used
    this.place = place
  }
}

const NOW = 'now()'
const RANDOM = 'random()'
const SLEEP = 'sleep()'
const OUTSIDE = 'nothing from outside of the simulation'

/** Functions, by the way to them from the global object. */
const FORBIDDEN: readonly (readonly [path: string, instead: string])[] = Object.freeze([
  ['Date.now', NOW],
  ['performance.now', NOW],
  ['process.hrtime', NOW],
  ['process.hrtime.bigint', NOW],
  ['process.uptime', NOW],
  ['Math.random', RANDOM],
  ['crypto.getRandomValues', RANDOM],
  ['crypto.randomUUID', RANDOM],
  ['setTimeout', SLEEP],
  ['setInterval', SLEEP],
  ['setImmediate', SLEEP],
  ['requestAnimationFrame', SLEEP],
  ['requestIdleCallback', SLEEP],
  ['AbortSignal.timeout', SLEEP],
  ['fetch', OUTSIDE],
  ['WebSocket', OUTSIDE],
  ['XMLHttpRequest', OUTSIDE],
  ['EventSource', OUTSIDE],
  ['Worker', OUTSIDE],
])

type Anything = (...args: never[]) => unknown
type Holder = Record<string, unknown>
const surroundings = globalThis as unknown as Holder

export class Guard {
  private readonly undo: (() => void)[] = []
  private readonly onUse: (use: ForbiddenInSimulation) => void
  private trusted = 0

  constructor(onUse: (use: ForbiddenInSimulation) => void) {
    this.onUse = onUse
  }

  install(): void {
    // Before its own `now` is replaced.
    this.guardDate()
    for (const [path, instead] of FORBIDDEN) this.guardFunction(path, instead)
    this.trustConsole()
  }

  remove(): void {
    for (let undo = this.undo.pop(); undo !== undefined; undo = this.undo.pop()) undo()
  }

  /** Lets what is called do as it likes: what it does is not the program's doing. */
  trust<T>(act: () => T): T {
    this.trusted += 1
    try {
      return act()
    } finally {
      this.trusted -= 1
    }
  }

  private guardFunction(path: string, instead: string): void {
    const keys = path.split('.')
    const key = keys.pop() as string
    let holder: unknown = surroundings
    for (const step of keys) holder = (holder as Holder | undefined)?.[step]
    const original = (holder as Holder | undefined)?.[key]
    if (typeof original !== 'function') return
    const guard = this
    const replaced = function (this: unknown, ...args: never[]): unknown {
      guard.refuse(path, instead, replaced)
      return new.target === undefined
        ? Reflect.apply(original as Anything, this, args)
        : Reflect.construct(original, args, original)
    }
    // What hangs below it is still there, and still of it: `setTimeout[promisify.custom]`, `hrtime.bigint`.
    Object.setPrototypeOf(replaced, original)
    Object.defineProperty(replaced, 'prototype', { value: (original as { prototype?: unknown }).prototype })
    this.replace(holder as Holder, key, replaced)
  }

  /** Times that are given are no matter of the clock: `new Date(0)` is left alone. */
  private guardDate(): void {
    const RealDate = surroundings['Date'] as DateConstructor
    const construct = (target: DateConstructor, args: unknown[], newTarget: Anything): object => {
      if (args.length === 0) this.refuse('new Date()', NOW, construct)
      return Reflect.construct(target, args, newTarget)
    }
    const apply = (target: DateConstructor): string => {
      this.refuse('Date()', NOW, apply)
      return target()
    }
    const GuardedDate = new Proxy(RealDate, { construct, apply } as ProxyHandler<DateConstructor>)
    this.replace(surroundings, 'Date', GuardedDate)
  }

  /** A console writes with real timers and times, and what it writes is no part of the run. */
  private trustConsole(): void {
    const found = surroundings['console'] as Holder | undefined
    if (found === undefined) return
    for (const key of Object.keys(found)) {
      const original = found[key]
      if (typeof original !== 'function') continue
      const trusting = (...args: never[]): unknown =>
        this.trust(() => Reflect.apply(original as Anything, found, args))
      this.replace(found, key, trusting)
    }
  }

  private refuse(used: string, instead: string, below: unknown): void {
    if (this.trusted > 0) return
    const site = callSite(below)
    const place = this.trust(() => placeOf(site))
    const use = new ForbiddenInSimulation(used, instead, place)
    this.onUse(use)
    throw use
  }

  private replace(holder: Holder, key: string, value: unknown): void {
    const own = Object.getOwnPropertyDescriptor(holder, key)
    if (own?.configurable === false) return
    const enumerable = own?.enumerable ?? true
    Object.defineProperty(holder, key, { value, enumerable, configurable: true, writable: true })
    this.undo.push(() => {
      if (own === undefined) Reflect.deleteProperty(holder, key)
      else Object.defineProperty(holder, key, own)
    })
  }
}
