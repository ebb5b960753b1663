/**
 * Schedules by priority, after Burckhardt et al., "A Randomized Scheduler with Probabilistic Guarantees of Finding Bugs"
 * (ASPLOS 2010), as far as a world with a clock allows.
 *
 * An actor is a thread of a machine, one direction of a wire, or a disk. Each has a priority, drawn when it could first
 * act. Of what is due within a window from the oldest event on, whatever belongs to the actor of the highest priority
 * happens next, time going on to when it was due. So who is low waits while others have work, and catches up when they
 * have none. Connections and threads keep their order; a timer goes off at its time, before anything later.
 *
 * At each change, after a number of events drawn beforehand, the actor that is about to act falls below all others. With
 * d - 1 changes this can bring about what needs d things in a certain order.
 *
 * Only the order is chosen: how long things take is drawn as ever. What is lost against the paper: nobody waits longer
 * than the window, nor beyond a timer, so that what must happen in the end still does. An order in which somebody waits
 * longer is not brought about, and the paper's bound on the chance of finding a bug does not carry over.
 */
import type { Micros } from '../../nodes/Host.ts'
import { DIAL, DISK, type Event, PACKET, TURN } from './EventQueue.ts'
import { enabledEvents } from './enabledEvents.ts'
import { Random } from './Random.ts'
import type { Pipe, Socket } from './Socket.ts'
import type { World } from './World.ts'

/** How long the lowest may have to wait. Longer than wires and disks take, shorter than most timeouts. */
const PRIORITY_WINDOW: Micros = 50_000
/** A change comes after 2^6 to 2^17 events, all powers of two alike: nobody knows how long a run will be. */
const LEAST_BITS = 6
const MOST_BITS = 16

export class Priorities {
  private readonly world: World
  /** By actor; who has fallen is below zero. */
  private readonly priorities = new Map<string, number>()
  /** The numbers of events at which somebody falls, in descending order: the next one is the last. */
  private readonly changes: number[]
  private lowest = 0

  constructor(world: World, changes: number) {
    this.world = world
    const random = world.stream('priority')
    this.changes = Array.from({ length: changes }, () => {
      const least = 1 << random.int(LEAST_BITS, MOST_BITS)
      return random.int(least, 2 * least - 1)
    }).sort((a, b) => b - a)
  }

  /** What happens next; still in the queue. Undefined: nothing is left. */
  next(): Event | undefined {
    const enabled = enabledEvents(this.world, PRIORITY_WINDOW, 0)
    const chosen = this.highest(enabled)
    const change = this.changes[this.changes.length - 1]
    if (chosen === undefined || change === undefined || this.world.events < change) return chosen
    const actor = actorOf(chosen)
    if (actor === null) return chosen
    this.changes.pop()
    this.lowest -= 1
    this.priorities.set(actor, this.lowest)
    return this.highest(enabled)
  }

  private highest(enabled: readonly Event[]): Event | undefined {
    let chosen = enabled[0]
    if (enabled.length < 2) return chosen
    let highest = this.priorityOf(chosen!)
    for (let i = 1; i < enabled.length; i += 1) {
      const priority = this.priorityOf(enabled[i]!)
      if (priority <= highest) continue
      highest = priority
      chosen = enabled[i]
    }
    return chosen
  }

  private priorityOf(event: Event): number {
    const actor = actorOf(event)
    if (actor === null) return 1
    let priority = this.priorities.get(actor)
    if (priority === undefined) {
      priority = Random.seeded(`${this.world.seed}/priority/${actor}`).next()
      this.priorities.set(actor, priority)
    }
    return priority
  }
}

/** Null for what is nobody's doing: starts of processes, connections that end, and whatever has its time. */
function actorOf({ kind, host, about }: Event): string | null {
  if (host === null) return null
  switch (kind) {
    case TURN:
      return `thread ${about as string} of ${host.machine.name}`
    case DISK:
      return `disk ${host.machine.name}`
    case PACKET: {
      const { link } = about as Pipe
      return `wire ${link.from}>${link.to}`
    }
    case DIAL:
      return `wire ${host.machine.name}>${(about as Socket).remote}`
    default:
      return null
  }
}
