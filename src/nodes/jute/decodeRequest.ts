import { createModeOf } from '../createFlags.ts'
import { isValidTtl } from '../database/ephemeralType.ts'
import type { Bytes } from '../database/txns.ts'
import { keeperErrors } from '../keeperErrors.ts'
import { OpCode } from '../opcodes.ts'
import type { CreateOperation, MultiRead, MultiWrite, Operation } from '../packets.ts'
import { JuteError, JuteReader } from './JuteReader.ts'

/**
 * The operation that a request's bytes are. Never throws: what does not parse becomes `unparsable`. So does what parses
 * and makes the real server fail later on, for it answers alike; most of all a path that is null.
 */
export function decodeRequest(opcode: number, body: Bytes): Operation {
  try {
    return Object.freeze(readOperation(opcode, new JuteReader(body)))
  } catch (error) {
    if (!(error instanceof JuteError)) throw error
    return Object.freeze({ type: 'unparsable', opcode, err: keeperErrors.MARSHALLINGERROR.code })
  }
}

/** Whether a request of SASL is one, with a token. Java: GetSASLRequest */
export function hasSaslToken(body: Bytes): boolean {
  try {
    return new JuteReader(body).buffer() !== null
  } catch (error) {
    if (!(error instanceof JuteError)) throw error
    return false
  }
}

function readOperation(opcode: number, from: JuteReader): Operation {
  switch (opcode) {
    case OpCode.create:
    case OpCode.create2:
    case OpCode.createContainer:
    case OpCode.createTTL:
      return readCreate(opcode, from)
    case OpCode.delete:
      return { type: 'delete', path: from.needed(), version: from.int() }
    // Of these three the path is looked at by something that expects it to be anything.
    case OpCode.setData:
      return { type: 'setData', path: from.text() ?? '', data: from.buffer(), version: from.int() }
    case OpCode.setACL:
      return { type: 'setACL', path: from.text() ?? '', acl: from.acl(), version: from.int() }
    case OpCode.check:
      return { type: 'check', path: from.text() ?? '', version: from.int() }
    case OpCode.multi:
      return { type: 'multi', ops: readMulti(from, readMultiWrite) }
    case OpCode.multiRead:
      return { type: 'multiRead', ops: readMulti(from, readMultiRead) }
    case OpCode.deleteContainer:
      return { type: 'deleteContainer', path: from.needed() }
    case OpCode.reconfig:
      return {
        type: 'reconfig',
        joiningServers: from.text(),
        leavingServers: from.text(),
        newMembers: from.text(),
        curConfigId: from.long(),
      }
    case OpCode.createSession:
      return { type: 'createSession', timeout: from.int() }
    case OpCode.closeSession:
      return { type: 'closeSession' }
    default:
      return readQuestion(opcode, from)
  }
}

/** What makes no transaction. */
function readQuestion(opcode: number, from: JuteReader): Operation {
  switch (opcode) {
    case OpCode.exists:
      return { type: 'exists', path: from.needed(), watch: from.bool() }
    case OpCode.getData:
      return { type: 'getData', path: from.needed(), watch: from.bool() }
    case OpCode.getChildren:
      return { type: 'getChildren', path: from.needed(), watch: from.bool() }
    case OpCode.getChildren2:
      return { type: 'getChildren2', path: from.needed(), watch: from.bool() }
    case OpCode.getACL:
      return { type: 'getACL', path: from.needed() }
    case OpCode.getAllChildrenNumber:
      return { type: 'getAllChildrenNumber', path: from.needed() }
    case OpCode.getEphemerals:
      return { type: 'getEphemerals', prefixPath: from.text() ?? '' }
    case OpCode.sync:
      return { type: 'sync', path: from.text() }
    case OpCode.ping:
      return { type: 'ping' }
    case OpCode.whoAmI:
      return { type: 'whoAmI' }
    case OpCode.auth:
      from.int()
      return { type: 'auth', scheme: from.text() ?? '', auth: from.buffer() ?? '' }
    default:
      return readWatching(opcode, from)
  }
}

/** No node has the path '', as none has one that is null. */
function readWatching(opcode: number, from: JuteReader): Operation {
  switch (opcode) {
    case OpCode.addWatch:
      return { type: 'addWatch', path: from.text() ?? '', mode: from.int() }
    case OpCode.checkWatches:
      return { type: 'checkWatches', path: from.text() ?? '', watcherType: from.int() }
    case OpCode.removeWatches:
      return { type: 'removeWatches', path: from.text() ?? '', watcherType: from.int() }
    case OpCode.setWatches:
      return {
        type: 'setWatches',
        relativeZxid: from.long(),
        data: from.paths(),
        exist: from.paths(),
        child: from.paths(),
      }
    case OpCode.setWatches2:
      return {
        type: 'setWatches2',
        relativeZxid: from.long(),
        data: from.paths(),
        exist: from.paths(),
        child: from.paths(),
        persistent: from.paths(),
        persistentRecursive: from.paths(),
      }
    default:
      throw new JuteError(`the operation ${opcode} is unknown`)
  }
}

/** The mode is looked at before the path: where it is refused, a path that is null is never missed. */
function readCreate(opcode: number, from: JuteReader): CreateOperation {
  const path = from.text()
  const op = readCreation(opcode, path ?? '', from)
  const mode = createModeOf(op.flags)
  const refused = mode === undefined || !isValidTtl(mode, op.type === 'createTTL' ? op.ttl : -1)
  if (path === null && !refused) throw new JuteError('a path is null')
  return op
}

function readCreation(opcode: number, path: string, from: JuteReader): CreateOperation {
  const data = from.buffer()
  const acl = from.acl()
  const flags = from.int()
  switch (opcode) {
    case OpCode.createTTL:
      return { type: 'createTTL', path, data, acl, flags, ttl: from.long() }
    case OpCode.createContainer:
      return { type: 'createContainer', path, data, acl, flags }
    case OpCode.create2:
      return { type: 'create2', path, data, acl, flags }
    default:
      return { type: 'create', path, data, acl, flags }
  }
}

/** Each behind a header, the last of which says that it is the last. Java: MultiOperationRecord.deserialize */
function readMulti<Op>(from: JuteReader, readOp: (opcode: number, from: JuteReader) => Op): readonly Op[] {
  const ops: Op[] = []
  for (;;) {
    const opcode = from.int()
    const done = from.bool()
    from.int()
    if (done) return Object.freeze(ops)
    ops.push(Object.freeze(readOp(opcode, from)))
  }
}

/** A multi that also reads, or does only that, fails as a whole, and so does one with a path that is null. */
function readMultiWrite(opcode: number, from: JuteReader): MultiWrite {
  switch (opcode) {
    case OpCode.create:
    case OpCode.create2:
    case OpCode.createContainer:
    case OpCode.createTTL:
      return readCreation(opcode, from.needed(), from)
    case OpCode.delete:
      return { type: 'delete', path: from.needed(), version: from.int() }
    case OpCode.setData:
      return { type: 'setData', path: from.needed(), data: from.buffer(), version: from.int() }
    case OpCode.check:
      return { type: 'check', path: from.needed(), version: from.int() }
    default:
      throw new JuteError(`a multi cannot hold the operation ${opcode}`)
  }
}

/** Whether a watch was asked for is forgotten. */
function readMultiRead(opcode: number, from: JuteReader): MultiRead {
  const path = from.needed()
  from.bool()
  switch (opcode) {
    case OpCode.getData:
      return { type: 'getData', path }
    case OpCode.getChildren:
      return { type: 'getChildren', path }
    default:
      throw new JuteError(`a multiRead cannot hold the operation ${opcode}`)
  }
}
