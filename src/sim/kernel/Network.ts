/**
 * Ordered connections between machines, as TCP gives them, and what can go wrong with them.
 *
 * What is sent arrives in order or not at all. There is no "lose one packet": a lost packet is sent again later and all
 * behind it wait, until the sender gives up and the connection is reset. Faults hold back, slow down or cut.
 *
 * Acknowledgements are not simulated: a packet that could be delivered counts as acknowledged at once. So a direction
 * that is blocked stops data in that direction only.
 */
import { AppendOnlyLog } from '../../base/AppendOnlyLog.ts'
import { assert } from '../../base/assert.ts'
import { type Copy, type Forkable, fork } from '../../base/forkable.ts'
import type { HostName, Micros, PortName } from '../../nodes/Host.ts'
import { type Distribution, fixed, latencies, sample } from './Distribution.ts'
import {
  ACCEPTED,
  CONNECTED,
  CUT,
  DIAL,
  type Event,
  type EventKind,
  FIN,
  GIVE_UP,
  PACKET,
  REFUSED,
  RESET,
  WRITABLE,
} from './EventQueue.ts'
import type { Machine } from './Machine.ts'
import { ANY, groups, isBlocked, isolated, oneWay, type Partition } from './Partition.ts'
import type { Random, Streams } from './Random.ts'
import type { SimHost } from './SimHost.ts'
import { Pipe, Socket } from './Socket.ts'
import type { Packet } from './types.ts'
import type { World } from './World.ts'

/** One way in lockstep. */
const LOCKSTEP_LATENCY = fixed(1_000)

/** All connections from one machine to another: the wire. Frozen; the network knows how it is at the moment. */
export interface Link {
  readonly from: HostName
  readonly to: HostName
  /** Its place among the wires. */
  readonly index: number
  /** Its place among the streams of random numbers. */
  readonly stream: number
}

/**
 * How a wire is at the moment. Frozen, and another when that changes: there is a wire for every two machines, so copies
 * of a world had better share them.
 */
interface Condition {
  readonly latency: Distribution
  readonly extra: Distribution | null
  readonly loss: number
  /** By a partition. */
  readonly blocked: boolean
  /** By hand; nothing is lost, nobody gives up. */
  readonly stalled: boolean
}

/** What of a wire can be set. `from` and `to` may be `ANY`; what was set later wins. */
interface LinkSetting {
  readonly from: HostName
  readonly to: HostName
  readonly latency?: Distribution
  readonly extra?: Distribution | null
  readonly loss?: number
}

/** Picks packets: each part that is given must be equal. */
export interface PacketMatch {
  readonly from?: HostName
  readonly to?: HostName
  readonly type?: string
  readonly port?: PortName
}

export interface CutOptions {
  /** Only connections to this port. */
  readonly port?: PortName
  /** Wait until so many packets (of a type, if given) have arrived on the way from the first machine to the second. */
  readonly after?: { readonly count: number; readonly type?: string }
  /** So many packets on their way from the first to the second still arrive; 'some': chance says how many. None else. */
  readonly keep?: number | 'some'
  /** Whose end learns of it: both, one machine, or neither (each goes on believing in the connection). */
  readonly notices?: 'both' | 'neither' | HostName
}

/** A cut that waits for packets to pass. */
interface ArmedCut {
  readonly link: Link
  readonly match: PacketMatch
  readonly notices: 'both' | 'neither' | HostName
  left: number
}

/** A packet on its way, for people. */
export interface InFlight {
  readonly from: HostName
  readonly to: HostName
  readonly port: PortName
  readonly packet: Packet
  /** When it arrives if nothing more happens; null while it is held back. */
  readonly arrival: Micros | null
}

/**
 * The wires by name. Copies of a world share it: who uses which, and since when, is for each network to know; the place
 * a wire has can be seen nowhere.
 */
class Wires implements Forkable {
  private readonly known = new Map<string, Link>()

  between(from: HostName, to: HostName, streams: Streams): Link {
    const name = `${from}>${to}`
    let link = this.known.get(name)
    if (link === undefined) {
      link = Object.freeze({ from, to, index: this.known.size, stream: streams.place(`net/${name}`) })
      this.known.set(name, link)
    }
    return link
  }

