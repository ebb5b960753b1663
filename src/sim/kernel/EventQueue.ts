import { assert } from '../../base/assert.ts'
import { begin, type Copy, finish, type TwoStep } from '../../base/forkable.ts'
import type { Micros } from '../../nodes/Host.ts'
import type { SimHost } from './SimHost.ts'

// What an event is. Plain numbers, because the World switches on them a million times a second.
export const ACTION = 0
export const START = 1
/** The head of a pipe arrives: a packet, the answer to a dial, the end of the stream, or the news that there is none. */
export const PACKET = 2
export const CONNECTED = 3
export const FIN = 4
/** The sender's retransmissions ran out. */
export const GIVE_UP = 5
/** A fault cuts the connection when what was sent before this has arrived. */
export const CUT = 6
/** Somebody knocks at a port. Becomes ACCEPTED where somebody listens. */
export const DIAL = 7
export const ACCEPTED = 8
export const REFUSED = 9
export const RESET = 10
export const WRITABLE = 11
/** The disk has finished a force or a replace. */
export const DISK = 12
export const TIMER = 13
export const TURN = 14
/** What this was about is gone. */
export const VOID = 15

export type EventKind = number

export const kindNames: readonly string[] = Object.freeze([
  'action',
  'start',
  'packet',
  'connected',
  'fin',
  'give up',
  'cut',
  'dial',
  'accepted',
  'refused',
  'reset',
  'writable',
  'disk',
  'timer',
  'turn',
  'void',
])

/** Something that will happen. One shape for all kinds, so that the heap and the dispatch stay monomorphic. */
export class Event implements TwoStep {
  time: Micros
  /** Orders events of one instant. */
  sequence: number
  kind: EventKind
  /** The incarnation it is for; null for actions. */
  host: SimHost | null
  /** By kind: the Pipe, Socket, DiskRequest, Timer, thread name or Action. */
  about: unknown
  /** The packet, if it is one. */
  packet: unknown
  /** How often it was sent in vain. */
  tries = 0
  /** The machine has it (in a receive buffer, say); only the process has not seen it yet. */
  arrived = false
  /** It waited for its process to be resumed. */
  deferred = false
  /** The next in the same pipe. */
  next: Event | null = null

  constructor(
    time: Micros,
    sequence: number,
    kind: EventKind,
    host: SimHost | null,
    about: unknown,
    packet: unknown,
  ) {
    this.time = time
    this.sequence = sequence
    this.kind = kind
    this.host = host
    this.about = about
    this.packet = packet
  }

  [begin](): this {
    const copy = new Event(this.time, this.sequence, this.kind, null, null, null)
    copy.tries = this.tries
    copy.arrived = this.arrived
    copy.deferred = this.deferred
    return copy as this
  }

  [finish](into: this, copy: Copy): void {
    into.host = copy(this.host)
    into.about = copy(this.about)
    into.packet = copy(this.packet)
    into.next = copy(this.next)
  }
}

/** The order of the queue. */
export function isBefore(a: Event, b: Event): boolean {
  return a.time < b.time || (a.time === b.time && a.sequence < b.sequence)
}

/**
 * The future: a 4-ary heap on (time, sequence).
 *
 * Four children a node halve the depth of a binary heap; with a few hundred events pending that is measurably quicker.
 */
export class EventQueue {
  private readonly heap: Event[] = []

  get length(): number {
    return this.heap.length
  }

  get first(): Event | undefined {
    return this.heap[0]
  }

  /** All pending events, in no particular order. */
  pending(): readonly Event[] {
    return this.heap
  }

  push(event: Event): void {
    const { heap } = this
    heap.push(event)
    this.rise(event, heap.length - 1)
  }

  private rise(event: Event, place: number): void {
    const heap = this.heap
    const time = event.time
    const sequence = event.sequence
    let at = place
    while (at > 0) {
      const up = (at - 1) >> 2
      const parent = heap[up]!
      if (parent.time < time || (parent.time === time && parent.sequence < sequence)) break
      heap[at] = parent
      at = up
    }
    heap[at] = event
  }

  /** Those due up to this time, in no particular order. */
  until(time: Micros): Event[] {
    const { heap } = this
    const found: Event[] = []
    if (heap.length === 0 || heap[0]!.time > time) return found
    const places = [0]
    for (let at = places.pop(); at !== undefined; at = places.pop()) {
      found.push(heap[at]!)
      const end = Math.min(4 * at + 5, heap.length)
      // Below an event that is due later, all are.
      for (let child = 4 * at + 1; child < end; child += 1) if (heap[child]!.time <= time) places.push(child)
    }
    return found
  }

  /** Takes an event out from wherever it is. */
  remove(event: Event): void {
    const { heap } = this
    const at = heap.indexOf(event)
    assert(at >= 0, 'only what is pending is taken out')
    const last = heap.pop()!
    if (last === event) return
    const parent = at === 0 ? null : heap[(at - 1) >> 2]!
    if (parent !== null && isBefore(last, parent)) this.rise(last, at)
    else this.sink(last, at)
  }

  pop(): Event | undefined {
    const heap = this.heap
    const first = heap[0]
    const last = heap.pop()
    if (last !== undefined && heap.length > 0) this.sink(last, 0)
    return first
  }

  private sink(event: Event, place: number): void {
    const heap = this.heap
    const length = heap.length
    const time = event.time
    const sequence = event.sequence
    let at = place
    for (;;) {
      const from = 4 * at + 1
      if (from >= length) break
      const end = Math.min(from + 4, length)
      let best = from
      let child = heap[from]!
      for (let i = from + 1; i < end; i += 1) {
        const other = heap[i]!
        if (other.time < child.time || (other.time === child.time && other.sequence < child.sequence)) {
          best = i
          child = other
        }
      }
      if (time < child.time || (time === child.time && sequence < child.sequence)) break
      heap[at] = child
      at = best
    }
    heap[at] = event
  }
}
