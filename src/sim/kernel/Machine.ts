/** A machine: a disk, a clock, and at most one process at a time. */
import { assert } from '../../base/assert.ts'
import { begin, type Copy, finish, type TwoStep } from '../../base/forkable.ts'
import type { HostName, Micros, Node, NodeFactory, ThreadName } from '../../nodes/Host.ts'
import { Clock } from './Clock.ts'
import { Disk } from './Disk.ts'
import { type Distribution, fixed, latencies, sample } from './Distribution.ts'
import { type Event, START } from './EventQueue.ts'
import { type Death, type Ending, SimHost } from './SimHost.ts'
import type { World } from './World.ts'

const AT_ONCE = fixed(0)

export type MachineState = 'down' | 'up' | 'paused'

interface SlowThreads {
  readonly prefix: string
  readonly extra: Distribution
}

const NOTHING: readonly never[] = Object.freeze([])

export class Machine implements TwoStep {
  readonly name: HostName
  /** Of the name, for the trace. */
  readonly hash: number
  clock: Clock
  /** All machines on the same computer, which share its clock; null where this is the only one. */
  private computer: Machine[] | null = null
  /** On the network, as others see it on connections from here on. */
  address: string
  state: MachineState = 'down'
  /** False after a power cut, until the next start. A machine without power answers nothing at all. */
  powered = true
  /** Counts starts. */
  incarnation = 0
  /** The process; null while down. */
  host: SimHost | null = null
  /** Why the last process ended, if by its own doing: its exit, or an error it did not catch. */
  exitCode: number | null = null
  exitReason: string | null = null
  /** From a wake to its turn. */
  turnLatency: Distribution

  private world: World
  private factory: NodeFactory
  /** Its place among the streams. */
  private readonly stream: number
  /** Null while nobody has asked for it: a client has none. */
  private ownDisk: Disk | null = null
  // Another when it changes: most stay empty, and are shared.
  private slowThreads: readonly SlowThreads[] = NOTHING
  private stalledThreads: readonly string[] = NOTHING
  private stalledTurns: readonly Event[] = NOTHING

  constructor(
    world: World,
    name: HostName,
    factory: NodeFactory,
    address: string,
    hash = world.trace.hashOf(name),
    stream = world.streams.place(`cpu/${name}`),
    clock = new Clock(),
  ) {
    this.world = world
    this.name = name
    this.factory = factory
    this.address = address
    this.hash = hash
    this.stream = stream
    this.clock = clock
    this.turnLatency = world.lockstep ? AT_ONCE : latencies.cpu
  }

  get disk(): Disk {
    this.ownDisk ??= new Disk(this.world, this.name)
    return this.ownDisk
  }

  get node(): Node | null {
    return this.host === null ? null : this.host.node
  }

  // ── the life of its process ──

  /** Starts a process on what the disk holds. */
  start(): void {
    assert(this.state === 'down', 'a machine that is down is started')
    this.powered = true
    this.state = 'up'
    this.incarnation += 1
    this.exitCode = null
    this.exitReason = null
    this.host = new SimHost(this.world, this, this.incarnation)
    this.host.node = this.factory.create(this.host)
    this.world.schedule(this.world.now, START, this.host, null, null)
  }

  /** Kills the process. What it wrote stays in the page cache; its connections are closed for it. */
  crash(): void {
    this.endProcess('crash')
  }

  /** To another machine's computer. Before either has been started. */
  moveBeside(other: Machine): void {
    const computer = other.computer ?? [other]
    computer.push(this)
    other.computer = computer
    this.computer = computer
    this.clock = other.clock
    this.address = other.address
  }

  /** Cuts the power of its computer. What was not forced may be lost, or torn; nobody hears of it but by waiting in vain. */
  powerCut(tearing = false, forcedOnly = false): void {
    if (this.computer === null) this.losePower(tearing, forcedOnly)
    else for (const machine of this.computer) machine.losePower(tearing, forcedOnly)
  }

  private losePower(tearing: boolean, forcedOnly: boolean): void {
    const ran = this.state !== 'down'
    if (ran) this.world.network.dropAll(this.end())
    this.powered = false
    this.ownDisk?.powerCut(tearing, forcedOnly)
    if (ran) this.world.died(this, 'powerCut')
  }

  restart(): void {
    if (this.state !== 'down') this.crash()
    this.start()
  }

  /** Stops the process where it is (SIGSTOP, a long garbage collection). Its machine goes on receiving for it. */
  pause(): void {
    assert(this.state === 'up', 'a process that runs is paused')
    this.state = 'paused'
  }

  /** The process runs on; all that happened meanwhile reaches it now, in order. */
  resume(): void {
    assert(this.state === 'paused', 'a paused process is resumed')
    this.state = 'up'
    this.deliverDeferred(this.host!)
  }

  /** A new disk, empty. */
  wipe(): void {
    assert(this.state === 'down', 'a machine that is down gets a new disk')
    this.ownDisk?.wipe()
  }

