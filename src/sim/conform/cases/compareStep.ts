import type { Json } from '../reading.ts'
import type { RecordedResult, SessionName, Step } from './Case.ts'
import type { ObservedStep } from './CasePlayer.ts'
import { ObservedStat, statFields, ZXIDS } from './ObservedStat.ts'
import type { Observed } from './observed.ts'
import type { Ranks } from './Ranks.ts'

/** What a result may say; the names of events aside, all else is ignored. */
const FIELDS = Object.freeze(['ex', 'msg', 'rc', 'err', 'hrc', 'z', 'to', 'p', 'd', 'st', 'ch'] as const)
const MORE_FIELDS = Object.freeze(['n', 'ephs', 'acl', 'ops', 'who', 'e'] as const)

/** Everything in which a step did not come out as it was recorded, in words. */
export function compareStep(
  step: Step,
  recorded: RecordedResult,
  observed: ObservedStep,
  ranks: Ranks,
): string[] {
  const found: string[] = []
  for (const name of [...FIELDS, ...MORE_FIELDS]) {
    compareValues(name, recorded[name], observed.fields.get(name), ranks, found)
  }
  compareEvents(step, recorded, observed, found)
  return found
}

/** @param name how differences name it */
export function compareValues(
  name: string,
  recorded: Json | undefined,
  observed: Observed | undefined,
  ranks: Ranks,
  found: string[],
): void {
  if (observed instanceof ObservedStat && Array.isArray(recorded)) {
    return compareStats(name, recorded, observed, ranks, found)
  }
  if (Array.isArray(recorded) && Array.isArray(observed) && hasStats(observed)) {
    if (recorded.length !== observed.length) return differ(name, recorded, observed, ranks, found)
    for (const [i, item] of recorded.entries()) {
      compareValues(`${name}[${i}]`, item, observed[i], ranks, found)
    }
    return
  }
  if (!isSame(recorded, observed)) differ(name, recorded, observed, ranks, found)
}

function differ(
  name: string,
  recorded: Json | undefined,
  observed: Observed | undefined,
  ranks: Ranks,
  found: string[],
): void {
  found.push(`${name}: recorded ${print(recorded, ranks)}, simulated ${print(observed, ranks)}`)
}

function compareStats(
  name: string,
  recorded: readonly Json[],
  { zxids, rest }: ObservedStat,
  ranks: Ranks,
  found: string[],
): void {
  for (const [i, field] of statFields.entries()) {
    const was = recorded[i]
    if (i < ZXIDS) {
      const zxid = zxids[i] as number
      if (typeof was === 'number' && ranks.isSame(was, zxid)) continue
      const before = typeof was === 'number' ? ranks.printRecorded(was) : JSON.stringify(was)
      found.push(`${name}.${field}: recorded ${before}, simulated ${ranks.printObserved(zxid)}`)
    } else if (was !== rest[i - ZXIDS]) {
      const is = JSON.stringify(rest[i - ZXIDS])
      found.push(`${name}.${field}: recorded ${JSON.stringify(was)}, simulated ${is}`)
    }
  }
}

function hasStats(observed: Observed): boolean {
  if (observed instanceof ObservedStat) return true
  return Array.isArray(observed) && observed.some((item: Observed) => hasStats(item))
}

function isSame(recorded: Json | undefined, observed: Observed | undefined): boolean {
  return recorded === observed || canonical(recorded) === canonical(observed)
}

/** Fields of an object in any order. */
function canonical(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  if (Array.isArray(value)) return `[${value.map(canonical).join()}]`
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))
  return `{${entries.map(([name, item]) => `${name}:${canonical(item)}`).join()}}`
}

function print(value: Json | Observed | undefined, ranks: Ranks): string {
  if (value === undefined) return 'none'
  return JSON.stringify(value, (_name, item: unknown) =>
    item instanceof ObservedStat ? ranks.write(item) : item,
  )
}

// ── events ──

function compareEvents(
  { session, deed }: Step,
  recorded: RecordedResult,
  observed: ObservedStep,
  found: string[],
): void {
  const events = eventsOf(recorded, 'ev')
  const sent = eventsOf(recorded, 'wev')
  const late = (recorded.late ?? []) as readonly string[]
  const anyOrder = mayCloseSessions(deed)
  for (const name of namesIn(events, observed.events, sent, observed.sent)) {
    const told = events.get(name) ?? []
    const told2 = name === session ? [...told, ...late] : told
    compareLists(`ev.${name}`, told, observed.events.get(name) ?? [], anyOrder, found)
    const wire = sent.get(name) ?? told2.filter((event) => !event.startsWith('None '))
    compareLists(`wev.${name}`, wire, observed.sent.get(name) ?? [], anyOrder, found)
  }
  compareLists('late', late, observed.late, anyOrder, found)
}

/** A closing session's ephemerals go in an order that comes from a hash set. */
function mayCloseSessions(deed: Step['deed']): boolean {
  switch (deed.op) {
    case 'close':
    case 'await':
    case 'heal':
    case 'sleep':
      return true
    case 'raw':
      return deed.opcode === CLOSE_SESSION
    default:
      return false
  }
}

const CLOSE_SESSION = -11

function eventsOf(recorded: RecordedResult, name: 'ev' | 'wev'): ReadonlyMap<SessionName, readonly string[]> {
  return new Map(Object.entries((recorded[name] ?? {}) as Record<SessionName, readonly string[]>))
}

function namesIn(...maps: readonly ReadonlyMap<SessionName, unknown>[]): SessionName[] {
  return [...new Set(maps.flatMap((map) => [...map.keys()]))]
}

function compareLists(
  name: string,
  recorded: readonly string[],
  observed: readonly string[],
  anyOrder: boolean,
  found: string[],
): void {
  const [was, is] = anyOrder ? [sorted(recorded), sorted(observed)] : [settled(recorded), settled(observed)]
  if (was.length === is.length && was.every((event, i) => event === is[i])) return
  found.push(`${name}: recorded ${printEvents(recorded)}, simulated ${printEvents(observed)}`)
}

function printEvents(events: readonly string[]): string {
  return events.length === 0 ? 'none' : events.join(', ')
}

/** Watchers that are told of one event, and watches that are taken away together, are in no order. */
function settled(events: readonly string[]): string[] {
  const result: string[] = []
  for (let from = 0; from < events.length; ) {
    let to = from + 1
    while (to < events.length && inNoOrder(events[from] as string, events[to] as string)) to += 1
    result.push(...sorted(events.slice(from, to)))
    from = to
  }
  return result
}

const REMOVED = /^\w+WatchRemoved /

function inNoOrder(a: string, b: string): boolean {
  if (REMOVED.test(a)) return REMOVED.test(b)
  return a.replace(WATCHER, '') === b.replace(WATCHER, '')
}

const WATCHER = / @[^ ]*/

function sorted(events: readonly string[]): string[] {
  return [...events].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0))
}
