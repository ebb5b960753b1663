/** What one seed came to. Plain, so that workers can tell it. */
import { defectOf, type Failure } from '../../fuzz/Failure.ts'
import { MOST_EVENTS, type Trial } from '../../fuzz/Trial.ts'
import { firstDivergence, printDivergence } from '../../kernel/firstDivergence.ts'
import { startScenario } from '../../runScenario.ts'
import type { Scenario } from '../../scenario/Scenario.ts'
import type { Finding } from '../verdict.ts'
import { type Quarry, scenarioOf } from './Quarry.ts'
import type { TryOut } from './tryOut.ts'

export interface SeedResult {
  readonly seed: number
  readonly verdict: Finding
  /** Null where it held, or was not the same twice. */
  readonly failure: Failure | null
  readonly events: number
  readonly time: number
  /** Null where it was not played to an end. */
  readonly hash: string | null
  readonly exercised: ReadonlyMap<string, number>
  readonly hits: ReadonlyMap<string, number>
  /** It was played twice. */
  readonly twice: boolean
  /** How two runs of it parted; null unless they did. */
  readonly divergence: string | null
}

const NOTHING: Omit<SeedResult, 'seed' | 'failure'> = Object.freeze({
  verdict: 'unknown',
  events: 0,
  time: 0,
  hash: null,
  exercised: new Map(),
  hits: new Map(),
  twice: false,
  divergence: null,
})

/** Draws the scenario of a seed and plays it; twice, where `recheck` divides the seed. Throws nothing. */
export function playSeed(seed: number, quarry: Quarry, recheck: number, tryOut: TryOut): SeedResult {
  const twice = recheck > 0 && seed % recheck === 0
  try {
    const first = tryOut(scenarioOf(seed, quarry))
    const second = twice ? tryOut(scenarioOf(seed, quarry)) : first
    const divergence = isSame(first, second) ? null : part(first, second, scenarioOf(seed, quarry))
    return {
      seed,
      verdict: divergence === null ? first.verdict : 'notDeterministic',
      failure: divergence === null ? first.failure : null,
      events: first.events,
      time: first.time,
      hash: first.hash,
      exercised: first.exercised,
      hits: first.hits,
      twice,
      divergence,
    }
  } catch (error) {
    return { ...NOTHING, seed, failure: defectOf(error, 0) }
  }
}

/** A seed whose worker had to be given up, or was lost. */
export function lostSeed(seed: number, code: 'hung' | 'lost', what: string): SeedResult {
  const name = code === 'hung' ? 'NoEnd' : 'WorkerLost'
  const failure = { fingerprint: `${code} ${name}`, code, name, what, event: 0, stuck: null }
  return { ...NOTHING, seed, failure }
}

function isSame(a: Trial, b: Trial): boolean {
  return (
    a.hash === b.hash &&
    a.events === b.events &&
    a.verdict === b.verdict &&
    a.failure?.what === b.failure?.what
  )
}

/** Plays it twice more, side by side, for the event that makes the difference. */
function part(first: Trial, second: Trial, scenario: Scenario): string {
  const options = { quiet: true, maxEvents: MOST_EVENTS }
  const [a, b] = [startScenario(scenario, options).run, startScenario(scenario, options).run]
  const divergence = firstDivergence(a.ensemble.world, b.ensemble.world, { drivers: [a, b] })
  const both = [first, second].map(({ verdict, events, hash }) => `${verdict} events=${events} hash=${hash}`)
  return [
    `first:  ${both[0]}`,
    `second: ${both[1]}`,
    divergence === null
      ? 'Two further runs were the same as each other: whatever makes the difference is rare.'
      : `Of two further runs, ${printDivergence(divergence)}`,
  ].join('\n')
}
