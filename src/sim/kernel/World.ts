/**
 * A simulated world: machines, wires and disks, and the one queue of what will happen.
 *
 * One seed decides everything. The kernel has never heard of ZooKeeper: nodes are whatever implements Node.
 */
import { assert, unreachable } from '../../base/assert.ts'
import type { HostName, Micros, Node, NodeFactory } from '../../nodes/Host.ts'
import type { DiskRequest } from './Disk.ts'
import { describeEvent } from './describeEvent.ts'
import {
  ACCEPTED,
  ACTION,
  CONNECTED,
  CUT,
  DIAL,
  DISK,
  Event,
  type EventKind,
  EventQueue,
  FIN,
  GIVE_UP,
  PACKET,
  REFUSED,
  RESET,
  START,
  TIMER,
  TURN,
  VOID,
  WRITABLE,
} from './EventQueue.ts'
import { type ForkOptions, fork } from './fork.ts'
import { Machine } from './Machine.ts'
import { Network } from './Network.ts'
import { Priorities } from './Priorities.ts'
import { type Random, Streams } from './Random.ts'
import type { Ending, SimHost, Timer } from './SimHost.ts'
import type { Pipe, Socket } from './Socket.ts'
import { Stopped } from './Stopped.ts'
import { Trace } from './Trace.ts'
import type { Fact, Packet } from './types.ts'

/** Somebody who hears what nodes tell. Copied with the world, so: an object, not a closure. */
export interface FactListener {
  hear(fact: Fact): void
  /** A process has ended, and its disk is as that leaves it: the one thing that it cannot tell itself. */
  died?(machine: Machine, how: Ending): void
}

/** Something to be done to a world at a certain time. */
export interface Action {
  act(world: World): void
}

export interface WorldOptions {
  /** Decides all that is left to chance. */
  readonly seed: string | number
  /** No chance in how long things take: threads run at once and in the order woken, wires and disks take a fixed time. */
  readonly lockstep?: boolean
  /**
   * Of what could happen at about the same time, what is next goes by priorities of threads, wires and disks; so often in a
   * run somebody falls below all others. See Priorities. Null: whatever is due first is next.
   */
  readonly priorityChanges?: number | null
  /**
   * What an error does that a node did not catch. 'throw': it leaves `step`, since it is a defect of the simulation.
   * 'crash': the process ends, as after an uncaught exception, and the world goes on. Both are kept in `crashes`.
   */
  readonly onNodeError?: 'throw' | 'crash'
}

/** A process that died of an error it did not catch. */
export interface NodeCrash {
  readonly machine: HostName
  readonly incarnation: number
  readonly event: number
  readonly time: Micros
  readonly message: string
}

export class World {
  readonly seed: string
  readonly lockstep: boolean
  readonly onNodeError: 'throw' | 'crash'
  /** True time. */
  now: Micros = 0
  /** How many events have happened; also the number of the one that happens now. */
  events = 0
  readonly streams: Streams
  readonly queue = new EventQueue()
  readonly trace = new Trace()
  readonly network: Network
  private readonly priorities: Priorities | null
  listeners: FactListener[] = []
  crashes: NodeCrash[] = []
  /** How many processes have ended, however they did. */
  deaths = 0
  /** The machine whose process runs now. */
  current: Machine | null = null

  private readonly byName = new Map<HostName, Machine>()
  private sequence = 0
  private hearing = false
  private stepping = false

  constructor(options: WorldOptions) {
    this.seed = String(options.seed)
    this.lockstep = options.lockstep ?? false
    this.onNodeError = options.onNodeError ?? 'throw'
    this.streams = new Streams(`${this.seed}/`)
    const changes = options.priorityChanges ?? null
    this.priorities = changes === null ? null : new Priorities(this, changes)
    this.network = new Network(this)
  }

  // ── what is in it ──

  /**
   * A machine, down at first.
   *
   * @param beside a machine on whose computer it is too, sharing power, clock and address
   */
  addMachine(name: HostName, factory: NodeFactory, beside: Machine | null = null): Machine {
    assert(!this.byName.has(name), 'machines have different names')
    const number = this.byName.size + 1
    const machine = new Machine(this, name, factory, `10.0.${number >> 8}.${number & 0xff}`)
    if (beside !== null) machine.moveBeside(beside)
    this.byName.set(name, machine)
    return machine
  }

