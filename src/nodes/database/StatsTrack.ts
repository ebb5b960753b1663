import { compareStrings } from './HashTrie.ts'
import type { Bytes } from './txns.ts'

const COUNT = 'count'
const BYTES = 'bytes'
const LONG_BITS = 64

/**
 * What a limits or a stats node says: `count=3,bytes=10`, and behind `=;` whatever else is known, hard limits above
 * all. Frozen. Java: StatsTrack
 */
export class StatsTrack {
  private readonly values: ReadonlyMap<string, bigint>

  private constructor(values: ReadonlyMap<string, bigint>) {
    this.values = values
    Object.freeze(this)
  }

  static readonly empty = new StatsTrack(new Map())

  static of(count: number, bytes: number): StatsTrack {
    return new StatsTrack(
      new Map([
        [COUNT, BigInt(count)],
        [BYTES, BigInt(bytes)],
      ]),
    )
  }

  /** Null for data that Java's constructor throws at. */
  static parse(data: Bytes | null): StatsTrack | null {
    if (data === null) return null
    if (data === '') return StatsTrack.empty
    const values = new Map<string, bigint>()
    for (const pair of withoutEmptyEnd(data.split(/[,;]+/))) {
      const [key, value] = withoutEmptyEnd(pair.split('='))
      if (key === undefined || value === undefined) return null
      const long = value === '' ? -1n : parseLong(value)
      if (long === null) return null
      values.set(key, long)
    }
    return new StatsTrack(values)
  }

  /** -1 where nothing is said, here as below. */
  get count(): number {
    return this.valueOf(COUNT)
  }

  get bytes(): number {
    return this.valueOf(BYTES)
  }

  get countHardLimit(): number {
    return this.valueOf('countHardLimit')
  }

  get byteHardLimit(): number {
    return this.valueOf('byteHardLimit')
  }

  /** With another value of one field; -1 says that there is no limit. */
  with(key: 'count' | 'bytes' | 'countHardLimit' | 'byteHardLimit', value: number): StatsTrack {
    return new StatsTrack(new Map([...this.values, [key, BigInt(value)]]))
  }

  /** With so many more nodes and bytes. */
  plus(count: number, bytes: number): StatsTrack {
    const values = new Map(this.values)
    values.set(COUNT, BigInt.asIntN(LONG_BITS, this.longOf(COUNT) + BigInt(count)))
    values.set(BYTES, BigInt.asIntN(LONG_BITS, this.longOf(BYTES) + BigInt(bytes)))
    return new StatsTrack(values)
  }

  /** The `=` that seems one too many makes parsers before 3.7 overlook the rest. */
  toBytes(): Bytes {
    const others = [...this.values.keys()]
      .filter((key) => key !== COUNT && key !== BYTES)
      .sort(compareStrings)
    const rest = others.map((key) => `;${key}=${this.longOf(key)}`).join('')
    return `count=${this.longOf(COUNT)},bytes=${this.longOf(BYTES)}${rest === '' ? '' : `=${rest}`}`
  }

  private valueOf(key: string): number {
    return Number(this.longOf(key))
  }

  private longOf(key: string): bigint {
    return this.values.get(key) ?? -1n
  }
}

/** As Java splits: what is empty at the end is not there, and what comes of nothing is the empty text. */
function withoutEmptyEnd(parts: readonly string[]): readonly string[] {
  let end = parts.length
  while (end > 0 && parts[end - 1] === '') end -= 1
  return parts.length === 1 ? parts : parts.slice(0, end)
}

/** Java: Long.parseLong; null where it throws. */
function parseLong(text: string): bigint | null {
  if (!/^[+-]?[0-9]+$/.test(text)) return null
  const long = BigInt(text.startsWith('+') ? text.slice(1) : text)
  return BigInt.asIntN(LONG_BITS, long) === long ? long : null
}
