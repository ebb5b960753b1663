import { type AclList, type Id, Perms } from '../acl.ts'
import type { DataTree } from '../database/DataTree.ts'
import { keeperErrors } from '../keeperErrors.ts'
import type { PeerConfig } from '../PeerConfig.ts'
import type { Operation } from '../packets.ts'
import { isSpecialPath, parentPath } from '../server/paths.ts'
import { checkACL } from './checkACL.ts'
import { fixupACL } from './fixupACL.ts'

const { INVALIDACL, NOAUTH, OK } = keeperErrors

/**
 * Whether a write may go on to become a transaction, as far as the server of its client can tell. Whatever else is wrong
 * with it is found later. Java: ZooKeeperServer.authWriteRequest
 *
 * @returns 0 or a code of KeeperException.
 */
export function authWriteRequest(
  config: PeerConfig,
  tree: DataTree,
  op: Operation,
  ids: readonly Id[],
): number {
  switch (op.type) {
    case 'create':
    case 'create2': {
      const parent = parentToCheck(op.path)
      if (parent === null) return OK.code
      return checkList(config, ids, op.acl) || checkNode(config, tree, parent, Perms.CREATE, ids)
    }
    case 'delete':
      return checkNode(config, tree, parentToCheck(op.path), Perms.DELETE, ids)
    case 'setData':
      return checkNode(config, tree, op.path, Perms.WRITE, ids)
    case 'setACL':
      return checkList(config, ids, op.acl) || checkNode(config, tree, op.path, Perms.ADMIN, ids)
    default:
      return OK.code
  }
}

function parentToCheck(path: string): string | null {
  return isSpecialPath(path) ? null : parentPath(path)
}

function checkList(config: PeerConfig, ids: readonly Id[], acl: AclList | null): number {
  return fixupACL(config, ids, acl) === null ? INVALIDACL.code : OK.code
}

function checkNode(
  config: PeerConfig,
  tree: DataTree,
  path: string | null,
  perm: number,
  ids: readonly Id[],
): number {
  const node = path === null ? undefined : tree.get(path)
  return node === undefined || checkACL(config, node.acl, perm, ids) ? OK.code : NOAUTH.code
}
