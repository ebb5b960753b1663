/** What reads must be answered, given the tree that they saw. */
import type { SessionId } from '../../nodes/database/txns.ts'
import type { Operation, OpResult, Result } from '../../nodes/packets.ts'
import { type ModelTree, statMismatch } from './ModelTree.ts'

const NONODE = -101

/**
 * What is wrong with the answer to a read. Null: nothing. Undefined: it is no read, or was refused for a reason that the
 * tree knows nothing of.
 */
export function readMismatch(
  op: Operation,
  err: number,
  result: Result | null,
  sessionId: SessionId,
  tree: ModelTree,
): string | null | undefined {
  switch (op.type) {
    case 'exists':
    case 'getData':
    case 'getChildren':
    case 'getChildren2':
    case 'getACL':
      if (!op.path.startsWith('/')) return undefined
      if (err === NONODE) {
        return tree.node(op.path) === undefined
          ? null
          : 'it was told that there is no such node, and there is'
      }
      return err === 0 && result !== null ? nodeMismatch(op.path, result, tree) : undefined
    case 'getEphemerals':
      if (err !== 0 || result?.type !== 'getEphemerals') return undefined
      return listMismatch(
        result.ephemerals,
        tree.ephemerals(sessionId).filter((path) => path.startsWith(op.prefixPath)),
      )
    case 'multiRead':
      if (err !== 0 || result?.type !== 'multiRead') return undefined
      for (const [i, part] of op.ops.entries()) {
        const answer = result.results[i]
        const mismatch = answer === undefined ? 'an answer is missing' : partMismatch(part.path, answer, tree)
        if (mismatch !== null) return mismatch
      }
      return null
    default:
      return undefined
  }
}

function nodeMismatch(path: string, result: Result, tree: ModelTree): string | null {
  const node = tree.node(path)
  if (node === undefined) return 'it was shown a node that is not there'
  if (result.type === 'getData' && result.data !== node.data) {
    return `it was shown the data ${result.data}, and that is ${node.data}`
  }
  if (result.type === 'getChildren' || result.type === 'getChildren2') {
    const mismatch = listMismatch(result.children, tree.children(path))
    if (mismatch !== null) return mismatch
  }
  return 'stat' in result && result.stat !== null ? statMismatch(result.stat, node) : null
}

function partMismatch(path: string, answer: OpResult, tree: ModelTree): string | null {
  const node = tree.node(path)
  if (answer.type === 'error') {
    return answer.err === NONODE && node !== undefined
      ? `it was told that ${path} is not there, and it is`
      : null
  }
  if (node === undefined) return `it was shown ${path}, which is not there`
  if (answer.type === 'getChildren') return listMismatch(answer.children, tree.children(path))
  if (answer.type !== 'getData') return null
  if (answer.data !== node.data)
    return `it was shown the data ${answer.data} of ${path}, and that is ${node.data}`
  return statMismatch(answer.stat, node)
}

/** Two lists of names, in any order. */
function listMismatch(shown: readonly string[], right: readonly string[]): string | null {
  if (shown.length === right.length && shown.every((name, i) => name === right[i])) return null
  const expected = new Set(right)
  const extra = shown.find((name) => !expected.has(name))
  if (extra !== undefined) return `it was shown ${extra}, which is not there`
  if (shown.length >= right.length) return null
  const seen = new Set(shown)
  return `it was not shown ${right.find((name) => !seen.has(name))}`
}

/** `getData /x` */
export function printTarget(op: Operation): string {
  if ('path' in op) return `${op.type} ${op.path}`
  if ('prefixPath' in op) return `${op.type} ${op.prefixPath}`
  return 'ops' in op ? `${op.type} of ${op.ops.length}` : op.type
}