  [fork](_copy: Copy): this {
    return this
  }
}

export class Network {
  /** The first wait before something is sent again; doubles each time, up to `retransmissionMax`. Linux: TCP_RTO_MIN. */
  retransmission: Micros = 200_000
  retransmissionMax: Micros = 120_000_000
  /** So often a packet is sent again before the connection is given up. Linux: tcp_retries2. */
  retries = 15
  /** The same for the first packet of a connection. Linux: tcp_syn_retries. */
  dialRetransmission: Micros = 1_000_000
  dialRetries = 6
  /** Packets that fit a send buffer, and a receive buffer. */
  buffer = 1024

  private readonly world: World
  private readonly wires = new Wires()
  /** In the order of their first use. */
  private readonly links = new AppendOnlyLog<Link>()
  /** By the index of the wire; another list when one changes, so that copies of a world share what there is. */
  private conditions = new AppendOnlyLog<Condition | undefined>()
  private readonly latency: Distribution
  /** Of a wire that nobody has done anything to. */
  private readonly usual: Condition
  private settings: LinkSetting[] = []
  private partitions: Partition[] = []
  private holds: PacketMatch[] = []
  private held: Pipe[] = []
  /** Pipes whose head waits for a stall to end. */
  private waiting: Pipe[] = []
  private cuts: ArmedCut[] = []

  constructor(world: World) {
    this.world = world
    this.latency = world.lockstep ? LOCKSTEP_LATENCY : latencies.lan
    this.usual = Object.freeze({
      latency: this.latency,
      extra: null,
      loss: 0,
      blocked: false,
      stalled: false,
    })
  }

  // ── what processes do ──

  dial(socket: Socket): void {
    const link = this.link(socket.host.machine.name, socket.remote)
    this.world.schedule(this.world.now + this.delay(link), DIAL, socket.host, socket, null)
  }

  /** @returns false when the send buffer is full. */
  send(socket: Socket, packet: Packet): boolean {
    if (!socket.open || socket.closed || socket.doomed) return true
    const pipe = socket.out!
    this.put(pipe, PACKET, packet)
    pipe.unacknowledged += 1
    if (pipe.unacknowledged <= this.buffer) return true
    pipe.full = true
    return false
  }

  hangUp(socket: Socket): void {
    if (socket.closed) return
    socket.closed = true
    socket.host.sockets.delete(socket)
    this.finish(socket)
  }

  // ── what wires are like ──

  /** The wire from one machine to another. */
  link(from: HostName, to: HostName): Link {
    const { streams } = this.world
    const link = this.wires.between(from, to, streams)
    const { conditions } = this
    if (link.index >= conditions.length || conditions.at(link.index) === undefined) {
      // Another copy of this world may have drawn from it first; here it is seeded now.
      streams.place(`net/${from}>${to}`)
      this.links.push(link)
      this.lay(link)
    }
    return link
  }

  /** How long packets take one way. */
  setLatency(latency: Distribution, from: HostName = ANY, to: HostName = ANY): void {
    this.set({ from, to, latency })
  }

  /** Packets take this much longer; null: no longer. */
  slow(extra: Distribution | null, from: HostName = ANY, to: HostName = ANY): void {
    this.set({ from, to, extra })
  }

  /** The chance that a packet is lost and has to be sent again. */
  setLoss(loss: number, from: HostName = ANY, to: HostName = ANY): void {
    this.set({ from, to, loss })
  }

  // ── partitions ──

  /** Blocks directions until `unblock` or `heal`. What would arrive meanwhile is sent again, ever more rarely. */
  block(partition: Partition): Partition {
    this.partitions.push(partition)
    this.refreshAll()
    return partition
  }

  unblock(partition: Partition): void {
    this.partitions = this.partitions.filter((other) => other !== partition)
    this.refreshAll()
  }

  /** Ends all partitions and stalls. Holds stay. */
  heal(): void {
    this.partitions = []
    this.refreshAll()
    for (const link of this.links.toArray()) if (this.now(link).stalled) this.unstall(link.from, link.to)
  }

  isolate(name: HostName): Partition {
    return this.block(isolated(name))
  }

  partition(...between: readonly (readonly HostName[])[]): Partition {
    return this.block(groups(...between))
  }

