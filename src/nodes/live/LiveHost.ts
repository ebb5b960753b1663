import { Queue } from '../../base/Queue.ts'
import type { DiskRecord } from '../diskRecords.ts'
import type { Fact } from '../facts.ts'
import type {
  Connection,
  DiskError,
  DiskImage,
  Endpoint,
  FileName,
  Host,
  HostName,
  Micros,
  Node,
  NodeFactory,
  PortName,
  ThreadName,
  Ticket,
  TimerName,
} from '../Host.ts'
import type { Packet } from '../packets.ts'
import { type DiskAnswers, LiveDisk } from './LiveDisk.ts'
import { type AddressBook, type Link, Wire, type WireEvents } from './Wire.ts'

/** Who runs here, where its files are, and where the others are. */
export interface LiveConfig {
  readonly name: HostName
  /** Made if there is none. One process at a time. */
  readonly dataDir: string
  readonly addresses: AddressBook
  /** Hear every fact, as it is told. An error thrown here ends the node like one of its own. */
  readonly facts?: readonly FactHearer[]
}

export type FactHearer = (fact: Fact) => void

/** How a process ended: by `stop()`, by `kill()`, by `Host.exit`, or by an error that the node did not catch. */
export interface Ending {
  readonly how: 'stopped' | 'killed' | 'exited' | 'failed'
  readonly code: number
  readonly reason: string
  /** What was thrown, where `how` is `failed`. */
  readonly error?: unknown
}

/** Thrown by every Host call of a process that has ended. Nodes do not catch it. */
export class Stopped extends Error {
  override readonly name = 'Stopped'
}

type Stimulus =
  | { readonly type: 'start' }
  | { readonly type: 'accepted'; readonly link: Link; readonly port: PortName }
  | { readonly type: 'connected' | 'refused' | 'writable' | 'closed'; readonly link: Link }
  | { readonly type: 'packet'; readonly link: Link; readonly packet: Packet }
  | { readonly type: 'forced'; readonly ticket: Ticket }
  | { readonly type: 'diskFailed'; readonly ticket: Ticket; readonly error: DiskError }
  | { readonly type: 'timer'; readonly name: TimerName; readonly timer: Timer }
  | { readonly type: 'turn'; readonly thread: ThreadName }

interface Timer {
  readonly deadline: Micros
  handle: NodeJS.Timeout
  /** Stands in the queue of stimuli. */
  due: boolean
}

/** Stimuli in a row before sockets, files and timers are looked at again. */
const STEPS_PER_DRAIN = 64
/** The longest that setTimeout can wait. */
const MAX_TIMEOUT_MS = 0x7fff_ffff

/**
 * One process of a node over sockets, files and timers: one incarnation. A restart is another LiveHost on the same
 * directory.
 *
 * Everything that happens becomes a stimulus in one queue, which is drained from a macrotask: so steps never interleave
 * and no Host call calls back. What the steps of a drain appended goes to the operating system at its end, and only then
 * what they sent: a process that is killed has not told anyone of a record that it did not keep.
 */
export class LiveHost implements Host, WireEvents, DiskAnswers {
  /** Hear every fact from here on; may be added to at any time. */
  readonly facts: FactHearer[]
  /** Resolves when the process has ended and its sockets and files are closed. */
  readonly ended: Promise<Ending>
  private readonly name: HostName
  private readonly disk: LiveDisk
  private readonly wire: Wire
  private readonly timers = new Map<TimerName, Timer>()
  private readonly stimuli = new Queue<Stimulus>()
  private draining = false
  private node: Node | null = null
  private ending: Ending | null = null
  private resolveEnded: (ending: Ending) => void = () => {}
  private stepBegan: Micros
  private stepBeganWall: Micros

  /** @throws the error of the file system when the files cannot be read. */
  constructor(config: LiveConfig) {
    this.name = config.name
    this.facts = [...(config.facts ?? [])]
    this.disk = new LiveDisk(config.dataDir, this)
    this.wire = new Wire(config.name, config.addresses, this)
    this.ended = new Promise((resolve) => {
      this.resolveEnded = resolve
    })
    this.stepBegan = monotonicMicros()
    this.stepBeganWall = Date.now() * 1_000
  }

  /** Makes the node and starts it, once. Its `onStart` comes in a macrotask of its own. */
  run(factory: NodeFactory): Node {
    this.guard()
    this.node = factory.create(this)
    this.push({ type: 'start' })
    return this.node
  }

