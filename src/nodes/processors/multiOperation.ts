import { createModeOf } from '../createFlags.ts'
import type { CreateOperation, MultiWrite } from '../packets.ts'

/** A time to live that no node can have. */
const NO_TTL = -1

/**
 * What a part of a multi is to the server: there the flags of a create decide, by itself the opcode. Java:
 * MultiOperationRecord.deserialize, Op.create
 *
 * @returns null for flags that mean nothing, with which the whole multi fails.
 */
export function multiOperation(op: MultiWrite): MultiWrite | null {
  switch (op.type) {
    case 'create':
    case 'create2':
    case 'createContainer':
      return createModeOf(op.flags) === undefined ? null : byFlags(op, op.type, NO_TTL)
    case 'createTTL':
      return byFlags(op, 'create', op.ttl)
    default:
      return op
  }
}

/** `type`: that of a create whose flags do not decide. */
function byFlags(
  op: CreateOperation,
  type: 'create' | 'create2' | 'createContainer',
  ttl: number,
): CreateOperation {
  const { path, data, acl, flags } = op
  switch (createModeOf(flags)) {
    case 'persistentTTL':
    case 'persistentSequentialTTL':
      return op.type === 'createTTL' ? op : { type: 'createTTL', path, data, acl, flags, ttl }
    case 'container':
      return op.type === 'createContainer' ? op : { type: 'createContainer', path, data, acl, flags }
    default:
      return op.type === type ? op : { type, path, data, acl, flags }
  }
}
