/** The objects of `--json`, one a line. What they mean is in docs/json.md, which a test holds against real output. */

import { printZxid } from '../../nodes/zxid.ts'
import type { Ensemble } from '../ensemble.ts'
import type { TraceEntry } from '../kernel/Trace.ts'
import type { Outcome, ScenarioRun } from '../scenario/run.ts'
import type { TranscriptLine } from '../scenario/transcript.ts'
import type { Source } from './sources.ts'
import { clientStates, peerStates } from './state.ts'
import { factTexts } from './traceLine.ts'
import { againLine, codes, type Finding } from './verdict.ts'

export type JsonObject = { readonly type: string } & Readonly<Record<string, unknown>>

export function problemObjects({ problems }: Source): JsonObject[] {
  return problems.map((problem) => ({ type: 'problem', ...problem }))
}

export function transcriptObject(line: TranscriptLine, alarming: ReadonlySet<string>): JsonObject | null {
  const { time, event, who, what, peers, recorded } = line
  if (peers.length > 0) return { type: 'happened', time, event, who, what, peers }
  if (recorded) return { type: 'shown', time, event, who, what }
  // Broken invariants have objects of their own.
  return alarming.has(what) ? null : { type: 'step', time, event, step: what }
}

export function violationObjects({ checker }: Ensemble): JsonObject[] {
  return checker.violations.map((one) => ({
    type: 'violation',
    ...one,
    zxids: one.zxids.map(printZxid),
  }))
}

export function mismatchObjects({ mismatches }: Outcome): JsonObject[] {
  return mismatches.map((mismatch) => ({ type: 'mismatch', ...mismatch }))
}

export function stateObjects(run: ScenarioRun, ensemble: Ensemble): JsonObject[] {
  return [
    ...peerStates(run, ensemble).map((peer) => ({ type: 'peer', ...peer })),
    ...clientStates(ensemble).map((client) => ({ type: 'client', ...client })),
  ]
}

export function eventObject(entry: TraceEntry): JsonObject {
  const { time, event, machine, what, effects } = entry
  return { type: 'event', time, event, machine, what, facts: factTexts(entry), effects }
}

/** The last object of a file. */
export function verdictObject(
  file: string,
  verdict: Finding,
  outcome: Outcome | null,
  ensemble: Ensemble | null,
): JsonObject {
  return {
    type: 'verdict',
    file,
    verdict,
    exitCode: codes[verdict],
    seed: outcome === null ? null : Number(outcome.seed),
    events: outcome?.events ?? 0,
    time: outcome?.time ?? 0,
    hash: outcome?.hash ?? null,
    at: outcome?.at ?? null,
    reason: outcome?.reason ?? null,
    stuck: outcome?.stuck ?? null,
    untested:
      ensemble === null
        ? []
        : ensemble.checker.checks
            .filter((check) => check.exercised === 0)
            .map(({ invariant }) => invariant.code),
    again: outcome === null ? null : againLine(file, outcome.seed),
  }
}
