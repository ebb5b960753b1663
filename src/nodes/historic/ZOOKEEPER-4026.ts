import { createModeOf } from '../createFlags.ts'
import type { MultiWrite } from '../packets.ts'
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
      },
    }),
})

/** Java: Op.create; a time to live has no place in this record, and the exception ends the whole. */
function byFlagsAlone({
  path,
  data,
  acl,
  flags,
}: MultiWrite & { readonly type: 'create' | 'create2' | 'createContainer' }): MultiWrite | null {
  switch (createModeOf(flags)) {
    case 'persistentTTL':
    case 'persistentSequentialTTL':
      return null
    case 'container':
      return { type: 'createContainer', path, data, acl, flags }
    default:
      return { type: 'create', path, data, acl, flags }
  }
}
