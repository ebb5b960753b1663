/** Finds where two runs that should be the same part: not in their outcome, but at the event that made the difference. */
import type { Driver } from './Timeline.ts'
import { printEntry, type Trace, type TraceEntry } from './Trace.ts'
import type { World } from './World.ts'

export interface Divergence {
  /** The number of the first event that differs. */
  readonly event: number
  /** That event in either run; null where the run was over. */
  readonly a: TraceEntry | null
  readonly b: TraceEntry | null
}

export interface CompareOptions {
  /** Stop after so many. */
  readonly events?: number
  /** Advances each world, in place of `step`. */
  readonly drivers?: readonly [a: Driver, b: Driver]
}

/** Makes two worlds and runs them side by side. Null: they did the same. */
export function compareRuns(
  makeA: () => World,
  makeB: () => World,
  options: CompareOptions = {},
): Divergence | null {
  return firstDivergence(makeA(), makeB(), options)
}

/** Runs two worlds side by side from where they are, until they differ or end. Null: they did the same. */
export function firstDivergence(a: World, b: World, options: CompareOptions = {}): Divergence | null {
  a.trace.record(1)
  b.trace.record(1)
  const most = options.events ?? Number.POSITIVE_INFINITY
  for (let done = 0; done < most; done += 1) {
    const moreOfA = options.drivers?.[0].advance(a) ?? a.step()
    const moreOfB = options.drivers?.[1].advance(b) ?? b.step()
    if (!moreOfA && !moreOfB) break
    if (moreOfA !== moreOfB || !alike(a.trace, b.trace)) {
      return Object.freeze({
        event: Math.max(a.events, b.events),
        a: moreOfA ? (a.trace.entries().at(-1) ?? null) : null,
        b: moreOfB ? (b.trace.entries().at(-1) ?? null) : null,
      })
    }
  }
  return null
}

/** In what they did, and in what was in it. */
function alike(a: Trace, b: Trace): boolean {
  return a.sameAs(b) && a.sameContentsAs(b)
}

/** For people. */
export function printDivergence({ event, a, b }: Divergence): string {
  const one = show(a)
  const other = show(b)
  const both = one === other ? `both:  ${one}\n(what differs is inside a packet, a record or a fact)` : null
  return `the runs part at event ${event}\n${both ?? `one:   ${one}\nother: ${other}`}`
}

function show(entry: TraceEntry | null): string {
  return entry === null ? '(the run is over)' : printEntry(entry)
}
