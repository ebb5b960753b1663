/** The Host of one incarnation of one node, in the simulator. */
import { begin, type Copy, finish, type TwoStep, type Unfinished } from '../../base/forkable.ts'
import type {
  Connection,
  DiskImage,
  Endpoint,
  FileName,
  Host,
  Micros,
  Node,
  PortName,
  ThreadName,
  Ticket,
  TimerName,
} from '../../nodes/Host.ts'
import { type Event, TIMER, TURN } from './EventQueue.ts'
import type { Machine } from './Machine.ts'
import { type Pipe, Socket } from './Socket.ts'
import { Stopped } from './Stopped.ts'
import type { DiskRecord, Fact, Packet } from './types.ts'
import type { World } from './World.ts'

/** How a process ends without being asked. */
export type Death = 'crash' | 'powerCut'
/** How a process ends; `exit`: by its own will. */
export type Ending = Death | 'exit'

/** A timer by name. One event in the queue serves it, however often it is re-armed to later. */
export class Timer implements TwoStep {
  readonly name: TimerName
  armed = false
  /** On the monotonic clock. */
  deadline: Micros = 0
  /** Its place among all that was asked for, when it was last armed. */
  sequence = 0
  /** The event that will look at this timer next. */
  event: Event | null = null

  constructor(name: TimerName) {
    this.name = name
  }

  [begin](): this {
    const copy = new Timer(this.name)
    copy.armed = this.armed
    copy.deadline = this.deadline
    copy.sequence = this.sequence
    return copy as this
  }

  [finish](into: this, copy: Copy): void {
    into.event = copy(this.event)
  }
}

const NOTHING: readonly never[] = Object.freeze([])

export class SimHost implements Host, TwoStep {
  readonly world: World
  readonly machine: Machine
  readonly incarnation: number
  node: Node | null = null
  /** The process has ended. */
  over = false
  /** Where it listens. Like all lists here another when it changes: most stay empty, and are shared. */
  ports: readonly PortName[] = NOTHING
  readonly sockets = new Set<Socket>()
  readonly timers = new Map<TimerName, Timer>()
  /** What happened while the process was paused, in order. */
  deferred: Event[] | null = null
  /** How much of that is delivered now: newer stimuli go behind. */
  backlog = 0
  /** Pipes whose receive buffer here is full. */
  unreadPipes: readonly Pipe[] = NOTHING

  /** Its place among the streams. */
  private readonly stream: number
  private calls = 0
  private deathAt = 0
  private death: Death = 'crash'
  private connections = 0
  private tickets = 0

  constructor(
    world: World,
    machine: Machine,
    incarnation: number,
    stream = world.streams.place(`node/${machine.name}#${incarnation}`),
  ) {
    this.world = world
    this.machine = machine
    this.incarnation = incarnation
    this.stream = stream
  }

  [begin](): this {
    const copy = new SimHost(this.world, this.machine, this.incarnation, this.stream)
    copy.ports = this.ports
    copy.over = this.over
    copy.backlog = this.backlog
    copy.calls = this.calls
    copy.deathAt = this.deathAt
    copy.death = this.death
    copy.connections = this.connections
    copy.tickets = this.tickets
    return copy as this
  }

  [finish](into: this, copy: Copy): void {
    const own: Unfinished<SimHost> = into
    own.world = copy(this.world)
    own.machine = copy(this.machine)
    // Nobody else holds these two.
    for (const socket of this.sockets) into.sockets.add(copy(socket))
    for (const [name, timer] of this.timers) into.timers.set(name, copy(timer))
    into.node = copy(this.node)
    into.deferred = copy(this.deferred)
    into.unreadPipes = copy(this.unreadPipes)
  }

  get now(): Micros {
    return this.machine.clock.monotonic(this.world.now)
  }

  get wallClock(): Micros {
    return this.machine.clock.wall(this.world.now)
  }

  random(): number {
    return this.world.streams.at(this.stream).next()
  }

  listen(port: PortName): void {
    this.enter()
    if (!this.ports.includes(port)) this.ports = Object.freeze([...this.ports, port])
  }

  unlisten(port: PortName): void {
    this.enter()
    this.ports = Object.freeze(this.ports.filter((other) => other !== port))
  }

