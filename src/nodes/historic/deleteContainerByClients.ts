import { opcodeOf } from '../jute/requestOpcodes.ts'
import { OpCode } from '../opcodes.ts'
import type { Operation } from '../packets.ts'
import { understudy } from './Understudy.ts'

export const deleteContainerByClients = understudy({
  issue: 'UNFILED-deleteContainer',
  since: '3.5.1',
  mendedIn: [],
  story: 'Clients may ask for what only the container manager should; nobody filed it.',
  recast: (cast) =>
    Object.freeze({
      ...cast,
      RequestTypes: class extends cast.RequestTypes {
        override isValid(op: Operation): boolean {
          return opcodeOf(op) === OpCode.deleteContainer || super.isValid(op)
        }
      },
    }),
})
