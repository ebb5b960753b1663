/** What writes must be answered, given the tree that they found. */
import type { SessionId } from '../../nodes/database/txns.ts'
import type { MultiWrite, Operation, OpResult, Result } from '../../nodes/packets.ts'
import type { Zxid } from '../../nodes/zxid.ts'
import { Draft, isAboutTheTree, refusals, take } from './effects.ts'
import { type ModelNode, statMismatch } from './ModelTree.ts'

const NOTEMPTY = -111
const RUNTIMEINCONSISTENCY = -2

/**
 * Does to the draft what a write did, by its answer, and says what is wrong with that answer. Null: nothing. Undefined:
 * it was refused for a reason that the tree knows nothing of.
 */
export function writeMismatch(
  op: Operation,
  session: SessionId,
  err: number,
  result: Result | null,
  zxid: Zxid,
  draft: Draft,
): string | null | undefined {
  if (op.type === 'multi') return multiMismatch(op.ops, session, err, result, zxid, draft)
  if (err !== 0) return refusalMismatch(op, err, draft)
  const codes = refusals(op, draft)
  if (codes.length > 0) return `it was told that it happened, and it could not (${codes.join(', ')})`
  const path = take(op, session, zxid, draft)
  return result === null ? null : resultMismatch(path, result, draft)
}

/** A refusal must be true; and what nothing speaks against may not be refused so. */
function refusalMismatch(op: MultiWrite | Operation, err: number, draft: Draft): string | null | undefined {
  if (!isAboutTheTree(err)) return undefined
  const codes = refusals(op, draft)
  if (codes.includes(err)) return null
  // A server that is about to apply the end of a session counts its ephemerals as children still.
  if (err === NOTEMPTY && 'path' in op && op.path !== null && draft.node(op.path) !== undefined)
    return undefined
  return `it was refused (${err}), and the tree gives no such reason`
}

function multiMismatch(
  ops: readonly MultiWrite[],
  session: SessionId,
  err: number,
  result: Result | null,
  zxid: Zxid,
  draft: Draft,
): string | null | undefined {
  const results = result?.type === 'multi' ? result.results : null
  if (results === null) return err === 0 ? 'it was answered without results' : undefined
  if (results.length !== ops.length) return `it has ${ops.length} parts, and was answered ${results.length}`
  const failed = results.findIndex((each) => each.type === 'error' && each.err !== 0)
  const trial = failed === -1 ? draft : new Draft(draft)
  for (const [i, part] of ops.entries()) {
    const answer = results[i] as OpResult
    const of = `its part ${i + 1}, ${part.type} ${part.path},`
    if (i === failed) {
      const code = answer.type === 'error' ? answer.err : 0
      if (code === RUNTIMEINCONSISTENCY) return undefined
      const mismatch = refusalMismatch(part, code, trial)
      return typeof mismatch === 'string' ? `${of} ${mismatch}` : mismatch
    }
    const codes = refusals(part, trial)
    if (codes.length > 0) return `${of} was told that it happened, and it could not (${codes.join(', ')})`
    const path = take(part, session, zxid, trial)
    if (failed !== -1) continue
    const mismatch = partMismatch(path, part, answer, trial)
    if (mismatch !== null) return `${of} ${mismatch}`
  }
  return null
}

function partMismatch(path: string, op: MultiWrite, answer: OpResult, draft: Draft): string | null {
  if (answer.type === 'error') return 'was answered an error among successes'
  if (answer.type === 'create') return pathMismatch(answer.path, path) ?? statOf(answer.stat, path, draft)
  return answer.type === 'setData' && op.type === 'setData' ? statOf(answer.stat, path, draft) : null
}

function resultMismatch(path: string, result: Result, draft: Draft): string | null {
  if ('path' in result && result.path !== null) {
    const mismatch = pathMismatch(result.path, path)
    if (mismatch !== null) return mismatch
  }
  return 'stat' in result ? statOf(result.stat, path, draft) : null
}

function pathMismatch(shown: string, right: string): string | null {
  return shown === right ? null : `it was told the path ${shown}, and that is ${right}`
}

function statOf(stat: Parameters<typeof statMismatch>[0] | null, path: string, draft: Draft): string | null {
  return stat === null ? null : statMismatch(stat, draft.node(path) as ModelNode)
}
