import { NO_SESSION } from '../../../nodes/database/txns.ts'
import type { Stat } from '../../../nodes/packets.ts'
import type { Zxid } from '../../../nodes/zxid.ts'
import type { Owners } from './observed.ts'

/** The fields of a stat in the order in which recordings have them; the first three are zxids. */
export const statFields = Object.freeze([
  'czxid',
  'mzxid',
  'pzxid',
  'version',
  'cversion',
  'aversion',
  'owner',
  'dataLength',
  'numChildren',
] as const)

export const ZXIDS = 3

/** A stat of the simulation. */
export class ObservedStat {
  readonly zxids: readonly Zxid[]
  /** Behind the zxids. */
  readonly rest: readonly (number | string)[]

  constructor(stat: Stat, owners: Owners) {
    this.zxids = [stat.czxid, stat.mzxid, stat.pzxid]
    const owner =
      stat.ephemeralOwner === NO_SESSION ? 0 : (owners.get(stat.ephemeralOwner) ?? stat.ephemeralOwner)
    this.rest = [stat.version, stat.cversion, stat.aversion, owner, stat.dataLength, stat.numChildren]
  }
}
