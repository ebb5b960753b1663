/** What leaves a watch, and which events are of watches. Java: ZooKeeper.WatchRegistration */
import type { EventType } from '../nodes/client/WatchedEvent.ts'
import type { Operation, WatchEventType } from '../nodes/packets.ts'
import { printZxid } from '../nodes/zxid.ts'
import type { WatchGhost, WatchKind } from './WatchHistory.ts'

interface Registration {
  readonly kind: WatchKind
  readonly path: string
  readonly forCreation: boolean
}

/** The watch that an operation left, by its answer; null for none, or one that stays when it fires. */
export function registrationOf(op: Operation, err: number): Registration | null {
  switch (op.type) {
    case 'exists':
      if (!op.watch || (err !== 0 && err !== NONODE)) return null
      return { kind: 'node', path: op.path, forCreation: err !== 0 }
    case 'getData':
      return op.watch && err === 0 ? { kind: 'node', path: op.path, forCreation: false } : null
    case 'getChildren':
    case 'getChildren2':
      return op.watch && err === 0 ? { kind: 'children', path: op.path, forCreation: false } : null
    default:
      return null
  }
}

/** Not of a state, nor of a watch that is taken away. */
export function isWatchEvent(type: EventType): type is WatchEventType {
  switch (type) {
    case 'NodeCreated':
    case 'NodeDeleted':
    case 'NodeDataChanged':
    case 'NodeChildrenChanged':
      return true
    default:
      return false
  }
}

const NONODE = -101

/** `NodeDeleted of /a at 1:7, which it has watched since 1:5` */
export function printDue({ due, path, since }: WatchGhost): string {
  if (due === null) return `nothing of ${path}`
  return `${due.event} of ${path} at ${printZxid(due.zxid)}, which it has watched since ${printZxid(since)}`
}
