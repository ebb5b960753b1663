/**
 * Replies and notifications of both sides in one shape. Stats are
 * `[czxid, mzxid, pzxid, version, cversion, aversion, owner, dataLength, numChildren]`.
 */
import { decodeUtf8 } from '../../dist/nodes/jute/utf8.js'
import { OpCode } from '../../dist/nodes/opcodes.js'

/** What an epoch counts for in a zxid. */
export const EPOCH = 2 ** 32
const NO_OWNER = '0x0'
const eventTypes = [null, 'NodeCreated', 'NodeDeleted', 'NodeDataChanged', 'NodeChildrenChanged']

/** A zxid without its epoch. */
export function lowHalf(zxid) {
  return zxid < 0 ? zxid : zxid % EPOCH
}

/** Reads a frame of a real server. */
export class Frame {
  constructor(buffer) {
    this.buffer = buffer
    this.at = 0
  }

  get left() {
    return this.buffer.length - this.at
  }

  int() {
    this.at += 4
    return this.buffer.readInt32BE(this.at - 4)
  }

  bool() {
    this.at += 1
    return this.buffer[this.at - 1] !== 0
  }

  zxid() {
    this.at += 8
    return lowHalf(Number(this.buffer.readBigInt64BE(this.at - 8)))
  }

  id() {
    this.at += 8
    return `0x${this.buffer.readBigUInt64BE(this.at - 8).toString(16)}`
  }

  bytes() {
    const length = this.int()
    if (length < 0) return null
    this.at += length
    return this.buffer.toString('latin1', this.at - length, this.at)
  }

  text() {
    const bytes = this.bytes()
    return bytes === null ? null : decodeUtf8(bytes)
  }

  list(read) {
    const count = this.int()
    return Array.from({ length: Math.max(0, count) }, () => read())
  }

  texts() {
    return this.list(() => this.text())
  }

  stat(nameOf) {
    const czxid = this.zxid()
    const mzxid = this.zxid()
    this.at += 16
    const [version, cversion, aversion] = [this.int(), this.int(), this.int()]
    const owner = this.id()
    const [dataLength, numChildren] = [this.int(), this.int()]
    return [czxid, mzxid, this.zxid(), version, cversion, aversion, nameOf(owner), dataLength, numChildren]
  }
}

/** @param nameOf names the session of an id. */
export function readNotification(frame) {
  const zxid = frame.zxid()
  frame.int()
  const type = frame.int()
  const state = frame.int()
  return printEvent(
    `${eventTypes[type] ?? type}${state === 3 ? '' : ` in state ${state}`}`,
    frame.text(),
    zxid,
  )
}

export function notificationOf(packet) {
  return printEvent(packet.event, packet.path, lowHalf(packet.zxid))
}

function printEvent(event, path, zxid) {
  return `${event} ${path}${zxid === -1 ? '' : ` z=${zxid}`}`
}

/** The body behind the header of a reply. */
export function readBody(opcode, frame, nameOf) {
  if (frame.left === 0) return null
  const body = readRecord(opcode, frame, nameOf)
  // The token, of which there is none.
  if (opcode === OpCode.sasl && frame.bytes() === null) return null
  return frame.left === 0 ? body : { ...body, left: frame.buffer.toString('hex', frame.at) }
}

function readRecord(opcode, frame, nameOf) {
  switch (opcode) {
    case OpCode.create:
    case OpCode.sync:
      return { path: frame.text() }
    case OpCode.create2:
    case OpCode.createContainer:
    case OpCode.createTTL:
      return { path: frame.text(), stat: frame.stat(nameOf) }
    case OpCode.exists:
    case OpCode.setData:
    case OpCode.setACL:
      return { stat: frame.stat(nameOf) }
    case OpCode.getData:
    case OpCode.reconfig:
      return { data: frame.bytes(), stat: frame.stat(nameOf) }
    case OpCode.getChildren:
      return { children: frame.texts().sort() }
    case OpCode.getChildren2:
      return { children: frame.texts().sort(), stat: frame.stat(nameOf) }
    case OpCode.getACL:
      return {
        acl: frame.list(() => `${frame.int()} ${frame.text()}:${frame.text()}`),
        stat: frame.stat(nameOf),
      }
    case OpCode.getAllChildrenNumber:
      return { totalNumber: frame.int() }
    case OpCode.getEphemerals:
      return { ephemerals: frame.texts().sort() }
    case OpCode.whoAmI:
      return { who: frame.list(() => `${frame.text()}:${frame.text()}`).sort() }
    case OpCode.addWatch:
      return { err: frame.int() }
    case OpCode.multi:
    case OpCode.multiRead:
      return { results: readResults(frame, nameOf) }
    default:
      return {}
  }
}

