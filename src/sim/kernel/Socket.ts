import { begin, type Copy, finish, type TwoStep, type Unfinished } from '../../base/forkable.ts'
import type { Connection, HostName, Micros, PortName } from '../../nodes/Host.ts'
import { type Event, PACKET, VOID } from './EventQueue.ts'
import type { Link } from './Network.ts'
import type { SimHost } from './SimHost.ts'

/** One end of a connection. */
export class Socket implements Connection, TwoStep {
  readonly id: number
  readonly host: SimHost
  readonly remote: HostName
  readonly remoteAddress: string
  readonly port: PortName
  attachment: unknown
  /** What this end sends; null until the dial is answered by somebody who listens. */
  out: Pipe | null = null
  peer: Socket | null = null
  /** Its node has heard of it: accepted, or connected. */
  open = false
  /** Its node hears no more of it. */
  closed = false
  /** A reset is on its way here. */
  doomed = false

  constructor(
    host: SimHost,
    id: number,
    remote: HostName,
    remoteAddress: string,
    port: PortName,
    attachment: unknown,
  ) {
    this.host = host
    this.id = id
    this.remote = remote
    this.remoteAddress = remoteAddress
    this.port = port
    this.attachment = attachment
  }

  [begin](): this {
    const copy = new Socket(this.host, this.id, this.remote, this.remoteAddress, this.port, null)
    copy.open = this.open
    copy.closed = this.closed
    copy.doomed = this.doomed
    return copy as this
  }

  [finish](into: this, copy: Copy): void {
    const own: Unfinished<Socket> = into
    own.host = copy(this.host)
    into.attachment = copy(this.attachment)
    into.out = copy(this.out)
    into.peer = copy(this.peer)
  }
}

/** One direction of a connection: what is on its way, first sent first. Only its head is in the event queue. */
export class Pipe implements TwoStep {
  readonly link: Link
  readonly from: Socket
  readonly to: Socket
  first: Event | null = null
  last: Event | null = null
  /** The head is in the event queue; false: it waits for a fault to end. */
  scheduled = false
  /** Nothing arrives before this. */
  lastArrival: Micros = 0
  /** Packets sent and not yet taken by the other machine: the send buffer. */
  unacknowledged = 0
  /** `send` has returned false and the sender waits for room. */
  full = false
  /** Packets in the receive buffer of a process that does not read. */
  unread = 0
  /** Nothing gets through, and nobody says so. */
  severed = false
  /** The other end is gone for this pipe, whatever it believes itself: what arrives brings a reset back. */
  broken = false
  /** The sending machine is without power: nothing is sent twice. */
  orphaned = false

  constructor(link: Link, from: Socket, to: Socket) {
    this.link = link
    this.from = from
    this.to = to
  }

  [begin](): this {
    const copy = new Pipe(this.link, this.from, this.to)
    copy.scheduled = this.scheduled
    copy.lastArrival = this.lastArrival
    copy.unacknowledged = this.unacknowledged
    copy.full = this.full
    copy.unread = this.unread
    copy.severed = this.severed
    copy.broken = this.broken
    copy.orphaned = this.orphaned
    return copy as this
  }

  [finish](into: this, copy: Copy): void {
    const own: Unfinished<Pipe> = into
    own.link = copy(this.link)
    own.from = copy(this.from)
    own.to = copy(this.to)
    into.first = copy(this.first)
    into.last = copy(this.last)
  }

  add(event: Event): void {
    if (this.last === null) this.first = event
    else this.last.next = event
    this.last = event
  }

  /** Takes the head out. */
  shift(): void {
    const first = this.first!
    this.first = first.next
    if (this.first === null) this.last = null
    first.next = null
    this.scheduled = false
  }

  /** Loses what is on its way, but for the first `keep`. */
  lose(keep = 0): void {
    let last: Event | null = null
    let event = this.first
    for (let kept = 0; event !== null && kept < keep; kept += 1) {
      last = event
      event = event.next
    }
    if (last === null) {
      // An event that is in the queue cannot be taken out of it; it can only come to nothing.
      if (this.first !== null && this.scheduled) this.first.kind = VOID
      this.first = null
      this.scheduled = false
    } else last.next = null
    this.last = last
    this.unacknowledged = 0
    for (let left = this.first; left !== null; left = left.next)
      if (left.kind === PACKET) this.unacknowledged += 1
  }
}
