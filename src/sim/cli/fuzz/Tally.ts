/** What a hunt has found so far. Told of seeds in their order. */
import { createHash } from 'node:crypto'
import type { Failure } from '../../fuzz/Failure.ts'
import type { Finding } from '../verdict.ts'
import type { SeedResult } from './SeedResult.ts'

/** All failures of one fingerprint. */
export interface Find {
  readonly fingerprint: string
  /** The failure of the lowest seed that has it. */
  readonly failure: Failure
  readonly verdict: Finding
  readonly seed: number
  /** Of that seed. */
  readonly events: number
  /** How many seeds have it. */
  count: number
  /** The lowest seeds that have it. */
  readonly seeds: number[]
}

/** Seeds that are named of one find. */
const NAMED = 10

export class Tally {
  seeds = 0
  /** How many were played twice. */
  twice = 0
  events = 0
  /** Virtual microseconds. */
  time = 0
  readonly verdicts = new Map<Finding, number>()
  /** By fingerprint, in the order in which they were found. */
  readonly finds = new Map<string, Find>()
  readonly hits = new Map<string, number>()
  readonly exercised = new Map<string, number>()
  /** How two runs of one seed parted. */
  divergence: SeedResult | null = null
  private readonly digest = createHash('sha256')

  /** @returns what was found with this seed for the first time. */
  add(result: SeedResult): Find | null {
    const { seed, verdict, hash, failure } = result
    this.seeds += 1
    if (result.twice) this.twice += 1
    this.events += result.events
    this.time += result.time
    this.verdicts.set(verdict, this.of(verdict) + 1)
    this.digest.update(`${seed} ${verdict} ${hash}\n`)
    addAll(this.hits, result.hits)
    addAll(this.exercised, result.exercised)
    if (verdict === 'notDeterministic') this.divergence = result
    if (failure === null) return null
    const known = this.finds.get(failure.fingerprint)
    if (known === undefined) return this.found(result, failure)
    known.count += 1
    if (known.seeds.length < NAMED) known.seeds.push(seed)
    return null
  }

  of(verdict: Finding): number {
    return this.verdicts.get(verdict) ?? 0
  }

  /** Of the hashes of all seeds: two hunts that have the same did the same. */
  get hash(): string {
    return this.digest.copy().digest('hex').slice(0, 16)
  }

  private found({ seed, verdict, events }: SeedResult, failure: Failure): Find {
    const { fingerprint } = failure
    const find: Find = { fingerprint, failure, verdict, seed, events, count: 1, seeds: [seed] }
    this.finds.set(fingerprint, find)
    return find
  }
}

function addAll(sums: Map<string, number>, more: ReadonlyMap<string, number>): void {
  for (const [key, count] of more) sums.set(key, (sums.get(key) ?? 0) + count)
}
