/**
 * What programs ask and are answered, into the hash of the run. The events say when; two runs that differ only in what a
 * program wrote or read show it here.
 */
import type { MultiRead, Operation, Result } from '../../nodes/packets.ts'
import type { Trace } from '../kernel/Trace.ts'

export function mixOperation(trace: Trace, op: Operation | MultiRead): void {
  trace.mix(trace.hashOf(op.type))
  if ('path' in op) mixText(trace, op.path)
  // The watches of setWatches have lists there; no program asks for those.
  if ('data' in op && typeof op.data === 'string') mixText(trace, op.data)
  if ('version' in op) trace.mix(op.version)
  if ('ops' in op) for (const part of op.ops) mixOperation(trace, part)
}

export function mixResult(trace: Trace, err: number, result: Result | null): void {
  trace.mix(err)
  if (result === null) return
  if ('path' in result) mixText(trace, result.path)
  if ('data' in result) mixText(trace, result.data)
  if ('children' in result) for (const name of result.children) mixText(trace, name)
  if ('stat' in result) {
    trace.mix(result.stat.mzxid | 0)
    trace.mix(result.stat.version)
  }
}

/** FNV-1a, and not kept: data is long and seldom the same twice. */
function mixText(trace: Trace, text: string | null): void {
  let hash = text === null ? 0 : 0x811c9dc5 | 0
  for (let i = 0; i < (text?.length ?? 0); i += 1) {
    hash = Math.imul(hash ^ (text as string).charCodeAt(i), 0x01000193)
  }
  trace.mix(hash)
}
