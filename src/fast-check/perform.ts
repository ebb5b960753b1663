import { createModeOf } from '../nodes/createFlags.ts'
import type { Bytes } from '../nodes/database/txns.ts'
import type { CreateOperation, MultiWrite } from '../nodes/packets.ts'
import { arrayOf } from '../sim/simulate/bytes.ts'
import type { CreateOptions, Data, MultiOp, ZooKeeper } from '../sim/simulate/ZooKeeper.ts'
import type { AskedOperation } from './operations.ts'

/**
 * Asks a ZooKeeper for an operation, by the method that is for it.
 *
 * @returns what the method resolves with
 * @throws KeeperException as the method does
 */
export function perform(zk: ZooKeeper, op: AskedOperation): Promise<unknown> {
  switch (op.type) {
    case 'create':
    case 'createContainer':
    case 'createTTL':
      return zk.create(op.path, dataOf(op.data), optionsOf(op))
    case 'delete':
      return zk.delete(op.path, op.version)
    case 'setData':
      return zk.setData(op.path, dataOf(op.data), op.version)
    case 'setACL':
      return zk.setACL(op.path, op.acl ?? [], op.version)
    case 'multi':
      return zk.multi(op.ops.map(multiOpOf))
    case 'multiRead':
      return zk.multiRead(op.ops)
    case 'exists':
    case 'getData':
    case 'getChildren':
    case 'getChildren2':
      return zk[op.type](op.path, { watch: op.watch })
    case 'getACL':
    case 'getAllChildrenNumber':
      return zk[op.type](op.path)
    case 'getEphemerals':
      return zk.getEphemerals(op.prefixPath)
    case 'sync':
      return zk.sync(op.path ?? '/')
  }
}

function multiOpOf(op: MultiWrite): MultiOp {
  switch (op.type) {
    case 'delete':
    case 'check':
      return op
    case 'setData':
      return { ...op, data: dataOf(op.data) }
    default:
      return { type: 'create', path: op.path, data: dataOf(op.data), ...optionsOf(op) }
  }
}

function optionsOf(op: CreateOperation): CreateOptions {
  const mode = createModeOf(op.flags) ?? 'persistent'
  return { mode, ...(op.acl === null ? {} : { acl: op.acl }), ...('ttl' in op ? { ttl: op.ttl } : {}) }
}

function dataOf(bytes: Bytes | null): Data {
  return bytes === null ? null : arrayOf(bytes)
}
