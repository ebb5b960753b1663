/** Sessions at a real server, by the wire. */
import { connect } from 'node:net'
import { encodeRequest } from '../../dist/nodes/jute/encodeRequest.js'
import { OpCode } from '../../dist/nodes/opcodes.js'
import { HOST } from './RealServer.mjs'
import { Frame, readBody, readNotification, SessionNames } from './replies.mjs'

const NOTIFICATION_XID = -1

export class RealSide {
  names = new SessionNames()
  wires = new Map()

  constructor(servers) {
    this.servers = servers
  }

  async connect(step) {
    this.wires.get(step.session)?.socket.destroy()
    const of = step.of === null ? null : this.wires.get(step.of)
    // A session stays at its server.
    const server = of?.server ?? step.server % this.servers.length
    const wire = new RealWire(this.servers[server].port, step.address, this.names)
    wire.server = server
    this.wires.set(step.session, wire)
    await wire.handshake(step, of, step.patience)
    this.names.add(wire.sessionId, step.session)
    return wire.take()
  }

  async request({ session, xid, opcode, body, patience }) {
    const wire = this.wires.get(session)
    wire.request(xid, opcode, body)
    await wire.until(() => wire.closed || wire.owed.length === 0, patience)
    if (opcode === OpCode.closeSession) await wire.until(() => wire.closed, patience)
  }

  async hangUp({ session }) {
    this.wires.get(session).socket.destroy()
    await this.pause(20)
  }

  pause(time) {
    return new Promise((resolve) => setTimeout(resolve, time))
  }

  async sync(session, xid) {
    const wire = this.wires.get(session)
    if (wire.closed) return
    wire.request(xid, OpCode.sync, encodeRequest({ type: 'sync', path: '/' }))
    await wire.until(() => wire.closed || wire.owed.length === 0, 5000)
  }

  take(session) {
    return this.wires.get(session).take()
  }

  stop() {
    for (const wire of this.wires.values()) wire.socket.destroy()
  }
}

class RealWire {
  sessionId = '0x0'
  password = '\0'.repeat(16)
  closed = false
  /** The request without an answer: `[xid, opcode]`. */
  owed = []
  news = []
  waiting = []
  received = Buffer.alloc(0)
  opened = false

  constructor(port, localAddress, names) {
    this.names = names
    this.socket = connect({ port, host: HOST, localAddress, noDelay: true })
    this.socket.on('data', (bytes) => this.hear(bytes))
    this.socket.on('error', () => {})
    this.socket.on('close', () => {
      this.closed = true
      this.wake()
    })
  }

  take() {
    const { news } = this
    this.news = []
    return this.closed ? [...news, 'closed'] : news
  }

  async handshake({ timeout, lastZxidSeen, wrongPassword, readOnly }, of, patience) {
    const { sessionId, password } = of ?? this
    const body = Buffer.alloc(4 + 8 + 4 + 8 + 4 + 16 + 1)
    body.writeBigInt64BE(BigInt(lastZxidSeen), 4)
    body.writeInt32BE(timeout, 12)
    body.writeBigUInt64BE(BigInt(sessionId), 16)
    body.writeInt32BE(16, 24)
    body.write(wrongPassword ? '\x01'.repeat(16) : password, 28, 'latin1')
    body[44] = readOnly ? 1 : 0
    this.send(body)
    await this.until(() => this.opened || this.closed, patience)
  }

  request(xid, opcode, body) {
    const bytes = Buffer.alloc(8 + body.length)
    bytes.writeInt32BE(xid, 0)
    bytes.writeInt32BE(opcode, 4)
    bytes.write(body, 8, 'latin1')
    // What had no answer in its time is given up.
    this.owed = [[xid, opcode]]
    this.send(bytes)
  }

  send(body) {
    if (this.closed) return
    const length = Buffer.alloc(4)
    length.writeInt32BE(body.length)
    this.socket.write(Buffer.concat([length, body]))
  }

  hear(bytes) {
    this.received = Buffer.concat([this.received, bytes])
    while (this.received.length >= 4) {
      const end = 4 + this.received.readInt32BE(0)
      if (this.received.length < end) break
      const frame = new Frame(this.received.subarray(4, end))
      this.received = this.received.subarray(end)
      this.news.push(this.opened ? this.read(frame) : this.readConnected(frame))
    }
    this.wake()
  }

  readConnected(frame) {
    frame.int()
    const timeout = frame.int()
    const sessionId = frame.id()
    const password = frame.bytes()
    if (sessionId !== '0x0') Object.assign(this, { sessionId, password })
    this.opened = true
    return { timeout, valid: sessionId !== '0x0', readOnly: frame.bool() }
  }

  read(frame) {
    const xid = frame.int()
    if (xid === NOTIFICATION_XID) return readNotification(frame)
    const zxid = frame.zxid()
    const err = frame.int()
    const at = this.owed.findIndex(([owed]) => owed === xid)
    const opcode = at < 0 ? 0 : this.owed[at][1]
    if (at >= 0) this.owed.splice(at, 1)
    // No client looks behind an error.
    return { xid, zxid, err, body: err === 0 ? readBody(opcode, frame, this.names.of) : null }
  }

  wake() {
    for (const look of this.waiting) look()
  }

  /** Resolves once it holds, or out of patience. */
  until(holds, patience) {
    return new Promise((resolve) => {
      const done = () => {
        clearTimeout(timer)
        this.waiting = this.waiting.filter((other) => other !== look)
        resolve()
      }
      const look = () => {
        if (holds()) done()
      }
      const timer = setTimeout(done, patience)
      this.waiting.push(look)
      look()
    })
  }
}
