import { cve202423944 } from './CVE-2024-23944.ts'
import { checkWatchesOfOthers } from './checkWatchesOfOthers.ts'
import { deleteContainerByClients } from './deleteContainerByClients.ts'
import { ipAddressesOfVersion6 } from './ipAddressesOfVersion6.ts'
import type { Understudy } from './Understudy.ts'
import { zookeeper2590 } from './ZOOKEEPER-2590.ts'
import { zookeeper2623 } from './ZOOKEEPER-2623.ts'
import { zookeeper4026 } from './ZOOKEEPER-4026.ts'
import { zookeeper4466 } from './ZOOKEEPER-4466.ts'
import { zookeeper4475 } from './ZOOKEEPER-4475.ts'
import { zookeeper4508 } from './ZOOKEEPER-4508.ts'
import { zookeeper4643 } from './ZOOKEEPER-4643.ts'
import { zookeeper4655 } from './ZOOKEEPER-4655.ts'
import { zookeeper4743 } from './ZOOKEEPER-4743.ts'

const in380debian: readonly Understudy[] = Object.freeze([
  zookeeper2590,
  zookeeper2623,
  zookeeper4026,
  zookeeper4466,
  zookeeper4475,
  zookeeper4508,
  zookeeper4643,
  zookeeper4655,
  zookeeper4743,
  checkWatchesOfOthers,
  deleteContainerByClients,
  ipAddressesOfVersion6,
])

/**
 * What `as of` may name, and how that release differs from the newest. `3.8.0-debian` is Debian 12's 3.8.0-11+deb12u2:
 * upstream with the fixes of CVE-2023-44981 and CVE-2024-23944.
 */
export const releases: ReadonlyMap<string, readonly Understudy[]> = new Map([
  ['3.8.0', Object.freeze([...in380debian, cve202423944])],
  ['3.8.0-debian', in380debian],
])

/** What `with` may name. */
export const understudies: ReadonlyMap<string, Understudy> = new Map([
  ...['4643', '4646', '4685', '4785'].map((number) => [`ZOOKEEPER-${number}`, zookeeper4643] as const),
])
