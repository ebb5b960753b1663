import { keeperErrors } from '../keeperErrors.ts'
import type { Operation } from '../packets.ts'
import { AddWatchMode } from '../watch/watcherTypes.ts'
import type { WatchKind } from './ZKWatchManager.ts'

/** A kind of watch, and the path it is for. */
export interface Registration {
  readonly kind: WatchKind
  readonly path: string
}

/** The watch that this operation left behind, by its answer; null for none. Java: ZooKeeper.WatchRegistration */
export function registrationOf(op: Operation, err: number): Registration | null {
  switch (op.type) {
    case 'exists':
      if (!op.watch || !(isOk(err) || isNoNode(err))) return null
      return { kind: isOk(err) ? 'data' : 'exist', path: op.path }
    case 'getData':
      return op.watch && isOk(err) ? { kind: 'data', path: op.path } : null
    case 'getChildren':
    case 'getChildren2':
      return op.watch && isOk(err) ? { kind: 'child', path: op.path } : null
    case 'addWatch': {
      const kind = kindOfMode(op.mode)
      return kind !== null && (isOk(err) || isNoNode(err)) ? { kind, path: op.path } : null
    }
    default:
      return null
  }
}

function kindOfMode(mode: number): WatchKind | null {
  if (mode === AddWatchMode.persistent) return 'persistent'
  return mode === AddWatchMode.persistentRecursive ? 'persistentRecursive' : null
}

function isOk(err: number): boolean {
  return err === keeperErrors.OK.code
}

function isNoNode(err: number): boolean {
  return err === keeperErrors.NONODE.code
}
