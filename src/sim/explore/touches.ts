/**
 * Which machines an event has to do with: two events that have nothing in common lead to the same whichever comes first.
 *
 * Machines share nothing: each has its disk, its clock and its own streams of chance, and a wire's stream is drawn from by
 * who sends on it alone. Between two machines there are connections; there one puts in at the end what the other takes
 * out at the head.
 */
import type { HostName } from '../../nodes/Host.ts'
import { CUT, DIAL, type Event, GIVE_UP } from '../kernel/EventQueue.ts'
import { Pipe, type Socket } from '../kernel/Socket.ts'

/** Null: with the whole world. */
export function touches({ kind, host, about }: Event): readonly HostName[] | null {
  if (host === null) return null
  const own = host.machine.name
  // Who knocks is told whether somebody listens, and both get an end of the connection.
  if (kind === DIAL) return [own, (about as Socket).remote]
  if (!(about instanceof Pipe)) return [own]
  const { from, to } = about
  const endsBoth = kind === CUT || kind === GIVE_UP || about.broken || about.full || to.closed
  return endsBoth ? [own, from.host.machine.name] : [own]
}
