/**
 * How long things take. Small tables of integers: a logarithm or an exponential may differ in its last bit between
 * engines, and one bit is another run.
 */
import type { Micros } from '../../nodes/Host.ts'
import type { Random } from './Random.ts'

export type Distribution =
  | { readonly kind: 'fixed'; readonly at: Micros }
  /** Both ends included. */
  | { readonly kind: 'uniform'; readonly from: Micros; readonly to: Micros }
  /** Evenly spaced quantiles, smallest first; straight lines between them. */
  | { readonly kind: 'table'; readonly values: readonly Micros[] }

export function fixed(at: Micros): Distribution {
  return Object.freeze({ kind: 'fixed', at })
}

export function uniform(from: Micros, to: Micros): Distribution {
  return Object.freeze({ kind: 'uniform', from, to })
}

export function table(...values: Micros[]): Distribution {
  return Object.freeze({ kind: 'table', values: Object.freeze(values) })
}

/** One value. `fixed` draws nothing, the others exactly once. */
export function sample(distribution: Distribution, random: Random): Micros {
  switch (distribution.kind) {
    case 'fixed':
      return distribution.at
    case 'uniform':
      return random.int(distribution.from, distribution.to)
    case 'table': {
      const values = distribution.values
      const position = random.next() * (values.length - 1)
      const index = Math.floor(position)
      const low = values[index]!
      const high = values[index + 1] ?? low
      return low + Math.floor((high - low) * (position - index))
    }
  }
}

export type LatencyName = 'lan' | 'rack' | 'wan' | 'ssd' | 'nvme' | 'hdd' | 'cpu'

/** Latencies to choose from by name: one way for networks, one force for disks, from wake to turn for `cpu`. */
export const latencies: Readonly<Record<LatencyName, Distribution>> = Object.freeze({
  lan: table(90, 120, 150, 180, 220, 270, 340, 450, 700, 1_500),
  rack: table(25, 30, 35, 40, 48, 60, 80, 140),
  wan: table(38_000, 39_000, 40_000, 41_000, 42_500, 45_000, 50_000, 64_000),
  nvme: table(20, 25, 30, 38, 50, 75, 130),
  ssd: table(100, 140, 170, 200, 240, 300, 390, 520, 800),
  hdd: table(2_000, 4_000, 6_000, 8_300, 10_000, 12_500, 17_000, 28_000),
  cpu: uniform(1, 20),
})
