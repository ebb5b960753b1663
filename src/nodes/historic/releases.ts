import { cve202423944 } from './CVE-2024-23944.ts'
import { checkWatchesOfOthers } from './checkWatchesOfOthers.ts'
import { deleteContainerByClients } from './deleteContainerByClients.ts'
import type { Understudy } from './Understudy.ts'
import { zookeeper2332 } from './ZOOKEEPER-2332.ts'
import { zookeeper2590 } from './ZOOKEEPER-2590.ts'
import { zookeeper2623 } from './ZOOKEEPER-2623.ts'
import { zookeeper4026 } from './ZOOKEEPER-4026.ts'
import { zookeeper4240 } from './ZOOKEEPER-4240.ts'
import { zookeeper4466 } from './ZOOKEEPER-4466.ts'
import { zookeeper4475 } from './ZOOKEEPER-4475.ts'
import { zookeeper4508 } from './ZOOKEEPER-4508.ts'
import { zookeeper4537 } from './ZOOKEEPER-4537.ts'
import { zookeeper4575 } from './ZOOKEEPER-4575.ts'
import { zookeeper4643 } from './ZOOKEEPER-4643.ts'
import { zookeeper4655 } from './ZOOKEEPER-4655.ts'
import { zookeeper4743 } from './ZOOKEEPER-4743.ts'
import { zookeeper4846 } from './ZOOKEEPER-4846.ts'
import { zookeeper4915 } from './ZOOKEEPER-4915.ts'
import { zookeeper4925 } from './ZOOKEEPER-4925.ts'

const all: readonly Understudy[] = Object.freeze([
  zookeeper2332,
  zookeeper2590,
  zookeeper2623,
  zookeeper4026,
  zookeeper4240,
  zookeeper4466,
  zookeeper4475,
  zookeeper4508,
  zookeeper4575,
  zookeeper4643,
  zookeeper4655,
  zookeeper4743,
  zookeeper4846,
  zookeeper4915,
  zookeeper4925,
  cve202423944,
  checkWatchesOfOthers,
  deleteContainerByClients,
])

/** How each patch release differs from the newest. Every understudy here was there before the first of them. */
const byNumber: ReadonlyMap<string, readonly Understudy[]> = new Map(
  ['3.8.0', '3.8.1', '3.8.2', '3.8.3', '3.8.4', '3.8.5', '3.8.6']
    .concat(['3.9.0', '3.9.1', '3.9.2', '3.9.3', '3.9.4', '3.9.5'])
    .map((release) => [release, Object.freeze(all.filter((understudy) => isIn(understudy, release)))]),
)

const upstream380 = byNumber.get('3.8.0') as readonly Understudy[]
/** Debian 12's 3.8.0-11+deb12u2, which has the fixes of CVE-2023-44981 and CVE-2024-23944: what recordings are of. */
const recorded380 = Object.freeze(upstream380.filter((understudy) => understudy !== cve202423944))

/** What `as of` may name. `3.8.0` is Debian's. */
export const releases: ReadonlyMap<string, readonly Understudy[]> = new Map([
  ...byNumber,
  ['3.8.0', recorded380],
  ['3.8.0-11+deb12u2', recorded380],
  ['3.8.0-upstream', upstream380],
])

/**
 * What `with` may name. The four that came with one another go so. That of ZOOKEEPER-4537 is in no release: the real race
 * was of nanoseconds, and here it is open whenever a thread goes to sleep.
 */
export const understudies: ReadonlyMap<string, Understudy> = new Map([
  ...[...all, zookeeper4537].map((understudy) => [understudy.issue, understudy] as const),
  ...['4646', '4685', '4785'].map((number) => [`ZOOKEEPER-${number}`, zookeeper4643] as const),
])

/** A fix is in its branch from that patch on, and in branches behind the last that it had to be brought to. */
function isIn({ mendedIn }: Understudy, release: string): boolean {
  const [branch, patch] = partsOf(release)
  const fixes = mendedIn.map(partsOf)
  const here = fixes.find(([other]) => other === branch)
  if (here !== undefined) return patch < here[1]
  return !fixes.some(([other]) => other < branch)
}

function partsOf(release: string): readonly [branch: number, patch: number] {
  const [, branch, patch] = release.split('.').map(Number)
  return [branch ?? 0, patch ?? 0]
}