  cutOneWay(from: HostName, to: HostName): Partition {
    return this.block(oneWay(from, to))
  }

  isBlocked(from: HostName, to: HostName): boolean {
    return this.partitions.some((partition) => isBlocked(partition, from, to))
  }

  /** What keeps packets from arriving as they usually do, in words; empty where nothing does. */
  get troubles(): readonly string[] {
    const { partitions, holds, cuts, settings } = this
    const conditions = this.links.toArray().map((link) => this.now(link))
    const found = [
      partitions.length > 0 ? 'links are blocked' : '',
      holds.length > 0 ? 'packets are held' : '',
      cuts.length > 0 ? 'a connection is about to be cut' : '',
      conditions.some(({ stalled }) => stalled) ? 'links are stalled' : '',
      conditions.some(({ loss }) => loss > 0) || settings.some(({ loss }) => (loss ?? 0) > 0)
        ? 'packets are lost'
        : '',
      // A wire that nobody has used yet is in no condition.
      conditions.some(({ extra }) => extra !== null) ||
      settings.some(({ extra }) => extra !== undefined && extra !== null)
        ? 'links are slow'
        : '',
    ]
    return found.filter((words) => words !== '')
  }

  // ── holding back ──

  /** Nothing arrives in this direction until `unstall`. No timeout of the network ends it. */
  stall(from: HostName, to: HostName): void {
    const link = this.link(from, to)
    this.change([link], true)
  }

  unstall(from: HostName, to: HostName): void {
    const link = this.link(from, to)
    this.change([link], false)
    const waiting = this.waiting
    this.waiting = waiting.filter((pipe) => pipe.link !== link)
    for (const pipe of waiting) if (pipe.link === link) this.scheduleHead(pipe)
  }

  /** Keeps matching packets in the network until released. Later ones of their connections wait behind them. */
  hold(match: PacketMatch): void {
    this.holds.push(Object.freeze({ ...match }))
  }

  /** Ends the holds that say the same (all holds, without an argument). What they kept arrives now. */
  release(match?: PacketMatch): void {
    this.holds =
      match === undefined
        ? []
        : this.holds.filter(
            ({ from, to, type, port }) =>
              from !== match.from || to !== match.to || type !== match.type || port !== match.port,
          )
    const held = this.held
    this.held = []
    for (const pipe of held) this.scheduleHead(pipe)
  }

  // ── cutting ──

  /** Breaks the connections between two machines; what is on its way is lost. */
  cutConnections(a: HostName, b: HostName, options: CutOptions = {}): void {
    const notices = options.notices ?? 'both'
    if (options.after !== undefined && options.after.count > 0) {
      const { count, type } = options.after
      const match: { type?: string; port?: PortName } = {}
      if (type !== undefined) match.type = type
      if (options.port !== undefined) match.port = options.port
      const link = this.link(a, b)
      this.cuts.push({ link, match: Object.freeze(match), notices, left: count })
      return
    }
    for (const pipe of this.pipes(a, b, options.port)) {
      let inFlight = 0
      for (let event = pipe.first; event !== null; event = event.next) inFlight += 1
      const keep =
        options.keep === 'some'
          ? this.draw(pipe.link).int(0, inFlight)
          : Math.min(options.keep ?? 0, inFlight)
      if (keep === 0) this.cut(pipe, notices)
      else {
        pipe.lose(keep)
        this.put(pipe, CUT, notices, pipe.last!.time)
      }
    }
  }

  /** No cut that waits for packets to pass will come. */
  callOffCuts(): void {
    this.cuts = []
  }

  // ── for people ──

  /** Packets on their way, connection by connection. */
  inFlight(from?: HostName, to?: HostName): InFlight[] {
    const found: InFlight[] = []
    for (const machine of this.world.machines) {
      for (const socket of machine.host?.sockets ?? []) {
        const pipe = socket.out
        if (
          pipe === null ||
          (from ?? pipe.link.from) !== pipe.link.from ||
          (to ?? pipe.link.to) !== pipe.link.to
        )
          continue
        for (let event = pipe.first; event !== null; event = event.next) {
          if (event.kind !== PACKET) continue
          const arrival = pipe.scheduled ? event.time : null
          found.push({
            from: pipe.link.from,
            to: pipe.link.to,
            port: socket.port,
            packet: event.packet as Packet,
            arrival,
          })
        }
      }
    }
    return found
  }

