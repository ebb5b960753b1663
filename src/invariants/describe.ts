import { printZxid } from '../nodes/zxid.ts'
import type { Violation } from './invariant.ts'

/**
 * The failure text: which sentence is not true, and the facts that contradict it.
 *
 * ```
 * PrefixConsistency (P3) is broken at event 48,213, t=12.304117 s
 *   must hold: What one peer has committed …
 *   but: 2 delivered 2:3 (setData /x) where 1 had delivered 2:3 (create /y)
 *   peers=2,1 zxids=2:3
 * ```
 */
export function describe(violation: Violation): string {
  const { code, name, says, event, time, peers, zxids, what } = violation
  const seconds = `${Math.floor(time / 1_000_000)}.${String(time % 1_000_000).padStart(6, '0')}`
  const facts = [
    peers.length === 0 ? '' : `peers=${peers.join(',')}`,
    zxids.length === 0 ? '' : `zxids=${zxids.map(printZxid).join(',')}`,
  ].filter((fact) => fact !== '')
  const lines = [
    `${name} (${code}) is broken at event ${withCommas(event)}, t=${seconds} s`,
    `  must hold: ${says}`,
    `  but: ${what}`,
  ]
  if (facts.length > 0) lines.push(`  ${facts.join(' ')}`)
  return lines.join('\n')
}

function withCommas(count: number): string {
  return String(count).replace(/\B(?=(\d{3})+$)/g, ',')
}
