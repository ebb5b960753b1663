/**
 * When the program has done all that it can do now: no microtask is left.
 *
 * - In Node a `nextTick` that a microtask asks for comes right behind the last microtask. Nothing else of the process runs
 *   in between, so a run is one macrotask from its beginning to its end, and no timer, I/O or other test can meet it.
 * - Elsewhere the next macrotask comes behind them: a MessageChannel's, or a timer's. Others may come before it.
 * - Where there is neither, as in a bare realm, some microtasks are waited for. Their order is the language's, so that a run
 *   is the same everywhere; but a program that takes more of them between two calls sees the world go on meanwhile.
 *
 * All is taken from the surroundings when this file is loaded: before a run guards them, or a test fakes them.
 */

/** Microtasks between two calls of the simulation, where nothing tells that none is left. */
const PATIENCE = 500

type Callback = () => void

export interface Quiescence {
  /** Calls back from the outside, with no microtask waiting: a run begins and ends there. */
  outside(callback: Callback): void
  /** Calls back when no microtask is left. */
  afterMicrotasks(callback: Callback): void
  /** The program did something; where microtasks are counted, the count begins again. */
  noticed(): void
  close(): void
}

/** `process` as far as it matters here. */
interface Process {
  readonly nextTick?: (callback: Callback) => void
  readonly versions?: { readonly node?: string; readonly bun?: string }
}

const {
  process: node,
  setImmediate: immediate,
  setTimeout: timeout,
  MessageChannel: Channel,
} = globalThis as Partial<typeof globalThis>
const { nextTick, versions } = (node ?? {}) as Process
// Bun has a nextTick too, in another order.
const inNode = nextTick !== undefined && versions?.node !== undefined && versions.bun === undefined

export type Surroundings = 'node' | 'macrotasks' | 'bare'

export const surroundings: Surroundings =
  inNode && immediate !== undefined
    ? 'node'
    : Channel !== undefined || timeout !== undefined
      ? 'macrotasks'
      : 'bare'

export function quiescence(where: Surroundings = surroundings): Quiescence {
  if (where === 'node') return new NodeTicks()
  return where === 'macrotasks' ? new Macrotasks() : new Microtasks()
}

class NodeTicks implements Quiescence {
  private othersTicks = false
  private restore: Callback | null = null

  outside(callback: Callback): void {
    immediate?.(callback)
  }

  afterMicrotasks(callback: Callback): void {
    this.watchTicks()
    const tick = (): void => {
      if (!this.othersTicks) return callback()
      // Ticks of the program stand behind this one.
      this.othersTicks = false
      bounce()
    }
    const bounce = (): void => void Promise.resolve().then(() => nextTick?.call(node, tick))
    bounce()
  }

  noticed(): void {}

  close(): void {
    this.restore?.()
    this.restore = null
  }

  private watchTicks(): void {
    if (this.restore !== null || node === undefined) return
    const found = node.nextTick
    node.nextTick = (callback: Callback, ...rest: unknown[]): void => {
      this.othersTicks = true
      Reflect.apply(found, node, [callback, ...rest])
    }
    this.restore = () => {
      node.nextTick = found
    }
  }
}

class Macrotasks implements Quiescence {
  private readonly channel = Channel === undefined ? null : new Channel()
  private callback: Callback | null = null

  constructor() {
    if (this.channel === null) return
    // Node's types know this port by another interface.
    const port = this.channel.port1 as unknown as { onmessage: Callback }
    port.onmessage = () => this.callback?.()
  }

  outside(callback: Callback): void {
    // Behind whatever the surroundings say about rejections.
    if (timeout === undefined) this.afterMicrotasks(callback)
    else timeout(callback, 0)
  }

  afterMicrotasks(callback: Callback): void {
    this.callback = callback
    if (this.channel === null) timeout?.(callback, 0)
    else this.channel.port2.postMessage(null)
  }

  noticed(): void {}

  close(): void {
    this.channel?.port1.close()
  }
}

class Microtasks implements Quiescence {
  private left = 0

  outside(callback: Callback): void {
    this.afterMicrotasks(callback)
  }

  afterMicrotasks(callback: Callback): void {
    this.left = PATIENCE
    const wait = (): void => {
      this.left -= 1
      if (this.left <= 0) callback()
      else void Promise.resolve().then(wait)
    }
    void Promise.resolve().then(wait)
  }

  noticed(): void {
    this.left = PATIENCE
  }

  close(): void {}
}