  // ── time ──

  /** The head of a pipe arrives at the other machine. False: it does not (yet), or no process is to see it. */
  arrive(event: Event): boolean {
    const pipe = event.about as Pipe
    const condition = this.now(pipe.link)
    const to = pipe.to
    const machine = to.host.machine
    if (event.kind === GIVE_UP) return this.giveUp(pipe)
    if (event.kind === CUT) return this.cut(pipe, event.packet as string)
    if (condition.blocked || pipe.severed || !machine.powered) return this.sendAgain(pipe, event)
    if (condition.stalled) {
      pipe.scheduled = false
      this.waiting.push(pipe)
      return false
    }
    if (this.holds.length !== 0 && this.isHeld(pipe, event)) {
      pipe.scheduled = false
      this.held.push(pipe)
      return false
    }
    if (pipe.unread >= this.buffer && event.kind === PACKET && !to.closed) {
      pipe.scheduled = false
      to.host.unreadPipes = [...to.host.unreadPipes, pipe]
      return false
    }

    pipe.shift()
    if (event.kind === PACKET) this.acknowledged(pipe)
    if (pipe.first !== null) this.scheduleHead(pipe)
    if (to.closed || pipe.broken) {
      if (event.kind !== FIN) this.reset(pipe.from)
      return false
    }
    if (this.cuts.length !== 0 && event.kind === PACKET) this.countForCuts(pipe, event)
    event.arrived = true
    return true
  }

  /** Somebody knocks. True: the event is now the stimulus that tells the one who listens. */
  knock(event: Event): boolean {
    const dialler = event.about as Socket
    if (dialler.closed) return false
    const name = dialler.host.machine.name
    const there = this.link(name, dialler.remote)
    const back = this.link(dialler.remote, name)
    const machine = this.world.findMachine(dialler.remote)
    const { loss, blocked, stalled } = this.now(there)
    const lost = loss > 0 && this.draw(there).chance(loss)
    if (lost || blocked || stalled || this.now(back).blocked || machine === undefined || !machine.powered) {
      return this.knockAgain(event, dialler)
    }
    const host = machine.host
    if (host === null || !host.ports.includes(dialler.port)) {
      this.world.schedule(this.world.now + this.delay(back), REFUSED, dialler.host, dialler, null)
      return false
    }
    const socket = new Socket(
      host,
      host.nextConnection(),
      name,
      dialler.host.machine.address,
      dialler.port,
      undefined,
    )
    socket.peer = dialler
    dialler.peer = socket
    socket.out = new Pipe(back, socket, dialler)
    dialler.out = new Pipe(there, dialler, socket)
    dialler.out.lastArrival = this.world.now
    socket.open = true
    host.sockets.add(socket)
    this.put(socket.out, CONNECTED, null)
    event.kind = ACCEPTED
    event.host = host
    event.about = socket
    event.arrived = true
    return true
  }

  /** A process has read from its receive buffer, or reads again. */
  readOn(pipe: Pipe): void {
    this.scheduleHead(pipe)
  }

  // ── a machine's life ──

  /** A process is gone; its machine closes its connections for it. What was sent still arrives. */
  closeAll(host: SimHost): void {
    for (const socket of host.sockets) {
      socket.closed = true
      this.finish(socket)
    }
    host.sockets.clear()
  }

  /** A machine is gone, and nobody hears of it. What is on the wire arrives, what would have to be sent again does not. */
  dropAll(host: SimHost): void {
    for (const socket of host.sockets) {
      socket.closed = true
      const pipe = socket.out
      if (pipe === null) continue
      pipe.orphaned = true
      if (!pipe.scheduled || (pipe.first !== null && pipe.first.tries > 0)) pipe.lose()
    }
    host.sockets.clear()
  }

  // ── inside ──