/** Java: MultiResponse */
function readResults(frame, nameOf) {
  const results = []
  for (;;) {
    const type = frame.int()
    const done = frame.bool()
    frame.int()
    if (done) return results
    results.push(readResult(type, frame, nameOf))
  }
}

function readResult(type, frame, nameOf) {
  switch (type) {
    case OpCode.create:
      return ['create', frame.text(), null]
    case OpCode.create2:
      return ['create', frame.text(), frame.stat(nameOf)]
    case OpCode.delete:
      return ['delete']
    case OpCode.check:
      return ['check']
    case OpCode.setData:
      return ['setData', frame.stat(nameOf)]
    case OpCode.getData:
      return ['getData', frame.bytes(), frame.stat(nameOf)]
    case OpCode.getChildren:
      return ['getChildren', frame.texts().sort()]
    case OpCode.error:
      return ['error', frame.int()]
    default:
      throw new Error(`a multi's result is of type ${type}`)
  }
}

/** The same of a simulated reply. */
export function bodyOf(result, nameOf) {
  if (result === null) return null
  const stat = (from) => statOf(from, nameOf)
  switch (result.type) {
    case 'create':
    case 'sync':
      return { path: result.path }
    case 'create2':
    case 'createContainer':
    case 'createTTL':
      return { path: result.path, stat: stat(result.stat) }
    case 'exists':
    case 'setData':
    case 'setACL':
      return { stat: stat(result.stat) }
    case 'getData':
    case 'reconfig':
      return { data: result.data, stat: stat(result.stat) }
    case 'getChildren':
      return { children: [...result.children].sort() }
    case 'getChildren2':
      return { children: [...result.children].sort(), stat: stat(result.stat) }
    case 'getACL':
      return {
        acl: result.acl.map(({ perms, scheme, id }) => `${perms} ${scheme}:${id}`),
        stat: stat(result.stat),
      }
    case 'getAllChildrenNumber':
      return { totalNumber: result.totalNumber }
    case 'getEphemerals':
      return { ephemerals: [...result.ephemerals].sort() }
    case 'whoAmI':
      return { who: result.clientInfo.map(({ scheme, id }) => `${scheme}:${id}`).sort() }
    case 'addWatch':
      return { err: 0 }
    case 'multi':
    case 'multiRead':
      return { results: result.results.map((part) => partOf(part, stat)) }
  }
}

function partOf(part, stat) {
  switch (part.type) {
    case 'create':
      return ['create', part.path, part.stat === null ? null : stat(part.stat)]
    case 'setData':
      return ['setData', stat(part.stat)]
    case 'getData':
      return ['getData', part.data, stat(part.stat)]
    case 'getChildren':
      return ['getChildren', [...part.children].sort()]
    case 'error':
      return ['error', part.err]
    default:
      return [part.type]
  }
}

function statOf(stat, nameOf) {
  const { version, cversion, aversion, dataLength, numChildren } = stat
  const [czxid, mzxid, pzxid] = [stat.czxid, stat.mzxid, stat.pzxid].map(lowHalf)
  const owner = nameOf(stat.ephemeralOwner)
  return [czxid, mzxid, pzxid, version, cversion, aversion, owner, dataLength, numChildren]
}

/** By the ids of sessions. */
export class SessionNames {
  names = new Map()

  of = (id) => (id === NO_OWNER ? 0 : (this.names.get(id) ?? `?${id}`))

  add(id, name) {
    if (id !== NO_OWNER && !this.names.has(id)) this.names.set(id, name)
  }
}
