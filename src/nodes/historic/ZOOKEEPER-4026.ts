import { createModeOf } from '../createFlags.ts'
import type { SubTxn } from '../database/txns.ts'
import { keeperErrors } from '../keeperErrors.ts'
import type { CreateOperation, MultiWrite } from '../packets.ts'
import type { Request } from '../processors/Request.ts'
import { understudy } from './Understudy.ts'

export const zookeeper4026 = understudy({
  issue: 'ZOOKEEPER-4026',
  since: '3.5.0',
  mendedIn: ['3.8.2', '3.9.0'],
  story:
    'In a multi the flags of a create alone decided what it is: create2 was taken for create and answered without a ' +
    'Stat, and flags that mean nothing were refused in their turn, by BADARGUMENTS, not with the whole request.',
  recast: (cast) =>
    Object.freeze({
      ...cast,
      PrepRequestProcessor: class extends cast.PrepRequestProcessor {
        protected override multiOperation(op: MultiWrite): MultiWrite | null {
          switch (op.type) {
            case 'create':
            case 'create2':
            case 'createContainer':
              return byFlagsAlone(op)
            default:
              return super.multiOperation(op)
          }
        }

        /** The record has no place for a time to live, and is taken for one that has: an exception, when its turn comes. */
        protected override create(request: Request, op: CreateOperation): SubTxn | number {
          const isPart = request.op?.type === 'multi' && op.type === 'create'
          if (isPart && wouldLive(op.flags)) return keeperErrors.MARSHALLINGERROR.code
          return super.create(request, op)
        }
      },
    }),
})

/** Java: Op.create */
function byFlagsAlone({
  path,
  data,
  acl,
  flags,
}: MultiWrite & { readonly type: 'create' | 'create2' | 'createContainer' }): MultiWrite {
  const type = createModeOf(flags) === 'container' ? 'createContainer' : 'create'
  return { type, path, data, acl, flags }
}

function wouldLive(flags: number): boolean {
  return createModeOf(flags)?.endsWith('TTL') === true
}
