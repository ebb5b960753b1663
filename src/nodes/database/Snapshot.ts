import type { SnapshotNode, SnapshotRecord } from '../diskRecords.ts'
import type { FileName, Host, Ticket } from '../Host.ts'
import { hexZxid, type Zxid } from '../zxid.ts'
import { DatabaseError } from './DatabaseError.ts'
import { childPath, type DataTree } from './DataTree.ts'
import { compareStrings } from './HashTrie.ts'
import { snapshotFileLength } from './sizes.ts'
import { TreeBuilder } from './TreeBuilder.ts'
import { filesByZxid } from './TxnLog.ts'
import type { SessionId } from './txns.ts'
import type { ZKDatabase } from './ZKDatabase.ts'

/**
 * Snapshots: the walk that makes them, the file that keeps them, and the way back. Java: FileSnap, DataTree.serialize
 */

/**
 * The records of a snapshot, one at a time, each of the tree as it is when it is asked for: fuzzy, as in Java, where
 * the walk locks one node at a time while transactions go on being applied. What the label promises is that all up to
 * it is in; replaying the log from there puts right what else got in.
 *
 * The walk goes down first, in the order of names. A node's list of children is fixed when the node is visited; a
 * child that is gone by the time its turn comes is left out.
 */
export class SnapshotStream {
  /** What the snapshot is labelled with: everything up to here is in. */
  readonly zxid: Zxid
  private readonly db: ZKDatabase
  private readonly generation: number
  private readonly chunk: number
  private phase: 'header' | 'nodes' | 'end' | 'over' = 'header'
  /** The way down to where the walk is: at each level a path, its children, and which of them comes next. */
  private readonly paths: string[] = []
  private readonly names: (readonly string[])[] = []
  private readonly nexts: number[] = []

  constructor(db: ZKDatabase, chunk: number) {
    this.db = db
    this.zxid = db.lastProcessedZxid
    this.generation = db.generation
    this.chunk = Math.max(1, chunk)
  }

  /** Null behind the end record, or without it where the database was cleared or replaced meanwhile. */
  next(): SnapshotRecord | null {
    if (this.db.generation !== this.generation) this.phase = 'over'
    switch (this.phase) {
      case 'header':
        this.phase = 'nodes'
        return Object.freeze({
          kind: 'snapshotHeader',
          zxid: this.zxid,
          sessions: sessionList(this.db.sessions),
        })
      case 'nodes':
        return this.nextNodes()
      case 'end':
        this.phase = 'over'
        return Object.freeze({ kind: 'snapshotEnd' })
      case 'over':
        return null
    }
  }

  private nextNodes(): SnapshotRecord {
    const { tree } = this.db
    const nodes: SnapshotNode[] = []
    if (this.paths.length === 0) this.visit(tree, '/', nodes)
    while (nodes.length < this.chunk) {
      const depth = this.paths.length - 1
      if (depth < 0) break
      const next = this.nexts[depth] as number
      const names = this.names[depth] as readonly string[]
      if (next === names.length) {
        this.paths.pop()
        this.names.pop()
        this.nexts.pop()
        continue
      }
      this.nexts[depth] = next + 1
      this.visit(tree, childPath(this.paths[depth] as string, names[next] as string), nodes)
    }
    if (this.paths.length === 0) this.phase = 'end'
    return Object.freeze({ kind: 'snapshotNodes', nodes: Object.freeze(nodes) })
  }

  private visit(tree: DataTree, path: string, nodes: SnapshotNode[]): void {
    const node = tree.get(path)
    if (node === undefined) return
    nodes.push(Object.freeze({ path, data: node.data, acl: node.acl, stat: node.stat }))
    if (node.children.size === 0 && path !== '/') return
    this.paths.push(path)
    this.names.push(tree.children(path))
    this.nexts.push(0)
  }
}

/** A snapshot on its way to a file. Java: FileTxnSnapLog.save, one node of whose walk is one lock. */
export class SnapshotWriter {
  readonly zxid: Zxid
  readonly file: FileName
  /** The end is written. */
  complete = false
  /** The disk, full, has not taken all of it: it will have no end. */
  refused = false
  private readonly host: Host
  private readonly stream: SnapshotStream
  private written = 0

