/** The objects of `zksim fuzz --json`. What they mean is in docs/json.md. */
import type { JsonObject } from '../json.ts'
import { type HuntPlan, type HuntReport, type Reported, rangeOf } from './HuntReport.ts'
import type { SeedResult } from './SeedResult.ts'

export function huntObject({ quarry, first, runs, wallTime, recheck }: HuntPlan): JsonObject {
  const { profile, release, bugs } = quarry
  const { seed, commit } = first
  return { type: 'hunt', profile, release, bugs, seed, commit, runs, wallTime, recheck }
}

export function seedObject({ seed, verdict, hash, events, time, twice, failure }: SeedResult): JsonObject {
  const fingerprint = failure?.fingerprint ?? null
  return { type: 'seed', seed, verdict, hash, events, time, twice, failure: fingerprint }
}

export function failureObject({ find, small, notShrunk, files, again }: Reported): JsonObject {
  const { fingerprint, failure, verdict, seed, events, count, seeds } = find
  const { code, name, what, event, stuck } = failure
  return {
    type: 'failure',
    fingerprint,
    code,
    name,
    verdict,
    what,
    seed,
    event,
    events,
    stuck,
    count,
    seeds,
    ...files,
    shrunk:
      small === null
        ? null
        : {
            steps: small.steps,
            events: small.events,
            trials: small.trials,
            ended: small.ended,
            failsWith: small.failsWith,
          },
    notShrunk,
    again,
  }
}

/** The last object. Only `wall` differs from one hunt of these seeds to the next. */
export function summaryObject(report: HuntReport): JsonObject {
  const { tally, end, coverage, coverageCounts, finding, exitCode, wall } = report
  return {
    type: 'summary',
    verdict: finding,
    exitCode,
    end,
    seeds: tally.seeds,
    range: rangeOf(report),
    held: tally.of('held'),
    broken: tally.of('broken'),
    failed: tally.of('failed'),
    unknown: tally.of('unknown'),
    twice: tally.twice,
    failures: tally.finds.size,
    events: tally.events,
    time: tally.time,
    hash: tally.hash,
    divergence: tally.divergence?.divergence ?? null,
    coverage: { ...coverage, counts: coverageCounts },
    wall: { ...wall },
  }
}
