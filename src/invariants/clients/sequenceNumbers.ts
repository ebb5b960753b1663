import type { Operation, Result } from '../../nodes/packets.ts'
import { printZxid, type Zxid } from '../../nodes/zxid.ts'
import { always } from '../invariant.ts'

interface Handed {
  zxid: Zxid
  suffix: number
  path: string
}

/** By parent and its czxid: a parent that was created anew counts anew. */
type Latest = Map<string, Handed>

/** Suffixes wrap behind this one. */
const LAST = 0x7fff_ffff
const SEQUENTIAL = 2
const EPHEMERAL_SEQUENTIAL = 3
const SEQUENTIAL_WITH_TTL = 6
/** Parents whose latest suffix is remembered. */
const PARENTS_KEPT = 256

export const sequenceNumbers = always<Latest>({
  code: 'C11',
  name: 'SequenceNumbers',
  says: 'The numbers of sequential nodes under one parent rise with the zxid, and none comes twice.',
  source: 'ZooKeeper (USENIX ATC 2010), sequential flag; ZOOKEEPER-1026, -3019',
  start: () => new Map(),
  on: {
    completed({ client, sessionId, op, err, zxid, result }, history, check, latest) {
      if (err !== 0 || !isSequential(op) || !history.clients.client(client).isPlain) return
      const path = pathOf(result)
      const tree = history.treeAt(zxid)
      if (path === null || tree === null) return
      const parent = path.slice(0, path.lastIndexOf('/')) || '/'
      const suffix = Number(path.slice(-10))
      const born = tree.get(parent)?.stat.czxid
      if (born === undefined || Number.isNaN(suffix) || suffix < 0 || suffix === LAST) return
      const key = `${parent} ${born}`
      const known = latest.get(key)
      if (known === undefined) {
        for (const oldest of latest.keys()) {
          if (latest.size < PARENTS_KEPT) break
          latest.delete(oldest)
        }
        latest.set(key, { zxid, suffix, path })
        return
      }
      check.exercised += 1
      if (zxid === known.zxid || zxid > known.zxid !== suffix > known.suffix || suffix === known.suffix) {
        check.broken(
          [],
          [known.zxid, zxid],
          `${client} (${sessionId}) was given ${path} at ${printZxid(zxid)}, ` +
            `and somebody ${known.path} at ${printZxid(known.zxid)}`,
        )
      } else if (zxid > known.zxid) {
        known.zxid = zxid
        known.suffix = suffix
        known.path = path
      }
    },
  },
})

function isSequential(op: Operation): boolean {
  switch (op.type) {
    case 'create':
    case 'create2':
    case 'createTTL':
      return op.flags === SEQUENTIAL || op.flags === EPHEMERAL_SEQUENTIAL || op.flags === SEQUENTIAL_WITH_TTL
    default:
      return false
  }
}

function pathOf(result: Result | null): string | null {
  return result !== null && 'path' in result ? result.path : null
}
