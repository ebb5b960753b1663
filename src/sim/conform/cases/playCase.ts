import type { Zxid } from '../../../nodes/zxid.ts'
import type { Json } from '../reading.ts'
import type { Course, Mode, RecordedCase, Step } from './Case.ts'
import { CasePlayer, type ObservedStep } from './CasePlayer.ts'
import { compareStep, compareValues } from './compareStep.ts'
import { ObservedStat } from './ObservedStat.ts'
import type { Observed } from './observed.ts'
import { Ranks } from './Ranks.ts'
import { type ObservedNode, readTree } from './readTree.ts'
import type { FreshServers } from './servers.ts'

/** Where a case first came out otherwise. */
export interface CaseDifference {
  readonly mode: Mode
  /** Its index in the script; null: in the end. */
  readonly step: number | null
  /** The step as the recording has it. */
  readonly text: string
  /** Which fields, and how. */
  readonly what: readonly string[]
}

/** Plays a case in one mode, and compares it with what that mode gave. Null: equal. */
export function playCase(recorded: RecordedCase, mode: Mode, servers: FreshServers): CaseDifference | null {
  const course = recorded.courses.get(mode) as Course
  const ensemble = servers.take(mode, recorded.profile)
  if (ensemble === null) return difference(mode, null, 'at the start', ['the servers do not come to serve'])
  const player = new CasePlayer(ensemble, servers.troupe.clientCast)
  const observed = recorded.steps.map((step) => player.play(step))
  const tree = course.final === null ? null : readTree(player)
  return compare(recorded, course, mode, observed, tree) ?? died(player, mode)
}

function compare(
  { steps }: RecordedCase,
  { results, final, zxids }: Course,
  mode: Mode,
  observed: readonly ObservedStep[],
  tree: readonly ObservedNode[] | null,
): CaseDifference | null {
  const ranks = new Ranks(zxids, zxidsIn(observed, tree))
  for (const [index, step] of steps.entries()) {
    const result = results[index] as (typeof results)[number]
    const what = compareStep(step, result, observed[index] as ObservedStep, ranks)
    if (what.length > 0) return difference(mode, index, (step as Step).text, what)
  }
  if (final === null || tree === null) return null
  const what = compareTrees(final, tree, ranks)
  if (what.length === 0) {
    const otherZxids = ranks.difference()
    if (otherZxids !== null) what.push(otherZxids)
  }
  return what.length === 0 ? null : difference(mode, null, 'in the end', what)
}

function compareTrees(
  recorded: readonly (readonly Json[])[],
  observed: readonly ObservedNode[],
  ranks: Ranks,
): string[] {
  const found: string[] = []
  const nodes = new Map(observed.map((node) => [node[0], node] as const))
  for (const node of recorded) {
    const [path, data, stat, acl] = node as [string, Json, Json, Json]
    const is = nodes.get(path)
    nodes.delete(path)
    if (is === undefined) {
      found.push(`${path}: recorded, simulated none`)
      continue
    }
    compareValues(`${path} data`, data, is[1], ranks, found)
    compareValues(`${path} stat`, stat, is[2], ranks, found)
    compareValues(`${path} acl`, acl, is[3], ranks, found)
  }
  for (const path of nodes.keys()) found.push(`${path}: recorded none, simulated`)
  return found
}

/** A server that is gone in the end is a difference, whatever its clients saw of it. */
function died({ ensemble }: CasePlayer, mode: Mode): CaseDifference | null {
  const what = ensemble.sids
    .filter((sid) => ensemble.machineOf(sid).state !== 'up')
    .map((sid) => `server ${sid} is down: ${ensemble.machineOf(sid).exitReason ?? ''}`)
  return what.length === 0 ? null : difference(mode, null, 'in the end', what)
}

function difference(mode: Mode, step: number | null, text: string, what: readonly string[]): CaseDifference {
  return Object.freeze({ mode, step, text, what: Object.freeze(what) })
}

function zxidsIn(steps: readonly ObservedStep[], tree: readonly ObservedNode[] | null): ReadonlySet<Zxid> {
  const zxids = new Set<Zxid>()
  for (const { fields } of steps) for (const value of fields.values()) collect(value, zxids)
  for (const node of tree ?? []) collect(node, zxids)
  return zxids
}

function collect(value: Observed | ObservedNode, into: Set<Zxid>): void {
  if (value instanceof ObservedStat) for (const zxid of value.zxids) into.add(zxid)
  else if (Array.isArray(value)) for (const item of value) collect(item as Observed, into)
}
