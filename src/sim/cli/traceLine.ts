import type { Micros } from '../../nodes/Host.ts'
import type { TraceEntry } from '../kernel/Trace.ts'
import { whatHappened } from '../scenario/whatHappened.ts'
import { visible } from './layout.ts'

/** `12.304117`, seconds. */
export function microSeconds(time: Micros): string {
  return `${Math.floor(time / 1_000_000)}.${String(time % 1_000_000).padStart(6, '0')}`
}

/** Who told a fact, and what. */
export function factTexts({ facts }: TraceEntry): string[] {
  return facts.map((fact) => `${'client' in fact ? fact.client : fact.peer} ${whatHappened(fact)}`)
}

/** Time in seconds, event, machine, what it was, and the facts that were told in it. */
export function traceLine(entry: TraceEntry): string {
  const { event, time, machine, what } = entry
  const facts = factTexts(entry).join('; ')
  const place = `${microSeconds(time).padStart(11)} ${String(event).padStart(8)}  ${(machine ?? '-').padEnd(6)}`
  return visible(`${place}  ${what.padEnd(30)}  ${facts}`).trimEnd()
}

export const TRACE_HEAD = `${'time/s'.padStart(11)} ${'event'.padStart(8)}  ${'where'.padEnd(6)}  ${'event'.padEnd(30)}  facts`
