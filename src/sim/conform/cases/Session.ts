import type { Client } from '../../../nodes/client/Client.ts'
import type { ClientCast } from '../../../nodes/client/ClientCast.ts'
import type { ClientOptions } from '../../../nodes/client/ClientOptions.ts'
import { DEFAULT_WATCHER, type KeeperState, type WatchedEvent } from '../../../nodes/client/WatchedEvent.ts'
import type { FactOf } from '../../../nodes/facts.ts'
import type { Connection, Host, NodeFactory } from '../../../nodes/Host.ts'
import { AUTH_XID, type Packet, type PacketOf, PING_XID } from '../../../nodes/packets.ts'
import { counterOf, type Zxid } from '../../../nodes/zxid.ts'
import type { Machine } from '../../kernel/Machine.ts'
import type { Partition } from '../../kernel/Partition.ts'
import type { SessionName } from './Case.ts'

/** What a client got over the wire in a step. */
export class Wire {
  /** The header of the last reply to a request. */
  reply: PacketOf<'REPLY'> | null = null
  /** The notifications, as recordings write them. */
  events: string[] = []

  see(packet: Packet): void {
    if (packet.type === 'WATCHEREVENT') this.events.push(printNotification(packet))
    else if (packet.type === 'REPLY' && packet.xid !== PING_XID && packet.xid !== AUTH_XID)
      this.reply = packet
  }
}

/** Makes clients whose wire is listened to. */
export class TappedClientFactory implements NodeFactory {
  private readonly options: ClientOptions
  private readonly cast: ClientCast
  private readonly wire: Wire

  constructor(options: ClientOptions, cast: ClientCast, wire: Wire) {
    this.options = options
    this.cast = cast
    this.wire = wire
  }

  create(host: Host): Client {
    const { wire } = this
    const Tapped = class extends this.cast.Client {
      override onPacket(connection: Connection, packet: Packet): void {
        wire.see(packet)
        super.onPacket(connection, packet)
      }
    }
    return new Tapped(host, this.options, null, this.cast)
  }
}

/** A session of a script. */
export class Session {
  readonly name: SessionName
  readonly machine: Machine
  readonly wire: Wire
  /** Left out of the barrier. */
  nobarrier: boolean
  /** While its network is cut. */
  cut: Partition | null = null
  /** What its watchers were told in this step. */
  events: string[] = []
  /** How many of them before the reply; null: there was none. */
  eventsBeforeReply: number | null = null
  readonly completed = new Map<number, FactOf<'completed'>>()

  constructor(name: SessionName, machine: Machine, wire: Wire, nobarrier: boolean) {
    this.name = name
    this.machine = machine
    this.wire = wire
    this.nobarrier = nobarrier
  }

  get client(): Client {
    return this.machine.node as Client
  }

  /** Nothing will come of it any more. */
  get over(): boolean {
    const { state } = this.client
    return state === 'CLOSED' || state === 'AUTH_FAILED'
  }

  get connected(): boolean {
    return this.client.isConnected
  }

  /** Whether its default watcher has heard in this step that its state is this. */
  toldOf(state: KeeperState): boolean {
    return this.events.includes(`None ${state}`)
  }

  beginStep(): void {
    this.events = []
    this.eventsBeforeReply = null
    this.completed.clear()
    this.wire.reply = null
    this.wire.events = []
  }

  hear(event: WatchedEvent): void {
    for (const watcher of event.watchers) this.events.push(printEvent(event, watcher))
  }
}

function printEvent({ type, state, path }: WatchedEvent, watcher: string): string {
  const to = watcher === DEFAULT_WATCHER ? '' : ` @${watcher}`
  if (path === null) return `${type} ${state}${to}`
  return `${type} ${path}${to}${state === 'SyncConnected' ? '' : ` !${state}`}`
}

function printNotification({ event, path, zxid }: PacketOf<'WATCHEREVENT'>): string {
  return `${event} ${path}${zxid === -1 ? '' : ` z=${lowHalf(zxid)}`}`
}

/** As recordings have zxids: without the epoch. */
export function lowHalf(zxid: Zxid): number {
  return zxid < 0 ? zxid : counterOf(zxid)
}
