/**
 * The state of a world as 64 bits: two worlds of one hash are taken to go on in the same way.
 *
 * All that can be reached from the machines, the network, the queue and the memory of who judges goes in: objects by what
 * they hold and by who refers to whom, collections in their order. What is left out:
 *
 * - Times, and how long until something is due, but roughly: soon, later, much later. This is a heuristic. Two ways to the
 *   same state differ by microseconds, and what peers do hangs on times only through timers.
 * - Streams of random numbers other than those of the nodes. They decide how long things take, which an exploration
 *   does not go by; how a state that counts as known would have ended by other chances is not looked at.
 * - Numbers of events, of calls and of what was counted for people; the trace; what is remembered only to be found quicker.
 *   Nothing goes by these.
 */
import { AppendOnlyLog } from '../../base/AppendOnlyLog.ts'
import { Queue } from '../../base/Queue.ts'
import type { Micros } from '../../nodes/Host.ts'
import { ACTION, Event, TIMER, VOID } from '../kernel/EventQueue.ts'
import { dueAt, laneOf } from '../kernel/enabledEvents.ts'
import type { Network } from '../kernel/Network.ts'
import { SimHost, type Timer } from '../kernel/SimHost.ts'
import { World } from '../kernel/World.ts'

/** Fields that hold times, by name. */
const TIMES = [
  'at',
  'began',
  'connectDeadline',
  'connectedAt',
  'ctime',
  'currentTime',
  'deadline',
  'due',
  'dueAt',
  'expiresAt',
  'heardAt',
  'heldAt',
  'lastAnswer',
  'lastArrival',
  'lastAsked',
  'lastHeard',
  'lastSend',
  'mtime',
  'nextCheck',
  'nextExpirationTime',
  'nextTime',
  'now',
  'since',
  'time',
  'touchedAt',
]
/** Fields that count for people, or keep what was found last at hand, or are worked out anew before they are used. */
const NO_STATE = [
  'buckets',
  'calls',
  'clock',
  'commitPlace',
  'factory',
  'fresh',
  'isFirst',
  'latest',
  'packetsReceived',
  'packetsSent',
  'recent',
  'recentSession',
  'sequence',
  'shared',
  'stream',
  'trace',
]
const SKIPPED: ReadonlySet<string> = new Set([...TIMES, ...NO_STATE])

/** Until when something counts as due soon; until when as due later. */
const SOON: Micros = 50_000
const LATER: Micros = 500_000
/** Frozen objects remembered at most. */
const REMEMBERED = 500_000

interface Hashed {
  readonly high: number
  readonly low: number
}

export class StateHash {
  /** Frozen objects never change, and the copies of a world share them. */
  private readonly frozen = new Map<object, Hashed>()
  private readonly strings = new Map<string, number>()
  /** In the order in which they were met. */
  private readonly ids = new Map<object, number>()
  private readonly left: object[] = []
  private high = 0
  private low = 0

  of(world: World, memory: readonly unknown[]): string {
    if (this.frozen.size > REMEMBERED) this.frozen.clear()
    this.ids.clear()
    this.left.length = 0
    this.restart()
    for (const machine of world.machines) this.value(machine)
    this.network(world.network)
    this.pending(world)
    for (const part of memory) this.value(part)
    for (let at = 0; at < this.left.length; at += 1) this.contents(this.left[at]!)
    return `${hex(this.high)}${hex(this.low)}`
  }

  private restart(): void {
    this.high = 0x243f6a88
    this.low = 0x85a308d3 | 0
  }

  private mix(word: number): void {
    const low = Math.imul(this.low ^ word, 0x9e3779b1)
    this.low = low ^ (low >>> 15)
    const high = Math.imul(this.high ^ this.low, 0x85ebca77)
    this.high = (high << 13) | (high >>> 19)
  }

