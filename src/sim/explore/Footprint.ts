import type { HostName } from '../../nodes/Host.ts'

/** What is known of an event that has happened: enough to tell with which others it may be swapped. */
export interface Footprint {
  /** The machines it had to do with; null: with everything. */
  readonly machines: readonly HostName[] | null
  /** Facts were told. */
  readonly told: boolean
}

/**
 * The order of these two makes no difference, to machines nor to who judges. Invariants compare facts across peers and may
 * find in one order what the other hides, so two events that both told facts are never taken to be independent.
 */
export function independent(a: Footprint, b: Footprint): boolean {
  if (a.machines === null || b.machines === null || (a.told && b.told)) return false
  for (const machine of a.machines) if (b.machines.includes(machine)) return false
  return true
}
