import { opcodeOf } from '../jute/requestOpcodes.ts'
import { OpCode } from '../opcodes.ts'
import type { Operation } from '../packets.ts'
import { understudy } from './Understudy.ts'

export const zookeeper2623 = understudy({
  issue: 'ZOOKEEPER-2623',
  brokenIn: '3.4.0 to 3.8.4, 3.9.0 to 3.9.2',
  story: 'A check was taken outside a multi too, and became a transaction of its own.',
  recast: (cast) =>
    Object.freeze({
      ...cast,
      RequestTypes: class extends cast.RequestTypes {
        override isValid(op: Operation): boolean {
          return opcodeOf(op) === OpCode.check || super.isValid(op)
        }
      },
    }),
})