  /** How it ended; null as long as it runs. */
  get end(): Ending | null {
    return this.ending
  }

  /** Ends the process in peace: what was sent still leaves. Resolves like `ended`. */
  stop(): Promise<Ending> {
    return this.finish({ how: 'stopped', code: 0, reason: 'stopped' }, true)
  }

  /** Ends the process at once: what it appended is in the page cache, what it sent may be lost. Resolves like `ended`. */
  kill(): Promise<Ending> {
    return this.finish({ how: 'killed', code: 137, reason: 'killed' }, false)
  }

  // ── Host ──

  get now(): Micros {
    return this.stepBegan
  }

  get wallClock(): Micros {
    return this.stepBeganWall
  }

  random(): number {
    this.guard()
    return Math.random()
  }

  listen(port: PortName): void {
    this.guard()
    this.wire.listen(port)
  }

  unlisten(port: PortName): void {
    this.guard()
    this.wire.unlisten(port)
  }

  dial(to: Endpoint, attachment: unknown): Connection {
    this.guard()
    return this.wire.dial(to, attachment)
  }

  send(on: Connection, packet: Packet): boolean {
    this.guard()
    return this.wire.send(on as Link, packet)
  }

  hangUp(on: Connection): void {
    this.guard()
    // The good-bye carries along what was sent: so first what was appended.
    this.disk.flush()
    this.wire.hangUp(on as Link)
  }

  append(file: FileName, record: DiskRecord): void {
    this.guard()
    this.disk.append(file, record)
  }

  force(file: FileName): Ticket {
    this.guard()
    return this.disk.force(file)
  }

  replace(file: FileName, record: DiskRecord): Ticket {
    this.guard()
    return this.disk.replace(file, record)
  }

  truncate(file: FileName, length: number): void {
    this.guard()
    this.disk.truncate(file, length)
  }

  remove(file: FileName): void {
    this.guard()
    this.disk.remove(file)
  }

  files(): readonly FileName[] {
    this.guard()
    return this.disk.files()
  }

  read(file: FileName): DiskImage | undefined {
    this.guard()
    return this.disk.read(file)
  }

  setTimer(name: TimerName, after: Micros): void {
    this.guard()
    this.disarm(name)
    const deadline = this.stepBegan + after
    const handle = setTimeout(() => this.expire(name, timer), waitMs(deadline))
    const timer: Timer = { deadline, handle, due: false }
    this.timers.set(name, timer)
  }

  clearTimer(name: TimerName): void {
    this.guard()
    this.disarm(name)
  }

  wake(thread: ThreadName): void {
    this.guard()
    this.push({ type: 'turn', thread })
  }

  tell(fact: Fact): void {
    this.guard()
    for (const hear of this.facts) hear(fact)
    // Whoever listens may have ended this process: a kill at the very moment when something came true.
    if (this.ending !== null) throw new Stopped(this.ending.reason)
  }

  exit(code: number, reason: string): never {
    this.guard()
    void this.finish({ how: 'exited', code, reason }, true)
    throw new Stopped(reason)
  }

  // ── What the network and the disk report ──

  accepted(link: Link, port: PortName): void {
    this.push({ type: 'accepted', link, port })
  }

  connected(link: Link): void {
    this.push({ type: 'connected', link })
  }

  refused(link: Link): void {
    this.push({ type: 'refused', link })
  }

  packet(link: Link, packet: Packet): void {
    this.push({ type: 'packet', link, packet })
  }

  writable(link: Link): void {
    this.push({ type: 'writable', link })
  }

  closed(link: Link): void {
    this.push({ type: 'closed', link })
  }

  cannotListen(port: PortName, why: string): void {
    const reason = `cannot listen: host=${this.name} port=${port}: ${why}`
    void this.finish({ how: 'failed', code: 1, reason }, false)
  }

  forced(ticket: Ticket): void {
    this.push({ type: 'forced', ticket })
  }

  diskFailed(ticket: Ticket, error: DiskError): void {
    this.push({ type: 'diskFailed', ticket, error })
  }

  /**
   * Every Host call begins here.
   *
   * @throws Stopped when the process has ended.
   */
  protected guard(): void {
    if (this.ending !== null) throw new Stopped(this.ending.reason)
  }

  private push(stimulus: Stimulus): void {
    if (this.ending !== null) return
    this.stimuli.push(stimulus)
    if (this.draining) return
    this.draining = true
    setImmediate(() => this.drain())
  }