  /**
   * @param replace write even where a complete snapshot of this label is there. Otherwise that one is left in peace:
   *   Java writes over it in place, and who crashes then has neither.
   */
  constructor(host: Host, stream: SnapshotStream, replace: boolean) {
    this.host = host
    this.stream = stream
    this.zxid = stream.zxid
    this.file = snapshotFile(stream.zxid)
    if (!replace && isComplete(host, this.file)) this.complete = true
    else if (host.read(this.file) !== undefined) host.remove(this.file)
  }

  /** Writes a chunk; false when nothing is left to write. */
  step(): boolean {
    if (this.complete) return false
    const record = this.stream.next()
    if (record === null) return false
    // A full disk has swallowed something: an end would make the rest look whole.
    this.refused = record.kind === 'snapshotEnd' && this.host.read(this.file)?.records.length !== this.written
    if (this.refused) return false
    this.host.append(this.file, record)
    this.written += 1
    this.complete = record.kind === 'snapshotEnd'
    return !this.complete
  }

  force(): Ticket {
    return this.host.force(this.file)
  }
}

/** What a snapshot holds. */
export interface SnapshotContent {
  readonly tree: DataTree
  readonly sessions: readonly (readonly [SessionId, number])[]
}

/**
 * Java: FileSnap.deserialize, SerializeUtils.deserializeSnapshot.
 *
 * @throws DatabaseError when the records are not a whole snapshot.
 */
export function readSnapshot(records: Iterable<SnapshotRecord>): SnapshotContent {
  const builder = new TreeBuilder()
  let sessions: SnapshotContent['sessions'] | null = null
  let ended = false
  for (const record of records) {
    switch (record.kind) {
      case 'snapshotHeader':
        sessions = record.sessions
        break
      case 'snapshotNodes':
        for (const node of record.nodes) {
          if (!builder.add(node))
            throw new DatabaseError(`unable to find the parent of ${node.path} in a snapshot`)
        }
        break
      case 'snapshotEnd':
        ended = true
    }
  }
  const tree = builder.build()
  if (sessions === null || tree === null || !ended) throw new DatabaseError('a snapshot is not complete')
  return { tree, sessions }
}

/** Snapshots that look complete, newest first. Java: FileSnap.findNValidSnapshots */
export function validSnapshots(host: Host, limit: number): FileName[] {
  const valid: FileName[] = []
  for (const file of snapshotFiles(host).reverse()) {
    if (valid.length === limit) break
    if (isComplete(host, file)) valid.push(file)
  }
  return valid
}

/** Oldest first, whatever their state. */
export function snapshotFiles(host: Host): FileName[] {
  return filesByZxid(host, SNAPSHOT_PREFIX)
}

/** Null where its content is damaged. */
export function readSnapshotFile(host: Host, file: FileName): SnapshotContent | null {
  const image = host.read(file)
  if (image === undefined || image.damage !== null) return null
  try {
    return readSnapshot(recordsOf(host, file))
  } catch (error) {
    if (error instanceof DatabaseError) return null
    throw error
  }
}

/** Bytes, as the real file would have. */
export function snapshotSize(host: Host, file: FileName): number {
  return snapshotFileLength(recordsOf(host, file))
}

export function snapshotFile(zxid: Zxid): FileName {
  return SNAPSHOT_PREFIX + hexZxid(zxid)
}

const SNAPSHOT_PREFIX = 'snapshot.'

/** The cheap test that looks at the end only: a rotten record before it is found when the file is read. */
function isComplete(host: Host, file: FileName): boolean {
  const image = host.read(file)
  if (image === undefined || image.damage?.kind === 'torn') return false
  if (image.damage?.kind === 'corrupt') return true
  const { records } = image
  return records.length > 0 && (records.at(records.length - 1) as SnapshotRecord).kind === 'snapshotEnd'
}

function recordsOf(host: Host, file: FileName): SnapshotRecord[] {
  const list: SnapshotRecord[] = []
  const records = host.read(file)?.records
  for (let at = 0; records !== undefined && at < records.length; at++)
    list.push(records.at(at) as SnapshotRecord)
  return list
}

function sessionList(sessions: ReadonlyMap<SessionId, number>): readonly (readonly [SessionId, number])[] {
  const list: (readonly [SessionId, number])[] = []
  for (const [id, timeout] of sessions) list.push(Object.freeze([id, timeout] as const))
  return Object.freeze(list.sort((a, b) => compareStrings(a[0], b[0])))
}
