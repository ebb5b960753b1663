/**
 * What writes do, written down as simply as can be: the reasons for which the tree refuses an operation, and what it
 * changes where none holds. Nothing here is shared with what the servers do.
 *
 * Java: ZooKeeper's documentation of its API, DataTree, PrepRequestProcessor
 */
import type { SessionId, TxnBody } from '../../nodes/database/txns.ts'
import type { CreateOperation, MultiWrite, Operation } from '../../nodes/packets.ts'
import type { Zxid } from '../../nodes/zxid.ts'
import type { ModelNode, ModelTree } from './ModelTree.ts'

const NONODE = -101
const BADVERSION = -103
const NOCHILDRENFOREPHEMERALS = -108
const NODEEXISTS = -110
const NOTEMPTY = -111

/** Refusals that only the tree is a reason for. Any other is not judged. */
export function isAboutTheTree(err: number): boolean {
  return (
    err === NONODE ||
    err === BADVERSION ||
    err === NOCHILDRENFOREPHEMERALS ||
    err === NODEEXISTS ||
    err === NOTEMPTY
  )
}

const NOBODY: SessionId = '0x0'
const EPHEMERAL = 1
const SEQUENTIAL = 2
const EPHEMERAL_SEQUENTIAL = 3
const CONTAINER = 4
const TTL = 5
const SEQUENTIAL_TTL = 6

/** Some nodes of a tree, changed. `null`: gone. */
export class Draft implements ModelTree {
  private readonly tree: ModelTree
  readonly edits = new Map<string, ModelNode | null>()

  constructor(tree: ModelTree) {
    this.tree = tree
  }

  node(path: string): ModelNode | undefined {
    const edited = this.edits.get(path)
    return edited === undefined ? this.tree.node(path) : (edited ?? undefined)
  }

  children(path: string): readonly string[] {
    const names = new Set(this.tree.children(path))
    for (const [edited, node] of this.edits) {
      if (edited === '/' || parentOf(edited) !== path) continue
      const name = edited.slice(edited.lastIndexOf('/') + 1)
      if (node === null) names.delete(name)
      else names.add(name)
    }
    return [...names]
  }

  ephemerals(sessionId: SessionId): readonly string[] {
    const paths = new Set(this.tree.ephemerals(sessionId))
    for (const [path, node] of this.edits) {
      if (node?.owner === sessionId) paths.add(path)
      else paths.delete(path)
    }
    return [...paths]
  }
}

/** All the codes for which the tree may refuse this; none: it must not. */
export function refusals(op: MultiWrite | Operation, tree: ModelTree): readonly number[] {
  switch (op.type) {
    case 'create':
    case 'create2':
    case 'createContainer':
    case 'createTTL': {
      const parent = tree.node(parentOf(op.path))
      if (parent === undefined) return [NONODE]
      const codes: number[] = []
      if (tree.node(nameFor(op, parent)) !== undefined) codes.push(NODEEXISTS)
      if (parent.owner !== null && parent.owner !== NOBODY) codes.push(NOCHILDRENFOREPHEMERALS)
      return codes
    }
    case 'delete': {
      const node = tree.node(op.path)
      if (node === undefined) return [NONODE]
      const codes: number[] = []
      if (op.version !== -1 && op.version !== node.version) codes.push(BADVERSION)
      if (node.children > 0) codes.push(NOTEMPTY)
      return codes
    }
    case 'setData':
    case 'check': {
      const node = tree.node(op.path)
      if (node === undefined) return [NONODE]
      return op.version !== -1 && op.version !== node.version ? [BADVERSION] : []
    }
    case 'setACL': {
      const node = tree.node(op.path)
      if (node === undefined) return [NONODE]
      return op.version !== -1 && op.version !== node.aversion ? [BADVERSION] : []
    }
    default:
      return []
  }
}