  /** @throws RangeError where there is no such machine. */
  machine(name: HostName): Machine {
    const machine = this.byName.get(name)
    if (machine === undefined) {
      throw new RangeError(`no machine ${name}; there are ${[...this.byName.keys()].join(', ') || 'none'}`)
    }
    return machine
  }

  findMachine(name: HostName): Machine | undefined {
    return this.byName.get(name)
  }

  /** In the order added. */
  get machines(): readonly Machine[] {
    return [...this.byName.values()]
  }

  /** The stream of random numbers for one concern. Draws from one never shift another. */
  stream(name: string): Random {
    return this.streams.stream(name)
  }

  // ── time ──

  /** One event. False: nothing is left to happen. */
  step(): boolean {
    if (this.priorities !== null) {
      const next = this.priorities.next()
      if (next !== undefined) this.happen(next)
      return next !== undefined
    }
    const event = this.queue.pop()
    if (event === undefined) return false
    this.come(event)
    return true
  }

  /** This event of the queue, whatever else is due before it: now, or when it is due. See `enabledEvents`. */
  happen(event: Event): void {
    this.queue.remove(event)
    this.come(event)
  }

  private come(event: Event): void {
    // Time goes forwards, whatever was made to wait.
    if (event.time < this.now) event.time = this.now
    this.now = event.time
    this.events += 1
    this.trace.mixEvent(event.time, event.kind, event.sequence)
    if (this.trace.recording) this.record(event)
    this.stepping = true
    try {
      this.dispatch(event)
    } finally {
      this.stepping = false
      this.current = null
    }
  }

  /** Everything up to and including this time, which it then is. */
  runUntil(time: Micros): void {
    for (let next = this.queue.first; next !== undefined && next.time <= time; next = this.queue.first)
      this.step()
    if (time > this.now) this.now = time
  }

  /** So many events, or as many as there are. @returns how many. */
  runEvents(count: number): number {
    let done = 0
    while (done < count && this.step()) done += 1
    return done
  }

  /** Does something at this time (now, if it has passed). */
  at(time: Micros, action: Action): void {
    this.schedule(Math.max(time, this.now), ACTION, null, action, null)
  }

  /** A copy that goes its own way from here: the same future, until somebody interferes. Between events only. */
  fork(options?: ForkOptions): World {
    assert(!this.stepping, 'a world is copied between events')
    return fork(this, options)
  }

  // ── for the kernel ──

  nextSequence(): number {
    this.sequence += 1
    return this.sequence
  }

  /** An event with its place in the order, not yet in the queue. */
  newEvent(time: Micros, kind: EventKind, host: SimHost | null, about: unknown, packet: unknown): Event {
    this.sequence += 1
    this.trace.mixEvent(time, kind, this.detail(kind, host, about, packet))
    const event = new Event(time, this.sequence, kind, host, about, packet)
    if (this.trace.recording) {
      this.trace.effect(`then, at ${time} µs: ${describeEvent(event)}`)
      this.trace.content(packet)
    }
    return event
  }

  schedule(time: Micros, kind: EventKind, host: SimHost | null, about: unknown, packet: unknown): void {
    this.queue.push(this.newEvent(time, kind, host, about, packet))
  }

  /** Puts an event that has been taken out back into the queue, behind what is there for that time. */
  scheduleAgain(event: Event, time: Micros): void {
    event.time = time
    event.sequence = this.nextSequence()
    this.queue.push(event)
  }

  hear(fact: Fact): void {
    const { trace, listeners } = this
    trace.mix(trace.hashOf(fact.type))
    if (trace.recording) trace.fact(fact)
    if (listeners.length === 0) return
    // An error of a listener is its own, not the node's.
    this.hearing = true
    for (let i = 0; i < listeners.length; i += 1) listeners[i]!.hear(fact)
    this.hearing = false
  }

  /** A process is no more. As with facts, an error of a listener is its own. */
  died(machine: Machine, how: Ending): void {
    const { listeners, hearing } = this
    this.hearing = true
    for (let i = 0; i < listeners.length; i += 1) listeners[i]!.died?.(machine, how)
    this.hearing = hearing
  }

  private dispatch(event: Event): void {
    switch (event.kind) {
      case ACTION:
        ;(event.about as Action).act(this)
        return
      case VOID:
        return
      case PACKET:
      case CONNECTED:
      case FIN:
      case GIVE_UP:
      case CUT:
        if (!event.arrived && !this.network.arrive(event)) return
        break
      case DIAL:
        if (!this.network.knock(event)) return
        break
      case DISK:
        if (!event.arrived && !event.host!.machine.disk.complete(event)) return
        event.arrived = true
        break
    }
    this.deliver(event, event.host!)
  }

