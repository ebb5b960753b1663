import { OpCode } from '../opcodes.ts'
import type { Operation } from '../packets.ts'

/** The number an operation goes by on the wire. */
export function opcodeOf(op: Operation): number {
  return op.type === 'raw' || op.type === 'unparsable' ? op.opcode : OpCode[op.type]
}

/**
 * Whether a client may send this to the pipeline. A check has its place in a multi (ZOOKEEPER-2623), and only the
 * container manager deletes containers. Java: Request.isValid, which lets deleteContainer pass
 */
export function isValidOpcode(opcode: number): boolean {
  switch (opcode) {
    case OpCode.exists:
    case OpCode.getACL:
    case OpCode.getChildren:
    case OpCode.getAllChildrenNumber:
    case OpCode.getChildren2:
    case OpCode.getData:
    case OpCode.getEphemerals:
    case OpCode.multiRead:
    case OpCode.ping:
    case OpCode.setWatches:
    case OpCode.setWatches2:
    case OpCode.sync:
    case OpCode.checkWatches:
    case OpCode.removeWatches:
    case OpCode.addWatch:
    case OpCode.whoAmI:
      return true
    case OpCode.check:
    case OpCode.deleteContainer:
      return false
    default:
      return isWriteOpcode(opcode)
  }
}

/** Whether it becomes a transaction. Java: Request.isQuorum */
export function isWriteOpcode(opcode: number): boolean {
  switch (opcode) {
    case OpCode.create:
    case OpCode.create2:
    case OpCode.createTTL:
    case OpCode.createContainer:
    case OpCode.delete:
    case OpCode.deleteContainer:
    case OpCode.setData:
    case OpCode.setACL:
    case OpCode.check:
    case OpCode.multi:
    case OpCode.reconfig:
    case OpCode.createSession:
    case OpCode.closeSession:
      return true
    default:
      return false
  }
}
