import type { DataTree } from '../database/DataTree.ts'
import { limitsPath, statsPath } from '../database/quotas.ts'
import { StatsTrack } from '../database/StatsTrack.ts'
import type { Bytes } from '../database/txns.ts'
import { keeperErrors } from '../keeperErrors.ts'

const { MARSHALLINGERROR, OK, QUOTAEXCEEDED } = keeperErrors

/**
 * Whether there is room for so many nodes and bytes more at a path, under the nearest quota. Only hard limits refuse.
 * Java: ZooKeeperServer.checkQuota
 *
 * @param tree the committed one: what is on its way does not count.
 * @returns 0 or a code of KeeperException; that of an unexpected error where a quota's nodes say something odd.
 */
export function checkQuota(tree: DataTree, path: string, count: number, bytes: number): number {
  const prefix = tree.maxPrefixWithQuota(path)
  const limitsNode = prefix === null ? undefined : tree.get(limitsPath(prefix))
  if (prefix === null || limitsNode === undefined) return OK.code
  const limits = StatsTrack.parse(limitsNode.data)
  if (limits === null) return MARSHALLINGERROR.code
  const countMatters = count !== 0 && (limits.count > -1 || limits.countHardLimit > -1)
  const bytesMatter = bytes !== 0 && (limits.bytes > -1 || limits.byteHardLimit > -1)
  const statsNode = countMatters || bytesMatter ? tree.get(statsPath(prefix)) : undefined
  if (statsNode === undefined) return OK.code
  const stats = StatsTrack.parse(statsNode.data)
  if (stats === null) return MARSHALLINGERROR.code
  const tooMany = countMatters && exceeds(stats.count + count, limits.countHardLimit)
  const tooLarge = bytesMatter && exceeds(stats.bytes + bytes, limits.byteHardLimit)
  return tooMany || tooLarge ? QUOTAEXCEEDED.code : OK.code
}

function exceeds(value: number, hardLimit: number): boolean {
  return hardLimit > -1 && value > hardLimit
}

/** The length of data that may be null. */
export function lengthOf(data: Bytes | null): number {
  return data === null ? 0 : data.length
}