  private text(text: string): void {
    let hash = this.strings.get(text)
    if (hash === undefined) {
      hash = 0x811c9dc5 | 0
      for (let i = 0; i < text.length; i += 1) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193)
      if (this.strings.size < REMEMBERED) this.strings.set(text, hash)
    }
    this.mix(hash)
    this.mix(text.length)
  }

  private number(value: number): void {
    if (Number.isSafeInteger(value)) {
      this.mix(value | 0)
      this.mix((value / 0x1_0000_0000) | 0)
    } else this.text(String(value))
  }

  private value(value: unknown): void {
    switch (typeof value) {
      case 'number':
        this.mix(1)
        return this.number(value)
      case 'string':
        this.mix(2)
        return this.text(value)
      case 'boolean':
        return this.mix(value ? 3 : 4)
      case 'object':
        if (value === null) return this.mix(5)
        return Object.isFrozen(value) ? this.shared(value) : this.owned(value)
      default:
        // Undefined; functions, which are found in frozen definitions only.
        return this.mix(6)
    }
  }

  /** An object that the world owns goes by who refers to it; what is in it follows once. */
  private owned(object: object): void {
    if (object instanceof World) return this.mix(7)
    let id = this.ids.get(object)
    if (id === undefined) {
      id = this.ids.size
      this.ids.set(object, id)
      this.left.push(object)
    }
    this.mix(8)
    this.mix(id)
  }

  /** A frozen object is a value: it goes by what is in it, and what it holds nobody else can reach. */
  private shared(object: object): void {
    let hashed = this.frozen.get(object)
    if (hashed === undefined) {
      const { high, low } = this
      this.frozen.set(object, NOTHING)
      this.restart()
      this.parts(object, (part) =>
        typeof part === 'object' && part !== null ? this.shared(part) : this.value(part),
      )
      hashed = { high: this.high, low: this.low }
      this.frozen.set(object, hashed)
      this.high = high
      this.low = low
    }
    this.mix(9)
    this.mix(hashed.high)
    this.mix(hashed.low)
  }

  private contents(object: object): void {
    if (object instanceof Event) return this.event(object)
    if (object instanceof SimHost) this.host(object)
    this.parts(object, (part) => this.value(part))
  }

  private parts(object: object, part: (value: unknown) => void): void {
    if (Array.isArray(object)) return this.items(object, part)
    if (object instanceof AppendOnlyLog || object instanceof Queue) return this.items(object.toArray(), part)
    if (object instanceof Set) return this.items([...object], part)
    if (object instanceof Map) {
      this.mix(object.size)
      for (const [key, item] of object) {
        if (item instanceof Object && isTimer(item)) continue
        part(key)
        part(item)
      }
      return
    }
    if (ArrayBuffer.isView(object)) return this.items([...(object as Uint8Array)], part)
    this.text(object.constructor.name)
    for (const key of Object.keys(object)) {
      const value = (object as Record<string, unknown>)[key]
      if (SKIPPED.has(key) && !(key === 'at' && !('answered' in object))) continue
      this.text(key)
      part(value)
    }
  }

  private items(items: readonly unknown[], part: (value: unknown) => void): void {
    this.mix(items.length)
    for (const item of items) part(item)
  }

  // ── the kernel ──

  /** What has been sent and has not arrived: without its time, and without its place in the queue. */
  private event(event: Event): void {
    this.mix(event.kind)
    this.value(event.host)
    this.value(event.about)
    this.value(event.packet)
    this.mix(event.tries)
    this.value(event.arrived)
    this.value(event.deferred)
    this.value(event.next)
  }

  /** The timers in the order of their names, and where the node's own chance has got to. */
  private host(host: SimHost): void {
    const { world, machine } = host
    const timers = [...host.timers.values()].filter(({ armed }) => armed)
    for (const { name, deadline } of timers.sort((a, b) => (a.name < b.name ? -1 : 1))) {
      this.text(name)
      this.wait(machine.clock.trueTimeOf(deadline, world.now) - world.now)
    }
    const { numbers } = world.streams
    const { stream } = host as unknown as { readonly stream: number }
    for (let i = stream; i < stream + 4; i += 1) this.text(String(numbers[i]))
  }

  private network(network: Network): void {
    const { partitions, settings, holds, held, waiting, cuts } = network as unknown as Record<string, unknown>
    for (const part of [partitions, settings, holds, held, waiting, cuts]) this.value(part)
  }

  /** Lane by lane, since their order in time is what an exploration is free to choose. */
  private pending({ queue, now }: World): void {
    const events = queue.pending().filter(({ kind }) => kind !== TIMER && kind !== VOID)
    const named = events.map((event) => ({ event, name: laneOf(event) ?? '' }))
    named.sort((a, b) =>
      a.name !== b.name
        ? a.name < b.name
          ? -1
          : 1
        : a.event.time - b.event.time || a.event.sequence - b.event.sequence,
    )
    for (const { event, name } of named) {
      this.text(name)
      this.wait((event.kind === ACTION ? dueAt(event) : event.time) - now)
      this.event(event)
    }
  }

  private wait(time: Micros): void {
    this.mix(time <= SOON ? 1 : time <= LATER ? 2 : 3)
  }
}

const NOTHING: Hashed = Object.freeze({ high: 0, low: 0 })

function isTimer(value: object): value is Timer {
  return 'deadline' in value && 'armed' in value
}

function hex(word: number): string {
  return (word >>> 0).toString(16).padStart(8, '0')
}