  /** Gives a stimulus to its process, if that still lives; later, if it is paused. */
  private deliver(event: Event, host: SimHost): void {
    if (host.over) return
    const { machine } = host
    if (machine.state === 'paused') {
      this.defer(event, host)
      return
    }
    if (event.deferred) {
      event.deferred = false
      host.backlog -= 1
      if (event.kind === PACKET) {
        ;(event.about as Pipe).unread -= 1
        machine.readOn(host)
      }
    } else if (host.backlog !== 0) {
      // Older stimuli are on their way; nothing overtakes them.
      this.defer(event, host)
      machine.deliverDeferred(host)
      return
    }
    if (event.kind === TIMER && !host.isDue(event)) return
    if (event.kind === TURN && machine.keepTurn(event)) return
    this.current = machine
    try {
      stimulate(host.node!, event)
    } catch (error) {
      this.stopped(host, error)
    }
  }

  private defer(event: Event, host: SimHost): void {
    if (event.deferred) host.backlog -= 1
    else if (event.kind === PACKET) (event.about as Pipe).unread += 1
    event.deferred = false
    if (host.deferred === null) host.deferred = [event]
    else host.deferred.push(event)
  }

  private stopped(host: SimHost, error: unknown): void {
    if (this.hearing) {
      this.hearing = false
      throw error
    }
    if (error instanceof Stopped && host.over) return
    const message = error instanceof Error ? error.message : String(error)
    const { machine, incarnation } = host
    this.crashes.push(
      Object.freeze({ machine: machine.name, incarnation, event: this.events, time: this.now, message }),
    )
    if (this.onNodeError === 'throw') throw error
    if (host.over) return
    host.node?.onUncaught?.(message)
    machine.crash()
    machine.exitReason = message
  }

  private detail(kind: EventKind, host: SimHost | null, about: unknown, packet: unknown): number {
    const machine = host === null ? 0 : host.machine.hash
    switch (kind) {
      case PACKET:
        return machine ^ this.trace.hashOf((packet as Packet).type)
      case TURN:
        return machine ^ this.trace.hashOf(about as string)
      case TIMER:
        return machine ^ this.trace.hashOf((about as Timer).name)
      case DISK:
        return machine ^ (about as DiskRequest).ticket
      default:
        return machine
    }
  }

  private record(event: Event): void {
    this.trace.open(this.events, this.now, event.host?.machine.name ?? null, describeEvent(event))
  }
}

function stimulate(node: Node, event: Event): void {
  switch (event.kind) {
    case PACKET: {
      const socket = (event.about as Pipe).to
      if (!socket.closed) node.onPacket(socket, event.packet as Packet)
      break
    }
    case TURN:
      node.onTurn(event.about as string)
      break
    case TIMER:
      node.onTimer((event.about as Timer).name)
      break
    case DISK: {
      const { ticket, error } = event.about as DiskRequest
      if (error === null) node.onForced(ticket)
      else node.onDiskFailed(ticket, error)
      break
    }
    case START:
      node.onStart()
      break
    case ACCEPTED: {
      const socket = event.about as Socket
      if (!socket.closed) node.onAccepted(socket, socket.port)
      break
    }
    case CONNECTED: {
      const socket = (event.about as Pipe).to
      if (socket.closed) break
      socket.open = true
      node.onConnected(socket)
      break
    }
    case REFUSED: {
      const socket = event.about as Socket
      if (close(socket)) node.onRefused(socket)
      break
    }
    case WRITABLE: {
      const socket = event.about as Socket
      if (!socket.closed) node.onWritable(socket)
      break
    }
    case FIN: {
      const socket = (event.about as Pipe).to
      if (close(socket)) node.onClosed(socket)
      break
    }
    case RESET: {
      const socket = event.about as Socket
      if (close(socket)) node.onClosed(socket)
      break
    }
    default:
      unreachable(event.kind as never)
  }
}

/** Closes an end that hears of it last. False: it was closed before, and hears nothing. */
function close(socket: Socket): boolean {
  if (socket.closed) return false
  socket.closed = true
  socket.host.sockets.delete(socket)
  return true
}
