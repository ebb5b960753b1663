/**
 * What could happen next, if things took somewhat longer or shorter than they do: the choices of whoever decides orders
 * himself.
 */
import type { Micros } from '../../nodes/Host.ts'
import type { DiskRequest } from './Disk.ts'
import {
  ACCEPTED,
  ACTION,
  CONNECTED,
  CUT,
  DIAL,
  DISK,
  type Event,
  FIN,
  GIVE_UP,
  isBefore,
  PACKET,
  REFUSED,
  RESET,
  START,
  TIMER,
  TURN,
  WRITABLE,
} from './EventQueue.ts'
import type { Timer } from './SimHost.ts'
import type { Pipe, Socket } from './Socket.ts'
import type { World } from './World.ts'

/**
 * The next event of each lane that has one due within `window` from `since` on, or from the first event on where that is
 * later; in the order in which they are due. `since` now: what waits keeps nothing from being among these. `since` the
 * beginning: nothing is that is due a window after what has waited longest.
 *
 * Timers and actions have their time: nothing that is due later is among these while one of them is pending, and one of
 * them is only when it is the first of all, and then alone.
 */
export function enabledEvents({ queue }: World, window: Micros, since: Micros): readonly Event[] {
  const { first } = queue
  if (first === undefined) return []
  if (laneOf(first) === null) return [first]
  let limit = Math.max(since, first.time) + window
  const due = queue.until(limit)
  for (const event of due) limit = Math.min(limit, dueAt(event))
  const next = new Map<string, Event>()
  for (const event of due) {
    const lane = laneOf(event)
    if (lane === null || event.time > limit) continue
    const other = next.get(lane)
    if (other === undefined || isBefore(event, other)) next.set(lane, event)
  }
  return [...next.values()].sort((a, b) => (isBefore(a, b) ? -1 : 1))
}

/**
 * Events of one lane happen in the order in which they are due: packets of one direction of a connection, turns of a
 * thread, answers about a file. Null for what comes at its time, or comes to nothing.
 */
export function laneOf({ kind, host, about }: Event): string | null {
  switch (kind) {
    case PACKET:
    case CONNECTED:
    case FIN:
    case GIVE_UP:
    case CUT:
      return wireTo((about as Pipe).to)
    case RESET:
    case ACCEPTED:
      return wireTo(about as Socket)
    case REFUSED:
    case DIAL: {
      const { host: dialler, remote, port, id } = about as Socket
      const { machine, incarnation } = dialler
      return `${machine.name}#${incarnation} dials ${remote} ${port} ${id}`
    }
    case WRITABLE: {
      const { host: writer, id } = about as Socket
      return `${writer.machine.name}#${writer.incarnation} writes ${id}`
    }
    case TURN:
      return `${host!.machine.name}#${host!.incarnation} ${about as string}`
    case DISK:
      return `${host!.machine.name} forces ${(about as DiskRequest).name}`
    case START:
      return `${host!.machine.name}#${host!.incarnation} starts`
    default:
      return null
  }
}

/** What has been sent to this end arrives in order, and before the news that the connection is gone. */
function wireTo({ host, remote, port, id }: Socket): string {
  const { machine, incarnation } = host
  return `${remote}>${machine.name}#${incarnation} ${port} ${id}`
}

/** When an event that keeps its time is due; a timer that was cleared or set anew since may be due later, or never. */
export function dueAt(event: Event): Micros {
  if (event.kind === ACTION) return event.time
  if (event.kind !== TIMER || event.host!.over) return Number.POSITIVE_INFINITY
  const timer = event.about as Timer
  if (!timer.armed || timer.event !== event) return Number.POSITIVE_INFINITY
  return Math.max(event.time, event.host!.machine.clock.trueTimeOf(timer.deadline, event.time))
}