  /** The process dies at its n-th call to its host from now, in the middle of a step; the call does nothing. */
  crashAtCall(n: number, death: Death = 'crash'): void {
    assert(this.host !== null && n > 0, 'a process that lives has a call to die at')
    this.host.dieAtCall(n, death)
  }

  /** Its process does not die at the call that `crashAtCall` named. */
  callOffDeath(): void {
    this.host?.liveOn()
  }

  // ── threads ──

  /** Threads whose name begins so take this much longer to come to their turn; null: no more. */
  slowThread(prefix: string, extra: Distribution | null): void {
    const others = this.slowThreads.filter((slow) => slow.prefix !== prefix)
    if (extra !== null) others.push(Object.freeze({ prefix, extra }))
    this.slowThreads = Object.freeze(others)
  }

  /** Threads whose name begins so get no turn until `unstallThread`. */
  stallThread(prefix: string): void {
    this.stalledThreads = Object.freeze([...this.stalledThreads, prefix])
  }

  unstallThread(prefix: string): void {
    this.stalledThreads = Object.freeze(this.stalledThreads.filter((other) => other !== prefix))
    const turns = this.stalledTurns
    this.stalledTurns = NOTHING
    for (const turn of turns) this.world.scheduleAgain(turn, this.world.now)
  }

  /** No thread is slow or stalled any more. */
  restoreThreads(): void {
    this.slowThreads = NOTHING
    for (const prefix of this.stalledThreads) this.unstallThread(prefix)
  }

  // ── the clock ──

  /** The monotonic clock runs fast by `ppm` parts per million (slow, if negative). */
  setDrift(ppm: number): void {
    this.clock.setDrift(ppm, this.world.now)
    this.requeueTimers()
  }

  /** The monotonic clock is ahead by so much more. */
  advanceClock(by: Micros): void {
    this.clock.advance(by)
    this.requeueTimers()
  }

  private requeueTimers(): void {
    if (this.computer === null) this.host?.requeueTimers()
    else for (const machine of this.computer) machine.host?.requeueTimers()
  }

  // ── for the kernel ──

  turnDelay(thread: ThreadName): Micros {
    const random = this.world.streams.at(this.stream)
    let delay = sample(this.turnLatency, random)
    if (this.slowThreads.length === 0) return delay
    for (const slow of this.slowThreads) {
      if (thread.startsWith(slow.prefix)) delay += sample(slow.extra, random)
    }
    return delay
  }

  /** True: the turn is kept until the stall ends. */
  keepTurn(turn: Event): boolean {
    if (this.stalledThreads.length === 0) return false
    const thread = turn.about as ThreadName
    if (!this.stalledThreads.some((prefix) => thread.startsWith(prefix))) return false
    this.stalledTurns = [...this.stalledTurns, turn]
    return true
  }

  exited(code: number, reason: string): void {
    this.endProcess('exit')
    this.exitCode = code
    this.exitReason = reason
  }

  /** Puts what waited back into the queue, for now. */
  deliverDeferred(host: SimHost): void {
    const { deferred } = host
    if (deferred === null) return
    host.deferred = null
    host.backlog += deferred.length
    for (const event of deferred) {
      event.deferred = true
      this.world.scheduleAgain(event, this.world.now)
    }
  }

  /** There is room again in a receive buffer. */
  readOn(host: SimHost): void {
    if (host.unreadPipes.length === 0) return
    const pipes = host.unreadPipes
    host.unreadPipes = NOTHING
    for (const pipe of pipes) this.world.network.readOn(pipe)
  }

  [begin](): this {
    // Nobody else holds the clock, unless there are several machines on the computer: then `finish` copies it for all.
    const clock = this.computer === null ? this.clock.copy() : this.clock
    const copy = new Machine(this.world, this.name, this.factory, this.address, this.hash, this.stream, clock)
    copy.state = this.state
    copy.powered = this.powered
    copy.incarnation = this.incarnation
    copy.exitCode = this.exitCode
    copy.exitReason = this.exitReason
    copy.turnLatency = this.turnLatency
    return copy as this
  }

  [finish](into: this, copy: Copy): void {
    if (this.computer !== null) {
      into.clock = copy(this.clock)
      into.computer = copy(this.computer)
    }
    into.world = copy(this.world)
    into.factory = copy(this.factory)
    into.host = copy(this.host)
    into.ownDisk = copy(this.ownDisk)
    into.slowThreads = this.slowThreads
    into.stalledThreads = this.stalledThreads
    into.stalledTurns = copy(this.stalledTurns)
  }

  private endProcess(how: Ending): void {
    const host = this.end()
    this.world.network.closeAll(host)
    this.ownDisk?.processKilled()
    this.world.died(this, how)
  }

  private end(): SimHost {
    const host = this.host
    assert(host !== null, 'only a process that lives can end')
    this.world.deaths += 1
    host.over = true
    host.deferred = null
    host.unreadPipes = NOTHING
    this.host = null
    this.state = 'down'
    this.stalledTurns = NOTHING
    return host
  }
}
