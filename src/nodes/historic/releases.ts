import type { Understudy } from './Understudy.ts'
import { zookeeper4643 } from './ZOOKEEPER-4643.ts'

/** Those of 3.8.0 that do not concern its election. */
const in380: readonly Understudy[] = Object.freeze([zookeeper4643])

/**
 * What `as of` may name, and how that release differs from the newest. `3.8.0-debian` is Debian 12's 3.8.0-11+deb12u2:
 * upstream with the fixes of CVE-2023-44981 and CVE-2024-23944.
 */
export const releases: ReadonlyMap<string, readonly Understudy[]> = new Map([
  ['3.8.0', in380],
  ['3.8.0-debian', in380],
])

/** What `with` may name. */
export const understudies: ReadonlyMap<string, Understudy> = new Map([
  ...['4643', '4646', '4685', '4785'].map((number) => [`ZOOKEEPER-${number}`, zookeeper4643] as const),
])