/** Changes the draft as the operation does that is not refused. @returns the path of what it is about. */
export function take(op: MultiWrite | Operation, session: SessionId, zxid: Zxid, draft: Draft): string {
  switch (op.type) {
    case 'create':
    case 'create2':
    case 'createContainer':
    case 'createTTL':
      return create(op, session, zxid, draft)
    case 'delete':
      remove(op.path, zxid, draft)
      return op.path
    case 'setData': {
      const node = draft.node(op.path) as ModelNode
      draft.edits.set(op.path, { ...node, data: op.data, mzxid: zxid, version: next(node.version) })
      return op.path
    }
    case 'setACL': {
      const node = draft.node(op.path) as ModelNode
      draft.edits.set(op.path, { ...node, aversion: next(node.aversion) })
      return op.path
    }
    default:
      return 'path' in op && op.path !== null ? op.path : '/'
  }
}

function create(op: CreateOperation, session: SessionId, zxid: Zxid, draft: Draft): string {
  const parentPath = parentOf(op.path)
  const parent = draft.node(parentPath) as ModelNode
  const path = nameFor(op, parent)
  draft.edits.set(parentPath, {
    ...parent,
    pzxid: zxid,
    created: parent.created + 1,
    children: parent.children + 1,
  })
  draft.edits.set(path, {
    data: op.data,
    czxid: zxid,
    mzxid: zxid,
    pzxid: zxid,
    version: 0,
    aversion: 0,
    created: 0,
    children: 0,
    owner: ownerOf(op.flags, session),
  })
  return path
}

/** A node goes, and its parent notices. */
export function remove(path: string, zxid: Zxid, draft: Draft): void {
  const parentPath = parentOf(path)
  const parent = draft.node(parentPath)
  draft.edits.set(path, null)
  if (parent === undefined) return
  draft.edits.set(parentPath, { ...parent, pzxid: zxid, children: parent.children - 1 })
}

function ownerOf(flags: number, session: SessionId): SessionId | null {
  if (flags === EPHEMERAL || flags === EPHEMERAL_SEQUENTIAL) return session
  return flags === CONTAINER || flags === TTL || flags === SEQUENTIAL_TTL ? null : NOBODY
}

/** Sequential nodes are numbered by how many children the parent ever had. */
function nameFor(op: CreateOperation, parent: ModelNode): string {
  const sequential =
    op.flags === SEQUENTIAL || op.flags === EPHEMERAL_SEQUENTIAL || op.flags === SEQUENTIAL_TTL
  return sequential ? op.path + String(parent.created).padStart(10, '0') : op.path
}

/** Versions wrap, and leave out -1, which would mean any. ZOOKEEPER-4743 */
function next(version: number): number {
  const after = (version + 1) | 0
  return after === -1 ? 0 : after
}

export function parentOf(path: string): string {
  const slash = path.lastIndexOf('/')
  return slash <= 0 ? '/' : path.slice(0, slash)
}

/** Changes the draft as a transaction does that was accepted; of a multi, one part. */
export function takeTxn(body: TxnBody, session: SessionId, zxid: Zxid, draft: Draft): void {
  switch (body.type) {
    case 'create':
    case 'create2':
      create({ ...body, type: 'create', flags: body.ephemeral ? EPHEMERAL : 0 }, session, zxid, draft)
      return
    case 'createContainer':
      create({ ...body, type: 'createContainer', flags: CONTAINER }, session, zxid, draft)
      return
    case 'createTTL':
      create({ ...body, type: 'createTTL', flags: TTL }, session, zxid, draft)
      return
    case 'setData':
    case 'setACL':
      take(body, session, zxid, draft)
      return
    case 'delete':
    case 'deleteContainer':
      return remove(body.path, zxid, draft)
    case 'closeSession':
      for (const path of body.paths) remove(path, zxid, draft)
      return
    case 'multi':
      if (body.txns.some(({ type }) => type === 'error')) return
      for (const part of body.txns) takeTxn(part, session, zxid, draft)
      return
    default:
  }
}
