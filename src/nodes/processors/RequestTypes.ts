import { isValidOpcode, opcodeOf } from '../jute/requestOpcodes.ts'
import type { Operation } from '../packets.ts'

/** Which requests a server takes from its clients. Java: Request.isValid */
export class RequestTypes {
  isValid(op: Operation): boolean {
    switch (op.type) {
      case 'check':
      case 'deleteContainer':
      case 'unparsable':
        return isValidOpcode(opcodeOf(op))
      default:
        return true
    }
  }
}
