import type { Operation } from '../nodes/packets.ts'

/** Java: ZooDefs.OpCode.closeSession */
const CLOSE_SESSION = -11

/** Whether a client asks for the end of its session, in whatever form. */
export function closesSession(op: Operation): boolean {
  return op.type === 'closeSession' || (op.type === 'raw' && op.opcode === CLOSE_SESSION)
}
