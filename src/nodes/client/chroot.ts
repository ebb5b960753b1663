import type { MultiRead, Operation, Result } from '../packets.ts'

/**
 * A client may take a path of the tree for its root. The servers know nothing of it: paths are made longer on the way
 * out and shorter on the way in. What a multi answers, and the ephemerals a client asks for, keep the server's paths, as
 * they do in the Java. Java: Chroot
 */

/** @param chroot a path other than `/`. */
export function prependChroot(chroot: string, clientPath: string): string {
  return clientPath.length === 1 ? chroot : chroot + clientPath
}

/** What lies outside is left as it is: a watch on /zookeeper/config is not below the chroot. Java: Chroot.strip */
export function stripChroot(chroot: string, serverPath: string): string {
  if (serverPath.length === chroot.length) return serverPath === chroot ? '/' : serverPath
  const below = serverPath.startsWith(chroot) && serverPath.charCodeAt(chroot.length) === SLASH
  return below ? serverPath.slice(chroot.length) : serverPath
}

const SLASH = 0x2f

/** The operation as the server is to get it. */
export function belowChroot(chroot: string, op: Operation): Operation {
  switch (op.type) {
    // Nothing deletes `/`, and so nothing deletes the chroot by that name.
    case 'delete':
      return op.path === '/' ? op : withPath(chroot, op)
    case 'create':
    case 'create2':
    case 'createContainer':
    case 'createTTL':
    case 'setData':
    case 'check':
    case 'setACL':
    case 'exists':
    case 'getData':
    case 'getChildren':
    case 'getChildren2':
    case 'getACL':
    case 'getAllChildrenNumber':
    case 'addWatch':
    case 'checkWatches':
    case 'removeWatches':
      return withPath(chroot, op)
    case 'sync':
      return op.path === null ? op : Object.freeze({ ...op, path: prependChroot(chroot, op.path) })
    case 'multi':
      return Object.freeze({ ...op, ops: Object.freeze(op.ops.map((part) => withPath(chroot, part))) })
    case 'multiRead':
      return Object.freeze({ ...op, ops: Object.freeze(op.ops.map((part) => withPath(chroot, part))) })
    default:
      return op
  }
}

type WithPath = Extract<Operation | MultiRead, { readonly path: string }>

function withPath<T extends WithPath>(chroot: string, op: T): T {
  return Object.freeze({ ...(op as WithPath), path: prependChroot(chroot, op.path) }) as T
}

/** The answer as the client is to get it. @param strip see `stripChroot` */
export function aboveChroot(strip: (serverPath: string) => string, result: Result): Result {
  switch (result.type) {
    case 'create':
    case 'create2':
    case 'createContainer':
    case 'createTTL':
      return Object.freeze({ ...result, path: strip(result.path) })
    case 'sync':
      return result.path === null ? result : Object.freeze({ ...result, path: strip(result.path) })
    default:
      return result
  }
}
