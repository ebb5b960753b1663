import type { Connection } from './Host.ts'
import type { Packet } from './packets.ts'

/** Whoever a connection belongs to: a node keeps it as the connection's `attachment` and passes stimuli on to it. */
export interface ConnectionOwner {
  onConnected(connection: Connection): void
  onRefused(connection: Connection): void
  onPacket(connection: Connection, packet: Packet): void
  onWritable(connection: Connection): void
  onClosed(connection: Connection): void
}
