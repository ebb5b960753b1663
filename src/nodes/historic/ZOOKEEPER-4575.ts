import { NO_SESSION } from '../database/txns.ts'
import { opcodeOf } from '../jute/requestOpcodes.ts'
import { keeperErrors } from '../keeperErrors.ts'
import { OpCode } from '../opcodes.ts'
import type { Operation } from '../packets.ts'
import type { Request } from '../processors/Request.ts'
import type { Zxid } from '../zxid.ts'
import { understudy } from './Understudy.ts'

export const zookeeper4575 = understudy({
  issue: 'ZOOKEEPER-4575',
  since: '3.5.1',
  mendedIn: ['3.9.0'],
  story:
    'The container manager handed in the bytes of a path, and prep took all the bytes of a deleteContainer for one: of ' +
    'a request from a client its header as well, which is no path.',
  recast: (cast) =>
    Object.freeze({
      ...cast,
      PrepRequestProcessor: class extends cast.PrepRequestProcessor {
        protected override pRequest2Txn(request: Request, op: Operation, zxid: Zxid, time: number) {
          if (opcodeOf(op) === OpCode.deleteContainer && request.sessionId !== NO_SESSION) {
            return keeperErrors.BADARGUMENTS.code
          }
          return super.pRequest2Txn(request, op, zxid, time)
        }
      },
    }),
})
