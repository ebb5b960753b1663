import { type AclList, OPEN_ACL_UNSAFE } from './acl.ts'
import { type CreateMode, createFlags } from './createFlags.ts'
import type { Bytes } from './database/txns.ts'
import type { CreateOperation, Operation } from './packets.ts'

/** Requests as clients make them, with the defaults of the Java client. All frozen. */

/**
 * Java: ZooKeeper.create, which chooses the opcode by mode.
 *
 * @param ttl milliseconds; for the modes with a TTL alone.
 */
export function createOperation(
  path: string,
  data: Bytes | null,
  mode: CreateMode = 'persistent',
  acl: AclList | null = OPEN_ACL_UNSAFE,
  ttl = 0,
): CreateOperation {
  const flags = createFlags[mode]
  switch (mode) {
    case 'container':
      return Object.freeze({ type: 'createContainer', path, data, acl, flags })
    case 'persistentTTL':
    case 'persistentSequentialTTL':
      return Object.freeze({ type: 'createTTL', path, data, acl, flags, ttl })
    default:
      return Object.freeze({ type: 'create', path, data, acl, flags })
  }
}

/** A read that leaves no watch, or one that does. */
export function readOperation(
  type: 'exists' | 'getData' | 'getChildren' | 'getChildren2',
  path: string,
  watch = false,
): Operation {
  return Object.freeze({ type, path, watch })
}
