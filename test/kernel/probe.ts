import type {
  Connection,
  DiskError,
  Host,
  HostName,
  Node,
  NodeFactory,
  PortName,
  ThreadName,
  Ticket,
  TimerName,
} from '../../src/nodes/Host.ts'
import type { DiskRecord, Fact, Packet } from '../../src/sim/kernel/types.ts'
import { World, type WorldOptions } from '../../src/sim/kernel/World.ts'

/** The kernel only looks at `type`; tests have packets, records and facts of their own. */
export function packet(type: string, n = 0): Packet {
  return Object.freeze({ type, n }) as unknown as Packet
}

export function record(n: number): DiskRecord {
  return Object.freeze({ type: 'record', n }) as unknown as DiskRecord
}

export function fact(type: string): Fact {
  return Object.freeze({ type }) as unknown as Fact
}

export function numberIn(thing: unknown): number {
  return (thing as { n: number }).n
}

/** Writes down what it hears. Tests act through its host, as it would in a step. */
export class Probe implements Node {
  readonly host: Host
  heard: string[] = []
  times: number[] = []
  connections: Connection[] = []

  constructor(host: Host) {
    this.host = host
  }

  onStart(): void {
    this.host.listen('quorum')
    this.host.listen('client')
    this.hear('start')
  }

  onAccepted(connection: Connection, port: PortName): void {
    this.connections.push(connection)
    this.hear(`accepted ${connection.remote} ${port}`)
  }

  onConnected(connection: Connection): void {
    this.hear(`connected ${connection.remote}`)
  }

  onRefused(connection: Connection): void {
    this.hear(`refused ${connection.remote}`)
  }

  onPacket(connection: Connection, packet: Packet): void {
    this.hear(`${packet.type}${numberIn(packet)} from ${connection.remote}`)
  }

  onWritable(connection: Connection): void {
    this.hear(`writable ${connection.remote}`)
  }

  onClosed(connection: Connection): void {
    this.hear(`closed ${connection.remote}`)
  }

  onForced(ticket: Ticket): void {
    this.hear(`forced ${ticket}`)
  }

  onDiskFailed(ticket: Ticket, error: DiskError): void {
    this.hear(`${error} ${ticket}`)
  }

  onTimer(name: TimerName): void {
    this.hear(`timer ${name}`)
  }

  onTurn(thread: ThreadName): void {
    this.hear(`turn ${thread}`)
  }

  private hear(what: string): void {
    this.heard.push(what)
    this.times.push(this.host.now)
  }
}

export const probes: NodeFactory = Object.freeze({ create: (host: Host) => new Probe(host) })

/** Machines '1', '2' … with a Probe each, started. */
export function probeWorld(count: number, options: Partial<WorldOptions> = {}): World {
  const world = new World({ seed: 'probe', ...options })
  for (let i = 1; i <= count; i += 1) world.addMachine(String(i), probes).start()
  world.runUntil(0)
  return world
}

export function probe(world: World, name: HostName): Probe {
  return world.machine(name).node as Probe
}

/** Dials, waits until both ends know, and forgets what was heard so far. */
export function connect(world: World, from: HostName, to: HostName): [Connection, Connection] {
  const connection = probe(world, from).host.dial(Object.freeze({ host: to, port: 'quorum' }), null)
  world.runUntil(world.now + 1_000_000)
  const accepted = probe(world, to).connections.at(-1)!
  forget(world)
  return [connection, accepted]
}

export function forget(world: World): void {
  for (const { node } of world.machines) {
    if (node === null) continue
    ;(node as Probe).heard = []
    ;(node as Probe).times = []
  }
}

export function seconds(n: number): number {
  return n * 1_000_000
}

/** Keeps itself busy with everything a node can do, as its own random stream says. */
export class Busy extends Probe {
  private count = 0
  private written = 0

  override onStart(): void {
    super.onStart()
    this.host.setTimer('tick', 1_000)
    this.host.wake('main')
    for (const to of ['1', '2', '3']) this.host.dial(Object.freeze({ host: to, port: 'quorum' }), null)
  }

  override onAccepted(connection: Connection): void {
    this.connections.push(connection)
  }

  override onConnected(connection: Connection): void {
    this.connections.push(connection)
    this.talk(connection)
  }

  override onPacket(connection: Connection, packet: Packet): void {
    this.count += numberIn(packet)
    if (this.host.random() < 0.7) this.talk(connection)
    if (this.host.random() < 0.02) {
      this.host.hangUp(connection)
      this.connections = this.connections.filter((other) => other !== connection)
    }
  }

  override onClosed(connection: Connection): void {
    this.connections = this.connections.filter((other) => other !== connection)
  }

  override onRefused(): void {}

  override onForced(ticket: Ticket): void {
    this.count += ticket
    this.host.tell(fact('forced'))
  }

  override onTimer(name: TimerName): void {
    this.host.setTimer(name, 500 + Math.floor(this.host.random() * 1_000))
    this.host.append('log', record(this.written++))
    if (this.host.random() < 0.5) this.host.force('log')
    if (this.connections.length < 3) {
      this.host.dial(
        Object.freeze({ host: String(1 + Math.floor(this.host.random() * 3)), port: 'quorum' }),
        null,
      )
    }
    for (const connection of this.connections) this.talk(connection)
  }

  override onTurn(thread: ThreadName): void {
    this.host.tell(fact('turned'))
    if (this.host.random() < 0.1) this.host.setTimer('tick', 300)
    else this.host.wake(thread)
  }

  private talk(connection: Connection): void {
    this.host.send(connection, packet(this.count % 2 === 0 ? 'EVEN' : 'ODD', 1))
  }
}

export const busies: NodeFactory = Object.freeze({ create: (host: Host) => new Busy(host) })

export function busyWorld(seed: number, options: Partial<WorldOptions> = {}): World {
  const world = new World({ seed, ...options })
  for (const name of ['1', '2', '3']) world.addMachine(name, busies).start()
  return world
}
