/**
 * What zksim draws from a seed, in fast-check's terms. One number of fast-check's is the seed, so that its seed and path stand
 * for the same scenario wherever they are played again.
 */
import * as fc from 'fast-check'
import { assemble, partsOf } from '../sim/fuzz/assemble.ts'
import { problemsOf } from '../sim/scenario/check.ts'
import { printScenario } from '../sim/scenario/print.ts'
import type { Play, Scenario } from '../sim/scenario/Scenario.ts'

/** Seeds are easy to read. */
const MOST = 999_999_999

export class DrawnScenarios extends fc.Arbitrary<Scenario> {
  private readonly draw: (seed: number) => Scenario

  constructor(draw: (seed: number) => Scenario) {
    super()
    this.draw = draw
  }

  override generate(mrng: fc.Random, _biasFactor: number | undefined): fc.Value<Scenario> {
    return drawnValue(this.draw(mrng.nextInt(1, MOST)))
  }

  override canShrinkWithoutContext(value: unknown): value is Scenario {
    return typeof value === 'object' && value !== null && 'lines' in value && Array.isArray(value.lines)
  }

  override shrink(scenario: Scenario, _context: unknown): fc.Stream<fc.Value<Scenario>> {
    return fc.stream(smaller(scenario)).map(drawnValue)
  }
}

function drawnValue(scenario: Scenario): fc.Value<Scenario> {
  return new fc.Value(
    printingAs(scenario, () => printScenario(scenario)),
    undefined,
  )
}

/** A frozen copy that prints so in fast-check's reports and in templates. */
export function printingAs<T extends object>(value: T, print: () => string): T {
  const copy = Object.defineProperties(
    { ...value },
    {
      [fc.toStringMethod]: { value: print },
      toString: { value: print },
    },
  )
  return Object.freeze(copy) as T
}

/** What makes another run of it, or lets it be played at all. */
const KEPT: readonly string[] = [
  'seed {seed:seed}',
  'lenient',
  'spare a quorum',
  'with {issue:issue}',
  'as of {release:release}',
]

/** Nobody can demand that anything goes on where nothing is healed. */
const HEALS: readonly string[] = ['heal a quorum', 'heal everybody']

/** Fewer steps; fewer declarations, without the steps that speak of peers who are gone then. */
function* smaller(scenario: Scenario): Generator<Scenario, void> {
  const all = partsOf(scenario)
  const heals = ({ sentence }: Play): boolean => HEALS.includes(sentence)
  for (const steps of fewer(all.steps, heals)) yield assemble({ ...all, steps })
  const stays = ({ sentence }: Play): boolean => KEPT.includes(sentence)
  for (const declarations of fewer(all.declarations, stays)) {
    if (!isSound(declarations, [])) continue
    yield assemble({ ...all, declarations, steps: all.steps.filter((step) => isSound(declarations, [step])) })
  }
}

/** What stays, alone; then the list without each half of the rest, each quarter, and so on down to each single item. */
function* fewer<T>(items: readonly T[], stays: (item: T) => boolean): Generator<readonly T[], void> {
  const places = items.flatMap((item, i) => (stays(item) ? [] : [i]))
  for (let size = places.length; size > 0; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    // From the end: what comes later is seldom what came first depends on.
    for (let end = places.length; end > 0; end -= size) {
      const dropped = places.slice(Math.max(0, end - size), end)
      yield items.filter((_, i) => !dropped.includes(i))
    }
  }
}

function isSound(declarations: readonly Play[], steps: readonly Play[]): boolean {
  return problemsOf(assemble({ file: '', prose: [], declarations, steps }), []).length === 0
}
