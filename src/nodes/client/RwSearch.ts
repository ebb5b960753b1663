import { begin, type Copy, finish, type TwoStep } from '../../base/forkable.ts'
import type { Connection, Host, HostName, Micros } from '../Host.ts'
import { MICROS_PER_MILLI } from '../PeerConfig.ts'
import type { Packet } from '../packets.ts'

/** Java: SendThread.minPingRwTimeout, maxPingRwTimeout */
const MIN_PING_RW_TIMEOUT = 100 * MICROS_PER_MILLI
const MAX_PING_RW_TIMEOUT = 60_000 * MICROS_PER_MILLI
/** How long one server may take to answer. */
const PATIENCE = 1_000 * MICROS_PER_MILLI

const ISRO = Object.freeze({ type: 'COMMAND', word: 'isro' } as const)

/**
 * A client at a server that only reads asks other servers, one by one and ever more rarely, whether they write.
 *
 * Java: SendThread.pingRwServer. There the thread waits for the answer and does nothing else meanwhile.
 */
export class RwSearch implements TwoStep {
  private lastAsked: Micros = Number.NEGATIVE_INFINITY
  private interval = MIN_PING_RW_TIMEOUT
  private connection: Connection | null = null

  /** When to look again. */
  get due(): Micros {
    return this.connection === null ? this.lastAsked + this.interval : this.lastAsked + PATIENCE
  }

  [begin](): this {
    const copy = new RwSearch()
    copy.lastAsked = this.lastAsked
    copy.interval = this.interval
    return copy as this
  }

  [finish](into: this, copy: Copy): void {
    into.connection = copy(this.connection)
  }

  isAt(connection: Connection): boolean {
    return connection === this.connection
  }

  ask(host: Host, server: HostName): void {
    this.lastAsked = host.now
    this.interval = Math.min(2 * this.interval, MAX_PING_RW_TIMEOUT)
    this.connection = host.dial({ host: server, port: 'client' }, null)
  }

  onConnected(host: Host, connection: Connection): void {
    host.send(connection, ISRO)
  }

  /** @returns the server, if it writes. */
  onPacket(host: Host, packet: Packet): HostName | null {
    const server = this.connection?.remote ?? null
    this.stop(host)
    if (packet.type !== 'COMMANDANSWER' || packet.text.trimEnd() !== 'rw') return null
    this.interval = MIN_PING_RW_TIMEOUT
    return server
  }

  /** The server that was asked is gone. */
  onClosed(): void {
    this.connection = null
  }

  stop(host: Host): void {
    if (this.connection !== null) host.hangUp(this.connection)
    this.connection = null
  }
}
