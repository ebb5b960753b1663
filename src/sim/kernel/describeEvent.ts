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
  kindNames,
  PACKET,
  REFUSED,
  RESET,
  TIMER,
  TURN,
  WRITABLE,
} from './EventQueue.ts'
import type { Timer } from './SimHost.ts'
import type { Pipe, Socket } from './Socket.ts'
import type { Packet } from './types.ts'

/** An event in words, for traces: '1>2 PROPOSAL (quorum)', 'timer tick', 'turn of sync'. */
export function describeEvent(event: Event): string {
  switch (event.kind) {
    case PACKET:
    case CONNECTED:
    case FIN:
    case GIVE_UP:
    case CUT: {
      const { link, from } = event.about as Pipe
      const what = event.kind === PACKET ? (event.packet as Packet).type : kindNames[event.kind]
      return `${link.from}>${link.to} ${what} (${from.port})`
    }
    case DIAL:
    case REFUSED: {
      const { host, remote, port } = event.about as Socket
      return `${host.machine.name}>${remote} ${kindNames[event.kind]} (${port})`
    }
    case ACCEPTED:
    case RESET:
    case WRITABLE: {
      const { host, remote, port } = event.about as Socket
      return `${remote}>${host.machine.name} ${kindNames[event.kind]} (${port})`
    }
    case DISK: {
      const { ticket, name, replacement, error } = event.about as DiskRequest
      return `${replacement === null ? 'force' : 'replace'} of ${name} ${error ?? 'done'}, ticket ${ticket}`
    }
    case TIMER:
      return `timer ${(event.about as Timer).name}`
    case TURN:
      return `turn of ${event.about as string}`
    case ACTION:
      return `action ${(event.about as object).constructor.name}`
    default:
      return kindNames[event.kind] ?? 'unknown'
  }
}
