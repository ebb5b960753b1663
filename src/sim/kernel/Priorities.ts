/**
 * Schedules by priority, after Burckhardt et al., "A Randomized Scheduler with Probabilistic Guarantees of Finding Bugs"
 * (ASPLOS 2010), as far as a world with a clock allows.
 *
 * An actor is a thread of a machine, one direction of a wire, or a disk. Each has a priority, drawn when it first acts,
 * and the priority is how long everything takes that it does: little where it is high, up to the window where it is low.
 * So of what could happen at about the same time, the actor of the highest priority goes first, run after run the
 * same way; wires keep their order, threads take one turn after the other, time goes forwards, timers keep their times.
 *
 * At each change, a number of events drawn beforehand, the actor that is about to act falls below all others, and what
 * it was about to do is put off. With d - 1 changes this can bring about what needs d things in a certain order.
 *
 * What is lost against the paper: priority holds within the window only. Who is last has its turn when the window is
 * over, though others of higher priority still have work; so nobody starves, and what must happen in the end still does,
 * but an order that needs one actor to wait for a chain of steps of others longer than the window is not brought about,
 * and the paper's bound on the chance of finding a bug does not carry over.
 */
import type { Micros } from '../../nodes/Host.ts'
import type { DiskRequest } from './Disk.ts'
import { DISK, type Event, PACKET, TURN } from './EventQueue.ts'
import type { Pipe } from './Socket.ts'
import type { World } from './World.ts'

/** What the lowest priority waits, before anybody has fallen. */
const WINDOW: Micros = 20_000
/** Who falls waits so much more than all others. */
const BELOW: Micros = 1_000
/** A change comes after 2^6 to 2^17 events, all powers of two alike: nobody knows how long a run will be. */
const LEAST_BITS = 6
const MOST_BITS = 16

export class Priorities {
  private readonly world: World
  /** By actor. */
  private readonly delays = new Map<string, Micros>()
  /** The numbers of events at which somebody falls, in descending order: the next one is the last. */
  private readonly changes: number[]
  private lowest: Micros = WINDOW

  constructor(world: World, changes: number) {
    this.world = world
    const random = world.stream('priority')
    this.changes = Array.from({ length: changes }, () => {
      const least = 1 << random.int(LEAST_BITS, MOST_BITS)
      return random.int(least, 2 * least - 1)
    }).sort((a, b) => b - a)
  }

  /** How long what this actor does takes now. */
  delayOf(actor: string): Micros {
    let delay = this.delays.get(actor)
    if (delay === undefined) {
      delay = this.world.stream(`priority/${actor}`).int(1, WINDOW)
      this.delays.set(actor, delay)
    }
    return delay
  }

  /** True: it is time for a change, so whoever was about to act has fallen, and this event comes later. */
  putsOff(event: Event): boolean {
    const next = this.changes[this.changes.length - 1]
    if (next === undefined || this.world.events < next || event.arrived || event.deferred) return false
    if (event.host === null || event.host.over) return false
    const actor = actorOf(event)
    if (actor === null) return false
    this.changes.pop()
    this.lowest += BELOW
    this.delays.set(actor, this.lowest)
    const time = this.world.now + this.lowest
    if (event.kind === DISK) event.host.machine.disk.putOff(event.about as DiskRequest, time)
    if (event.kind === PACKET) (event.about as Pipe).lastArrival = time
    this.world.scheduleAgain(event, time)
    return true
  }
}

export const wireActor = (from: string, to: string): string => `wire ${from}>${to}`
export const threadActor = (machine: string, thread: string): string => `thread ${thread} of ${machine}`
export const diskActor = (machine: string): string => `disk ${machine}`

/** Null for what nobody has a priority for. */
function actorOf({ kind, host, about }: Event): string | null {
  const { name } = host!.machine
  if (kind === TURN) return threadActor(name, about as string)
  if (kind === DISK) return diskActor(name)
  if (kind !== PACKET) return null
  const { link } = about as Pipe
  return wireActor(link.from, link.to)
}
