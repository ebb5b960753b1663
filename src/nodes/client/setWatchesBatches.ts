import type { OperationOf } from '../packets.ts'
import type { Zxid } from '../zxid.ts'
import type { WatchKind, ZKWatchManager } from './ZKWatchManager.ts'

export type SetWatchesOperation = OperationOf<'setWatches' | 'setWatches2'>

/** Characters of paths in one request, give or take the last. Java: ClientCnxn.SET_WATCHES_MAX_LENGTH, ZOOKEEPER-706 */
const SET_WATCHES_MAX_LENGTH = 128 * 1024

const KINDS: readonly WatchKind[] = Object.freeze([
  'data',
  'exist',
  'child',
  'persistent',
  'persistentRecursive',
])

/**
 * The requests that set all watches of a client again, kind by kind; without persistent ones in it, a request is one that
 * older servers know as well. Java: SendThread.primeConnection
 */
export function setWatchesBatches(
  watches: ZKWatchManager,
  relativeZxid: Zxid,
): readonly SetWatchesOperation[] {
  const batches: SetWatchesOperation[] = []
  let batch = emptyBatch()
  let length = 0
  for (const kind of KINDS) {
    for (const path of watches.paths(kind)) {
      if (length >= SET_WATCHES_MAX_LENGTH) {
        batches.push(operationOf(batch, relativeZxid))
        batch = emptyBatch()
        length = 0
      }
      batch[kind].push(path)
      length += path.length
    }
  }
  if (length > 0) batches.push(operationOf(batch, relativeZxid))
  return batches
}

type Batch = Record<WatchKind, string[]>

function emptyBatch(): Batch {
  return { data: [], exist: [], child: [], persistent: [], persistentRecursive: [] }
}

function operationOf(batch: Batch, relativeZxid: Zxid): SetWatchesOperation {
  const data = Object.freeze(batch.data)
  const exist = Object.freeze(batch.exist)
  const child = Object.freeze(batch.child)
  if (batch.persistent.length + batch.persistentRecursive.length === 0) {
    return Object.freeze({ type: 'setWatches', relativeZxid, data, exist, child })
  }
  const persistent = Object.freeze(batch.persistent)
  const persistentRecursive = Object.freeze(batch.persistentRecursive)
  return Object.freeze({
    type: 'setWatches2',
    relativeZxid,
    data,
    exist,
    child,
    persistent,
    persistentRecursive,
  })
}