  private put(pipe: Pipe, kind: EventKind, packet: unknown, notBefore: Micros = 0): void {
    const world = this.world
    const link = pipe.link
    let arrival = world.now + this.delay(link)
    let what = kind
    const { loss } = this.now(link)
    if (loss > 0) {
      for (let tries = 1; what !== GIVE_UP && this.draw(link).chance(loss); tries += 1) {
        arrival += this.timeout(tries)
        if (tries > this.retries) what = GIVE_UP
      }
    }
    if (arrival < pipe.lastArrival) arrival = pipe.lastArrival
    if (arrival < notBefore) arrival = notBefore
    pipe.lastArrival = arrival
    const event = world.newEvent(arrival, what, pipe.to.host, pipe, packet)
    pipe.add(event)
    if (pipe.first === event) {
      pipe.scheduled = true
      world.queue.push(event)
    }
  }

  /** The end of the stream. Where a reset is coming, nobody is left to read it. */
  private finish(socket: Socket): void {
    if (socket.out !== null && !socket.doomed) this.put(socket.out, FIN, null)
  }

  private delay(link: Link): Micros {
    const { latency, extra } = this.now(link)
    const random = this.draw(link)
    const delay = sample(latency, random)
    return extra === null ? delay : delay + sample(extra, random)
  }

  private now(link: Link): Condition {
    return this.conditions.at(link.index)!
  }

  private draw(link: Link): Random {
    return this.world.streams.at(link.stream)
  }

  /** The wait before the next try, after so many. */
  private timeout(tries: number): Micros {
    let timeout = this.retransmission
    for (let i = 1; i < tries && timeout < this.retransmissionMax; i += 1) timeout *= 2
    return Math.min(timeout, this.retransmissionMax)
  }

  private scheduleHead(pipe: Pipe): void {
    const head = pipe.first
    if (head === null || pipe.scheduled) return
    pipe.scheduled = true
    if (head.time < this.world.now) head.time = this.world.now
    this.world.queue.push(head)
  }

  private sendAgain(pipe: Pipe, event: Event): boolean {
    if (pipe.orphaned) {
      pipe.scheduled = false
      pipe.lose()
      return false
    }
    event.tries += 1
    if (event.tries > this.retries) return this.giveUp(pipe)
    this.world.scheduleAgain(event, this.world.now + this.timeout(event.tries))
    return false
  }

  /** The sender's end is closed; the other end learns if a single reset gets through. */
  private giveUp(pipe: Pipe): boolean {
    pipe.scheduled = false
    pipe.lose()
    if (!pipe.from.doomed && !pipe.from.closed) {
      pipe.from.doomed = true
      this.world.schedule(this.world.now, RESET, pipe.from.host, pipe.from, null)
    }
    if (!this.now(pipe.link).blocked && !pipe.severed && pipe.to.host.machine.powered) this.reset(pipe.to)
    if (pipe.to.out !== null) pipe.to.out.broken = true
    return false
  }

  /** Tells an end that the other is gone. What the other had sent before arrives before. */
  private reset(end: Socket): void {
    if (end.closed || end.doomed || end.peer === null) return
    const pipe = end.peer.out!
    if (this.now(pipe.link).blocked || pipe.severed) return
    end.doomed = true
    const arrival = Math.max(this.world.now + this.delay(pipe.link), pipe.lastArrival)
    this.world.schedule(arrival, RESET, end.host, end, null)
  }

  private cut(pipe: Pipe, notices: 'both' | 'neither' | HostName): boolean {
    const back = pipe.to.out!
    pipe.lose()
    back.lose()
    this.cutEnd(pipe, notices)
    this.cutEnd(back, notices)
    return false
  }

  private cutEnd(pipe: Pipe, notices: 'both' | 'neither' | HostName): void {
    const end = pipe.from
    const back = pipe.to.out!
    if (notices === 'both' || notices === end.host.machine.name) {
      // This end is reset. What the other, if it did not notice, sends here brings a reset back to it.
      back.broken = true
      if (!end.closed && !end.doomed) {
        end.doomed = true
        this.world.schedule(this.world.now + this.delay(back.link), RESET, end.host, end, null)
      }
    } else if (notices === 'neither') pipe.severed = true
  }

  private knockAgain(event: Event, dialler: Socket): boolean {
    event.tries += 1
    const wait = this.dialRetransmission * (1 << (event.tries - 1))
    if (event.tries > this.dialRetries) {
      this.world.schedule(this.world.now + wait, REFUSED, dialler.host, dialler, null)
    } else this.world.scheduleAgain(event, this.world.now + wait)
    return false
  }

