/**
 * How much a scenario may ask for. What is beyond could not be played: numbers that are no longer exact, more than a
 * machine holds, or waits of no length, in which an ensemble does the same again and again while no time passes.
 */
import { defaultSettings, type PeerSettings } from '../../nodes/PeerConfig.ts'
import { MAX_COUNTER } from '../../nodes/zxid.ts'
import { kinds } from '../kinds.ts'

/** The most peers a scenario may have. */
export const MOST_PEERS = 99
/** The most transactions that may lie on all disks together when the peers first start. */
export const MOST_LOGGED = 100_000
/** The highest epoch on a disk. Zxids are exact up to epoch 2^21, and there will be elections. */
export const MOST_EPOCH = 1_000_000
/** Bytes of one node. */
export const MOST_BYTES = 16 * 1_024 * 1_024
/** Clients of all loads. */
export const MOST_CLIENTS = 10_000
/** Changes of priorities in one run. */
export const MOST_CHANGES = 1_000
/** What may be written about a clock, a link or a disk. Microseconds. */
export const MOST_DELAY = 365 * 86_400_000_000
/** All that is waited for in one scenario. Microseconds; three times this is still an exact number. */
export const MOST_TIME = 100 * MOST_DELAY

/** Java keeps them in an `int`. */
const MAX_INT = 0x7fff_ffff

/** What may be said of a setting; 1 to 2^31 - 1 where nothing else is. */
const ranges: Partial<Record<keyof PeerSettings, readonly [least: number, most: number]>> = {
  finalizeWait: [0, MAX_INT],
  snapshotSizeFactor: [-MAX_INT, MAX_INT],
  preAllocSize: [0, MAX_INT],
  snapRetainCount: [0, MAX_INT],
  maxCounter: [1, MAX_COUNTER],
  containerMaxPerMinute: [0, MAX_INT],
  containerMaxNeverUsedInterval: [0, MAX_INT],
  maxClientCnxns: [0, MAX_INT],
}

/** What a setting has to be, where it is not; null where it may be so. */
export function wrongSetting(
  name: keyof PeerSettings,
  value: unknown,
  unit: 'millis' | 'count',
): string | null {
  if (typeof value !== 'number') return null
  const [least, most] = ranges[name] ?? [1, MAX_INT]
  if (value >= least && value <= most) return null
  const [low, high] = [least, most].map((bound) => kinds[unit].print(bound))
  return `${low} to ${high} for ${name}`
}

/** The same of settings that depend on each other. Java: QuorumPeerConfig.parseProperties */
export function wrongTogether(name: string, settings: Partial<PeerSettings>): string | null {
  const { tickTime, initLimit, syncLimit, minSessionTimeout, maxSessionTimeout } = {
    ...defaultSettings,
    ...settings,
  }
  if (/^m..SessionTimeout$/.test(name) && minSessionTimeout > maxSessionTimeout) {
    const [low, high] = [minSessionTimeout, maxSessionTimeout].map(kinds.millis.print)
    return `a minSessionTimeout (${low}) that is not larger than the maxSessionTimeout (${high})`
  }
  if (/^(tickTime|initLimit|syncLimit)$/.test(name) && (initLimit + syncLimit) * tickTime > MAX_INT) {
    return `initLimit and syncLimit of together at most ${Math.floor(MAX_INT / tickTime)} ticks of ${kinds.millis.print(tickTime)}`
  }
  return null
}
