import type { Zxid } from '../../../nodes/zxid.ts'
import type { ObservedStat } from './ObservedStat.ts'
import { lowHalf } from './Session.ts'

/**
 * Recordings have in place of zxids their ranks among all that stats in the case show, 0 for none, and beside that the
 * low halves that the ranks stand for.
 */
export class Ranks {
  private readonly recorded: readonly number[] | null
  private readonly observed: readonly Zxid[]

  /** @param observed every zxid that a stat of the simulation has shown */
  constructor(recorded: readonly number[] | null, observed: ReadonlySet<Zxid>) {
    this.recorded = recorded
    this.observed = [...observed].filter((zxid) => zxid !== 0).sort((a, b) => a - b)
  }

  /** With the zxids at hand they are compared, so that one that differs does not make all above it differ. */
  isSame(rank: number, zxid: Zxid): boolean {
    if (rank === 0 || zxid === 0) return rank === zxid
    if (this.recorded === null) return rank === this.rankOf(zxid)
    return this.recorded[rank - 1] === lowHalf(zxid)
  }

  /** What differs between the two lists. */
  difference(): string | null {
    const { recorded } = this
    if (recorded === null) return null
    const observed = this.observed.map(lowHalf)
    if (recorded.length === observed.length && recorded.every((zxid, i) => zxid === observed[i])) return null
    return `zx: recorded ${JSON.stringify(recorded)}, simulated ${JSON.stringify(observed)}`
  }

  printRecorded(rank: number): string {
    const zxid = rank === 0 ? undefined : this.recorded?.[rank - 1]
    return zxid === undefined ? `${rank}` : `${rank} (zxid ${zxid})`
  }

  printObserved(zxid: Zxid): string {
    return zxid === 0 ? '0' : `${this.rankOf(zxid)} (zxid ${lowHalf(zxid)})`
  }

  /** As a recording would have it. */
  write({ zxids, rest }: ObservedStat): (number | string)[] {
    return [...zxids.map((zxid) => this.rankOf(zxid)), ...rest]
  }

  private rankOf(zxid: Zxid): number {
    return zxid === 0 ? 0 : this.observed.indexOf(zxid) + 1
  }
}
