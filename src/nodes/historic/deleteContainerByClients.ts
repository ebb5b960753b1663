import { NO_SESSION } from '../database/txns.ts'
import { opcodeOf } from '../jute/requestOpcodes.ts'
import { keeperErrors } from '../keeperErrors.ts'
import { OpCode } from '../opcodes.ts'
import type { Operation } from '../packets.ts'
import type { Request } from '../processors/Request.ts'
import { understudy } from './Understudy.ts'

export const deleteContainerByClients = understudy({
  issue: 'deleteContainer by clients',
  brokenIn: '3.5.1 to 3.8.x',
  story:
    'The container manager hands in the bytes of a path, and prep took all the bytes of a request for one: of a request ' +
    'from a client its header as well, which is no path.',
  recast: (cast) =>
    Object.freeze({
      ...cast,

      RequestTypes: class extends cast.RequestTypes {
        override isValid(op: Operation): boolean {
          return opcodeOf(op) === OpCode.deleteContainer || super.isValid(op)
        }
      },

      PrepRequestProcessor: class extends cast.PrepRequestProcessor {
        protected override pRequest2Txn(request: Request, op: Operation, zxid: number, time: number) {
          if (opcodeOf(op) === OpCode.deleteContainer && request.sessionId !== NO_SESSION) {
            return keeperErrors.BADARGUMENTS.code
          }
          return super.pRequest2Txn(request, op, zxid, time)
        }
      },
    }),
})
