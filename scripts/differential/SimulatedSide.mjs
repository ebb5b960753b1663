/** Sessions at a simulated server, by the packet. */
import { encodeRequest } from '../../dist/nodes/jute/encodeRequest.js'
import { OpCode } from '../../dist/nodes/opcodes.js'
import { bodyOf, lowHalf, notificationOf, SessionNames } from './replies.mjs'

const MILLI = 1000

export class SimulatedSide {
  names = new SessionNames()
  wires = new Map()
  machines = 0

  constructor(ensemble) {
    this.ensemble = ensemble
    this.world = ensemble.world
  }

  connect(step) {
    this.wires.get(step.session)?.hangUp()
    const of = step.of === null ? null : this.wires.get(step.of)
    const server = of?.server ?? step.server % this.ensemble.sids.length
    const wire = this.dial(step.address, server)
    this.wires.set(step.session, wire)
    wire.send({
      type: 'CONNECT',
      lastZxidSeen: step.lastZxidSeen,
      timeout: step.timeout,
      sessionId: of?.sessionId ?? '0x0',
      password: step.wrongPassword ? '\x01'.repeat(16) : (of?.password ?? '\0'.repeat(16)),
      readOnly: step.readOnly,
    })
    this.until(() => wire.opened || wire.closed, step.patience)
    this.names.add(wire.sessionId, step.session)
    return this.take(step.session)
  }

  dial(address, server) {
    this.machines += 1
    const name = `wire ${this.machines}`
    const to = Object.freeze({
      host: this.ensemble.machineOf(this.ensemble.sids[server]).name,
      port: 'client',
    })
    const machine = this.world.addMachine(name, { create: (host) => new SimulatedWire(host, to) })
    machine.address = address
    machine.start()
    machine.node.server = server
    return machine.node
  }

  request({ session, xid, opcode, body, patience }) {
    const wire = this.wires.get(session)
    wire.request(xid, opcode, body)
    this.until(() => wire.closed || wire.owed.length === 0, patience)
    if (opcode === OpCode.closeSession) this.until(() => wire.closed, patience)
  }

  hangUp({ session }) {
    this.wires.get(session).hangUp()
    this.pause(20)
  }

  pause(time) {
    this.world.runUntil(this.world.now + time * MILLI)
  }

  sync(session, xid) {
    const wire = this.wires.get(session)
    if (wire.closed) return
    wire.request(xid, OpCode.sync, encodeRequest({ type: 'sync', path: '/' }))
    this.until(() => wire.closed || wire.owed.length === 0, 5000)
  }

  take(session) {
    const wire = this.wires.get(session)
    const news = wire.news.map((packet) => this.print(packet))
    wire.news = []
    return wire.closed ? [...news, 'closed'] : news
  }

  print(packet) {
    switch (packet.type) {
      case 'WATCHEREVENT':
        return notificationOf(packet)
      case 'CONNECTED': {
        const { timeout, sessionId, readOnly } = packet
        return { timeout, valid: sessionId !== '0x0', readOnly }
      }
      case 'REPLY': {
        const { xid, zxid, err, result } = packet
        return { xid, zxid: lowHalf(zxid), err, body: bodyOf(result, this.names.of) }
      }
    }
  }

  until(holds, patience) {
    const end = this.world.now + patience * MILLI
    while (!holds()) {
      const next = this.world.queue.first
      if (next === undefined || next.time > end) {
        this.world.runUntil(end)
        return
      }
      this.world.step()
    }
  }

  stop() {}
}

class SimulatedWire {
  sessionId = '0x0'
  password = '\0'.repeat(16)
  connection = null
  closed = false
  opened = false
  owed = []
  news = []
  waiting = []

  constructor(host, to) {
    this.host = host
    this.to = to
  }

  request(xid, opcode, body) {
    this.owed = [xid]
    this.send({ type: 'CLIENTREQUEST', xid, op: Object.freeze({ type: 'raw', opcode, body }) })
  }

  send(packet) {
    if (this.closed) return
    if (this.connection === null) this.waiting.push(Object.freeze(packet))
    else this.host.send(this.connection, Object.freeze(packet))
  }

  hangUp() {
    if (this.connection !== null && !this.closed) this.host.hangUp(this.connection)
    this.closed = true
  }

  onStart() {
    this.host.dial(this.to, null)
  }

  onConnected(connection) {
    this.connection = connection
    for (const packet of this.waiting) this.host.send(connection, packet)
    this.waiting = []
  }

  onPacket(_connection, packet) {
    this.news.push(packet)
    if (packet.type === 'CONNECTED') {
      this.opened = true
      if (packet.sessionId !== '0x0')
        Object.assign(this, { sessionId: packet.sessionId, password: packet.password })
    } else if (packet.type === 'REPLY') {
      const at = this.owed.indexOf(packet.xid)
      if (at >= 0) this.owed.splice(at, 1)
    }
  }

  onClosed() {
    this.closed = true
  }

  onRefused() {
    this.closed = true
  }

  onAccepted() {}
  onWritable() {}
  onForced() {}
  onDiskFailed() {}
  onTimer() {}
  onTurn() {}
}
