import { opcodeOf } from '../jute/requestOpcodes.ts'
import { OpCode } from '../opcodes.ts'
import type { Operation } from '../packets.ts'
import { understudy } from './Understudy.ts'

export const zookeeper2623 = understudy({
  issue: 'ZOOKEEPER-2623',
  since: '3.4.0',
  mendedIn: ['3.8.5', '3.9.3'],
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