  private acknowledged(pipe: Pipe): void {
    pipe.unacknowledged -= 1
    if (!pipe.full || pipe.unacknowledged > this.buffer >> 1) return
    pipe.full = false
    if (!pipe.from.closed) this.world.schedule(this.world.now, WRITABLE, pipe.from.host, pipe.from, null)
  }

  private isHeld(pipe: Pipe, event: Event): boolean {
    if (event.kind !== PACKET) return false
    for (const match of this.holds) if (matches(match, pipe, event.packet as Packet)) return true
    return false
  }

  private countForCuts(pipe: Pipe, event: Event): void {
    for (const cut of this.cuts) {
      if (cut.link !== pipe.link || !matches(cut.match, pipe, event.packet as Packet)) continue
      cut.left -= 1
      if (cut.left > 0) continue
      this.cuts = this.cuts.filter((other) => other !== cut)
      this.cut(pipe, cut.notices)
    }
  }

  /** The pipes of all connections between two machines, in the direction from the first to the second. */
  private pipes(a: HostName, b: HostName, port: PortName | undefined): Pipe[] {
    const found = new Set<Pipe>()
    const add = (machine: Machine | undefined, other: HostName): void => {
      for (const socket of machine?.host?.sockets ?? []) {
        if (socket.remote !== other || socket.out === null || (port ?? socket.port) !== socket.port) continue
        found.add(machine!.name === a ? socket.out : socket.peer!.out!)
      }
    }
    add(this.world.findMachine(a), b)
    if (a !== b) add(this.world.findMachine(b), a)
    return [...found]
  }

  private set(setting: LinkSetting): void {
    // The last word on a wire counts, so what it covers need not be kept.
    const covers = ({ from, to, latency, extra, loss }: LinkSetting): boolean =>
      (from === setting.from || setting.from === ANY) &&
      (to === setting.to || setting.to === ANY) &&
      (latency === undefined) === (setting.latency === undefined) &&
      (extra === undefined) === (setting.extra === undefined) &&
      (loss === undefined) === (setting.loss === undefined)
    assert((setting.loss ?? 0) >= 0 && (setting.loss ?? 0) <= 1, 'a chance is between 0 and 1')
    this.settings = this.settings.filter((other) => !covers(other))
    this.settings.push(Object.freeze(setting))
    this.refreshAll()
  }

  private refreshAll(): void {
    this.change(this.links.toArray())
  }

  /** A wire is used for the first time. There may be very many, so the list of them is not made anew. */
  private lay(link: Link): void {
    const { conditions } = this
    if (link.index < conditions.length) return this.change([link], false)
    // Wires that only other copies of this world use leave no holes.
    while (conditions.length < link.index) conditions.push(undefined)
    conditions.push(this.conditionOf(link, false))
  }

  private change(links: readonly Link[], stalled?: boolean): void {
    const conditions = this.conditions.toArray()
    for (const link of links) {
      conditions[link.index] = this.conditionOf(link, stalled ?? this.now(link).stalled)
    }
    this.conditions = new AppendOnlyLog(conditions)
  }

  private conditionOf(link: Link, stalled: boolean): Condition {
    const blocked = link.from !== link.to && this.isBlocked(link.from, link.to)
    if (this.settings.length === 0 && !blocked && !stalled) return this.usual
    const set = { latency: this.latency, extra: null as Distribution | null, loss: 0 }
    for (const { from, to, latency, extra, loss } of this.settings) {
      if ((from !== ANY && from !== link.from) || (to !== ANY && to !== link.to)) continue
      if (latency !== undefined) set.latency = latency
      if (extra !== undefined) set.extra = extra
      if (loss !== undefined) set.loss = loss
    }
    return Object.freeze({ ...set, blocked, stalled })
  }
}

function matches({ from, to, type, port }: PacketMatch, pipe: Pipe, packet: Packet): boolean {
  return (
    (from === undefined || from === pipe.link.from) &&
    (to === undefined || to === pipe.link.to) &&
    (port === undefined || port === pipe.from.port) &&
    (type === undefined || type === packet.type)
  )
}