  dial(to: Endpoint, attachment: unknown): Connection {
    this.enter()
    const address = this.world.findMachine(to.host)?.address ?? ''
    const socket = new Socket(this, this.nextConnection(), to.host, address, to.port, attachment)
    this.sockets.add(socket)
    this.world.network.dial(socket)
    return socket
  }

  send(on: Connection, packet: Packet): boolean {
    this.enter()
    return this.world.network.send(on as Socket, packet)
  }

  hangUp(on: Connection): void {
    this.enter()
    this.world.network.hangUp(on as Socket)
  }

  append(file: FileName, record: DiskRecord): void {
    this.enter()
    this.machine.disk.append(file, record)
  }

  force(file: FileName): Ticket {
    this.enter()
    this.tickets += 1
    this.machine.disk.force(file, this.tickets, this)
    return this.tickets
  }

  replace(file: FileName, record: DiskRecord): Ticket {
    this.enter()
    this.tickets += 1
    this.machine.disk.replace(file, record, this.tickets, this)
    return this.tickets
  }

  truncate(file: FileName, length: number): void {
    this.enter()
    this.machine.disk.truncate(file, length)
  }

  remove(file: FileName): void {
    this.enter()
    this.machine.disk.remove(file)
  }

  files(): readonly FileName[] {
    this.enter()
    return this.machine.disk.names()
  }

  read(file: FileName): DiskImage | undefined {
    this.enter()
    return this.machine.disk.read(file)
  }

  setTimer(name: TimerName, after: Micros): void {
    this.enter()
    let timer = this.timers.get(name)
    if (timer === undefined) this.timers.set(name, (timer = new Timer(name)))
    timer.armed = true
    timer.deadline = this.now + after
    timer.sequence = this.world.nextSequence()
    this.world.trace.mix(timer.deadline | 0)
    this.queueTimer(timer)
  }

  clearTimer(name: TimerName): void {
    this.enter()
    const timer = this.timers.get(name)
    if (timer !== undefined) timer.armed = false
  }

  wake(thread: ThreadName): void {
    this.enter()
    const { world, machine } = this
    world.schedule(world.now + machine.turnDelay(thread), TURN, this, thread, null)
  }

  tell(fact: Fact): void {
    this.enter()
    this.world.hear(fact)
    // Whoever listens may have ended this process: a crash at the very moment when something came true.
    if (this.over) throw new Stopped()
  }

  exit(code: number, reason: string): never {
    this.enter()
    this.machine.exited(code, reason)
    throw new Stopped()
  }

  // ── for the kernel ──

  nextConnection(): number {
    this.connections += 1
    return this.connections
  }

  /** The process dies at the n-th call from now, which has no effect any more. */
  dieAtCall(n: number, death: Death): void {
    this.deathAt = this.calls + n
    this.death = death
  }

  liveOn(): void {
    this.deathAt = 0
  }

  /** The event of a timer is up. True: so is the timer. */
  isDue(event: Event): boolean {
    const timer = event.about as Timer
    if (timer.event !== event) return false
    timer.event = null
    if (!timer.armed) {
      this.timers.delete(timer.name)
      return false
    }
    const due = this.machine.clock.trueTimeOf(timer.deadline, this.world.now)
    if (due > this.world.now || (event.sequence < timer.sequence && !event.deferred)) {
      this.queueTimer(timer)
      return false
    }
    timer.armed = false
    this.timers.delete(timer.name)
    return true
  }

  /** The clock of the machine changed its rate: some timers are due earlier than their events are. */
  requeueTimers(): void {
    for (const timer of this.timers.values()) if (timer.armed) this.queueTimer(timer)
  }

  private queueTimer(timer: Timer): void {
    const due = this.machine.clock.trueTimeOf(timer.deadline, this.world.now)
    if (timer.event !== null && timer.event.time <= due) return
    const event = this.world.newEvent(due, TIMER, this, timer, null)
    event.sequence = timer.sequence
    timer.event = event
    this.world.queue.push(event)
  }

  private enter(): void {
    if (this.over) throw new Stopped()
    this.calls += 1
    if (this.calls === this.deathAt) {
      if (this.death === 'crash') this.machine.crash()
      else this.machine.powerCut()
      throw new Stopped()
    }
  }
}