  private drain(): void {
    for (let left = STEPS_PER_DRAIN; left > 0 && this.ending === null; left--) {
      const stimulus = this.stimuli.shift()
      if (stimulus === undefined) break
      this.step(stimulus)
    }
    if (this.ending !== null) return
    this.disk.flush()
    this.wire.flush()
    this.draining = this.stimuli.length > 0
    if (this.draining) setImmediate(() => this.drain())
  }

  private step(stimulus: Stimulus): void {
    this.stepBegan = monotonicMicros()
    this.stepBeganWall = Date.now() * 1_000
    try {
      this.deliver(this.node as Node, stimulus)
    } catch (error) {
      if (error instanceof Stopped && this.ending !== null) return
      const message = error instanceof Error ? error.message : String(error)
      const reason = `threw in ${stimulus.type}: ${message}`
      if (this.ending === null) this.node?.onUncaught?.(message)
      void this.finish({ how: 'failed', code: 1, reason, error }, false)
    }
  }

  private deliver(node: Node, stimulus: Stimulus): void {
    switch (stimulus.type) {
      case 'start':
        node.onStart()
        break
      case 'forced':
        node.onForced(stimulus.ticket)
        break
      case 'diskFailed':
        node.onDiskFailed(stimulus.ticket, stimulus.error)
        break
      case 'turn':
        node.onTurn(stimulus.thread)
        break
      case 'timer':
        // It may have been cleared or armed anew while this stood in the queue.
        if (this.timers.get(stimulus.name) !== stimulus.timer) break
        this.timers.delete(stimulus.name)
        node.onTimer(stimulus.name)
        break
      case 'accepted':
        this.deliverAccepted(node, stimulus.link, stimulus.port)
        break
      case 'packet':
        this.wire.delivered(stimulus.link)
        if (stimulus.link.state === 'open') node.onPacket(stimulus.link, stimulus.packet)
        break
      default:
        this.deliverChange(node, stimulus.type, stimulus.link)
    }
  }

  private deliverAccepted(node: Node, link: Link, port: PortName): void {
    if (this.wire.isListening(port)) {
      link.state = 'open'
      node.onAccepted(link, port)
    } else this.wire.hangUp(link)
  }

  private deliverChange(
    node: Node,
    change: 'connected' | 'refused' | 'writable' | 'closed',
    link: Link,
  ): void {
    const dialled = change === 'connected' || change === 'refused'
    if (link.state !== (dialled ? 'fresh' : 'open')) return
    if (change === 'connected') {
      link.state = 'open'
      node.onConnected(link)
    } else if (change === 'writable') {
      if (!link.full) return
      link.full = false
      node.onWritable(link)
    } else {
      link.state = 'gone'
      if (change === 'refused') node.onRefused(link)
      else node.onClosed(link)
    }
  }

  /** Node's timers of different lengths fire in no particular order; here all that are due come by their deadlines. */
  private expire(name: TimerName, timer: Timer): void {
    const now = monotonicMicros()
    if (timer.deadline > now) {
      // setTimeout counts whole milliseconds from the beginning of one, and has a longest wait.
      timer.handle = setTimeout(() => this.expire(name, timer), waitMs(timer.deadline))
      return
    }
    const due = [...this.timers].filter(([, other]) => !other.due && other.deadline <= now)
    due.sort(([, a], [, b]) => a.deadline - b.deadline)
    for (const [dueName, dueTimer] of due) {
      clearTimeout(dueTimer.handle)
      dueTimer.due = true
      this.push({ type: 'timer', name: dueName, timer: dueTimer })
    }
  }

  private disarm(name: TimerName): void {
    const timer = this.timers.get(name)
    if (timer === undefined) return
    clearTimeout(timer.handle)
    this.timers.delete(name)
  }

  private finish(ending: Ending, gently: boolean): Promise<Ending> {
    if (this.ending !== null) return this.ended
    this.ending = Object.freeze(ending)
    this.stimuli.clear()
    for (const name of [...this.timers.keys()]) this.disarm(name)
    const diskClosed = this.disk.close()
    const wireClosed = this.wire.close(gently)
    void Promise.all([diskClosed, wireClosed]).then(() => this.resolveEnded(ending))
    return this.ended
  }
}

function monotonicMicros(): Micros {
  return Number(process.hrtime.bigint() / 1_000n)
}

function waitMs(deadline: Micros): number {
  return Math.min(Math.max(Math.ceil((deadline - monotonicMicros()) / 1_000), 0), MAX_TIMEOUT_MS)
}
