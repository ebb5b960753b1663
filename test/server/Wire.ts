import type { Connection, Endpoint, Host, Node, NodeFactory } from '../../src/nodes/Host.ts'
import type { Operation, Packet, PacketOf } from '../../src/nodes/packets.ts'
import type { World } from '../../src/sim/kernel/World.ts'

const SECOND = 1_000_000
const NO_PASSWORD = '\0'.repeat(16)

/** The far end of one connection: says what it is told to, and keeps what comes. */
class WireNode implements Node {
  readonly received: Packet[] = []
  connection: Connection | null = null
  closed = false
  private readonly host: Host
  private readonly to: Endpoint
  private waiting: Packet[] = []

  constructor(host: Host, to: Endpoint) {
    this.host = host
    this.to = to
  }

  send(packet: Packet): void {
    if (this.connection === null) this.waiting.push(packet)
    else this.host.send(this.connection, packet)
  }

  hangUp(): void {
    if (this.connection !== null) this.host.hangUp(this.connection)
  }

  onStart(): void {
    this.host.dial(this.to, null)
  }

  onConnected(connection: Connection): void {
    this.connection = connection
    for (const packet of this.waiting) this.host.send(connection, packet)
    this.waiting = []
  }

  onPacket(_connection: Connection, packet: Packet): void {
    this.received.push(packet)
  }

  onClosed(): void {
    this.closed = true
  }

  onRefused(): void {
    this.closed = true
  }

  onAccepted(): void {}
  onWritable(): void {}
  onForced(): void {}
  onDiskFailed(): void {}
  onTimer(): void {}
  onTurn(): void {}
}

class WireFactory implements NodeFactory {
  private readonly to: Endpoint

  constructor(to: Endpoint) {
    this.to = to
  }

  create(host: Host): Node {
    return new WireNode(host, this.to)
  }
}

/** A client by the packet, on a machine of its own: no pings, no reconnecting, xids counted. */
export class Wire {
  sessionId = '0x0'
  password = NO_PASSWORD
  private readonly world: World
  private readonly name: string
  private xid = 0
  private read = 0

  constructor(world: World, name: string, server = '1') {
    this.world = world
    this.name = name
    world.addMachine(name, new WireFactory({ host: server, port: 'client' }))
    world.machine(name).start()
  }

  private get node(): WireNode {
    return this.world.machine(this.name).node as WireNode
  }

  get closed(): boolean {
    return this.node.closed
  }

  /** All that came since the last look. */
  take(): Packet[] {
    const news = this.node.received.slice(this.read)
    this.read = this.node.received.length
    return news
  }

  send(packet: Packet): void {
    this.node.send(Object.freeze(packet))
  }

  /** Lets time pass. */
  wait(seconds = 0.5): this {
    this.world.runUntil(this.world.now + seconds * SECOND)
    return this
  }

  /** Shakes hands. */
  connect(options: Partial<PacketOf<'CONNECT'>> = {}): this {
    this.send({
      type: 'CONNECT',
      lastZxidSeen: 0,
      timeout: 30_000,
      sessionId: '0x0',
      password: NO_PASSWORD,
      readOnly: false,
      ...options,
    })
    this.wait()
    const [answer] = this.node.received
    if (answer?.type === 'CONNECTED') {
      this.sessionId = answer.sessionId
      this.password = answer.password
    }
    return this
  }

  /** Sends a request. @returns its xid. */
  request(op: Operation, xid = ++this.xid): number {
    this.send({ type: 'CLIENTREQUEST', xid, op: Object.freeze(op) })
    return xid
  }

  /** A request, and all that comes until half a second later, briefly. */
  ask(op: Operation, xid?: number): string[] {
    this.take()
    this.request(op, xid)
    this.wait()
    return this.news()
  }

  /** What came since the last look, a word each: `NodeCreated /a @5`, `reply 3 0`, `closed`. */
  news(): string[] {
    const words = this.take().map(brief)
    return this.closed ? [...words, 'closed'] : words
  }

  hangUp(): void {
    this.node.hangUp()
    this.wait(0.1)
  }
}

function brief(packet: Packet): string {
  switch (packet.type) {
    case 'WATCHEREVENT':
      return `${packet.event} ${packet.path} @${packet.zxid}`
    case 'REPLY':
      return packet.err === 0 ? 'ok' : `error ${packet.err}`
    case 'COMMANDANSWER':
      return packet.text
    default:
      return packet.type
  }
}
