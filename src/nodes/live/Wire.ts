import { createServer, type Server, Socket } from 'node:net'
import type { Connection, Endpoint, HostName, PortName } from '../Host.ts'
import type { Packet } from '../packets.ts'
import { decodeHello, decodePacket, encodeHello, encodePacket } from './codec.ts'
import { FrameReader } from './frames.ts'
import { Malformed } from './Malformed.ts'

/** Where a port of a machine is reached. `host` is a name or an address, as `net.connect` takes it. */
export interface TcpAddress {
  readonly host: string
  readonly port: number
}

/** Who listens where. A machine that only dials (a client) need not be in it. */
export type AddressBook = Readonly<Record<HostName, Readonly<Partial<Record<PortName, TcpAddress>>>>>

/** Who hears of the network. Never called from inside a call to the wire. */
export interface WireEvents {
  accepted(link: Link, port: PortName): void
  connected(link: Link): void
  refused(link: Link): void
  packet(link: Link, packet: Packet): void
  writable(link: Link): void
  closed(link: Link): void
  cannotListen(port: PortName, why: string): void
}

/** A connection over TCP. */
export class Link implements Connection {
  readonly id: number
  readonly remote: HostName
  readonly remoteAddress: string
  attachment: unknown
  readonly socket: Socket
  /** As the node knows it: `fresh` until it hears of it, `gone` when it hears no more. */
  state: 'fresh' | 'open' | 'gone' = 'fresh'
  /** The last `send` returned false. */
  full = false
  /** Received, and waiting for the node. */
  undelivered = 0
  /** The end of it was reported. */
  over = false

  constructor(id: number, remote: HostName, remoteAddress: string, attachment: unknown, socket: Socket) {
    this.id = id
    this.remote = remote
    this.remoteAddress = remoteAddress
    this.attachment = attachment
    this.socket = socket
  }
}

/** IPv4 as such, also where the system shows it inside of IPv6. */
function plainAddress(socket: Socket): string {
  return (socket.remoteAddress ?? '').replace(/^::ffff:/, '')
}

/** Packets that may wait for the node before a connection is read no further, so that TCP slows its sender. */
const MAX_UNDELIVERED = 1_024
/** How long someone who dialled may take to say who they are, and the other end to take what was sent before a hang-up. */
const PATIENCE_MS = 5_000
/** The port may be held for a moment by the process before this one. Java: zookeeper.electionPortBindRetry */
const BIND_ATTEMPTS = 20
const BIND_RETRY_MS = 50

/**
 * The network of one node: TCP connections that carry one packet a frame, each begun by a greeting that says who dials.
 *
 * Java: QuorumCnxManager, Leader's and Learner's sockets, NIOServerCnxn: the parts of them that touch a socket. A
 * connection that carries anything but well-formed frames is closed. The greeting is believed: there is no
 * authentication.
 */
export class Wire {
  private readonly name: HostName
  private readonly addresses: AddressBook
  private readonly events: WireEvents
  private readonly listeners = new Map<PortName, Server>()
  private readonly sockets = new Set<Socket>()
  private readonly corked = new Set<Socket>()
  private lastId = 0
  private closed = false
  private whenClosed: (() => void) | null = null

  constructor(name: HostName, addresses: AddressBook, events: WireEvents) {
    this.name = name
    this.addresses = addresses
    this.events = events
  }

  listen(port: PortName): void {
    if (this.listeners.has(port)) return
    const server = createServer({ noDelay: true }, (socket) => this.welcome(socket, port, server))
    this.listeners.set(port, server)
    const address = this.addresses[this.name]?.[port]
    if (address === undefined) {
      setImmediate(() => this.events.cannotListen(port, 'the address book has no such port'))
      return
    }
    this.bind(server, port, address, BIND_ATTEMPTS)
  }

  /** Connections accepted before stay; those the node has not heard of yet do not. */
  unlisten(port: PortName): void {
    this.listeners.get(port)?.close()
    this.listeners.delete(port)
  }

  isListening(port: PortName): boolean {
    return this.listeners.has(port)
  }

  dial(to: Endpoint, attachment: unknown): Link {
    const socket = this.own(new Socket())
    const address = this.addresses[to.host]?.[to.port]
    const link = new Link(++this.lastId, to.host, address?.host ?? '', attachment, socket)
    let connected = false
    socket.on('connect', () => {
      // A port without a listener may be the very port this end was given: TCP then connects a socket to itself.
      if (socket.localPort === socket.remotePort && socket.localAddress === socket.remoteAddress) {
        socket.destroy()
        return
      }
      connected = true
      socket.setNoDelay(true)
      socket.write(encodeHello(this.name, to.host, to.port))
      this.events.connected(link)
      this.serve(link, new FrameReader())
    })
    socket.on('close', () => {
      if (!connected && !this.closed) this.events.refused(link)
    })
    if (address === undefined) setImmediate(() => socket.destroy())
    else socket.connect(address.port, address.host)
    return link
  }

