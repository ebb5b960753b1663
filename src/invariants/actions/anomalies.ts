/** What the peers notice themselves (Remix I-11 to I-14: ShouldNotBeTriggered), as a fold for each code. */
import type { FactOf } from '../../nodes/facts.ts'
import { printZxid } from '../../nodes/zxid.ts'
import type { History } from '../History.ts'
import type { Check } from '../invariant.ts'

export function noAnomaly(
  { peer, code, what, zxid }: FactOf<'anomaly'>,
  history: History,
  check: Check,
): void {
  // A damaged disk may hold anything.
  if (code !== check.invariant.code || history.peer(peer).excused) return
  check.exercised += 1
  check.broken([peer], [zxid], `${peer} noticed at ${printZxid(zxid)}: ${what}`)
}