  /** Sent with the next `flush`. False when the socket has more to write than it likes. */
  send(link: Link, packet: Packet): boolean {
    const socket = link.socket
    if (link.state !== 'open' || !socket.writable) return true
    if (!this.corked.has(socket)) {
      socket.cork()
      this.corked.add(socket)
    }
    if (!socket.write(encodePacket(packet))) link.full = true
    return !link.full
  }

  flush(): void {
    for (const socket of this.corked) socket.uncork()
    this.corked.clear()
  }

  hangUp(link: Link): void {
    if (link.state === 'open') this.end(link.socket)
    else if (link.state === 'fresh') link.socket.destroy()
    link.state = 'gone'
  }

  /** One packet of this link has reached the node. */
  delivered(link: Link): void {
    link.undelivered -= 1
    if (link.undelivered === 0 && link.socket.isPaused()) link.socket.resume()
  }

  /**
   * Closes everything: `gently` lets what was sent reach its destination first. Resolves when no socket is left.
   */
  close(gently: boolean): Promise<void> {
    this.closed = true
    if (gently) this.flush()
    for (const port of [...this.listeners.keys()]) this.unlisten(port)
    for (const socket of this.sockets) {
      if (gently && !socket.connecting) this.end(socket)
      else socket.destroy()
    }
    return new Promise((resolve) => {
      this.whenClosed = resolve
      if (this.sockets.size === 0) resolve()
    })
  }

  private bind(server: Server, port: PortName, address: TcpAddress, attempts: number): void {
    server.once('error', (error) => {
      if (this.listeners.get(port) !== server) return
      const retry = (error as NodeJS.ErrnoException).code === 'EADDRINUSE' && attempts > 1
      if (!retry) return this.events.cannotListen(port, error.message)
      setTimeout(() => {
        if (this.listeners.get(port) === server) this.bind(server, port, address, attempts - 1)
      }, BIND_RETRY_MS)
    })
    server.listen(address.port, address.host)
  }

  /** Someone dialled; who it is, the first frame says. */
  private welcome(socket: Socket, port: PortName, server: Server): void {
    this.own(socket)
    if (this.listeners.get(port) !== server) {
      socket.destroy()
      return
    }
    const reader = new FrameReader()
    const impatience = setTimeout(() => socket.destroy(), PATIENCE_MS)
    const listen = (chunk: Buffer) => {
      const from = readGreeting(reader, chunk, this.name, port)
      if (from === null) return
      clearTimeout(impatience)
      socket.off('data', listen)
      if (from === undefined || this.listeners.get(port) !== server) return void socket.destroy()
      const link = new Link(++this.lastId, from, plainAddress(socket), null, socket)
      this.events.accepted(link, port)
      this.serve(link, reader)
      this.read(link, reader)
    }
    socket.on('data', listen)
    socket.on('close', () => clearTimeout(impatience))
  }

  private serve(link: Link, reader: FrameReader): void {
    const { socket } = link
    socket.on('data', (chunk) => {
      if (link.over || link.state === 'gone') return
      reader.push(chunk)
      this.read(link, reader)
    })
    socket.on('drain', () => this.events.writable(link))
    socket.on('end', () => {
      // Both ends of a connection close as one: nobody reads any more what this end would still write.
      socket.destroy()
      this.over(link)
    })
    socket.on('close', () => this.over(link))
  }

  private read(link: Link, reader: FrameReader): void {
    try {
      for (let start = reader.offset, payload = reader.next(); payload !== null; payload = reader.next()) {
        this.events.packet(link, decodePacket(payload, start))
        link.undelivered += 1
        start = reader.offset
      }
    } catch (error) {
      if (!(error instanceof Malformed)) throw error
      link.socket.destroy()
      this.over(link)
    }
    if (link.undelivered >= MAX_UNDELIVERED) link.socket.pause()
  }

  private over(link: Link): void {
    if (link.over || this.closed) return
    link.over = true
    this.events.closed(link)
  }

  /** Says good-bye after what was sent; reads on, so that the good-bye is not lost to a reset. */
  private end(socket: Socket): void {
    socket.uncork()
    this.corked.delete(socket)
    socket.end()
    socket.resume()
    socket.setTimeout(PATIENCE_MS, () => socket.destroy())
  }

  private own(socket: Socket): Socket {
    this.sockets.add(socket)
    // 'close' follows every error and is where it is dealt with.
    socket.on('error', () => {})
    socket.on('close', () => {
      this.sockets.delete(socket)
      this.corked.delete(socket)
      if (this.closed && this.sockets.size === 0) this.whenClosed?.()
    })
    return socket
  }
}

/** Who greets; null when more must arrive first, undefined when it is not a greeting to this port of this machine. */
function readGreeting(
  reader: FrameReader,
  chunk: Buffer,
  name: HostName,
  port: PortName,
): HostName | null | undefined {
  try {
    reader.push(chunk)
    const start = reader.offset
    const payload = reader.next()
    if (payload === null) return null
    const hello = decodeHello(payload, start)
    return hello.to === name && hello.port === port ? hello.from : undefined
  } catch (error) {
    if (!(error instanceof Malformed)) throw error
    return undefined
  }
}
