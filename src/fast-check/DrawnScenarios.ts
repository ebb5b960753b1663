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

/** Fewer steps; fewer declarations, without the steps that speak of peers who are gone then. */
function* smaller(scenario: Scenario): Generator<Scenario, void> {
  const all = partsOf(scenario)
  for (const steps of fewer(all.steps)) yield assemble({ ...all, steps })
  const kept = all.declarations.filter(({ sentence }) => KEPT.includes(sentence))
  for (const others of fewer(all.declarations.filter(({ sentence }) => !KEPT.includes(sentence)))) {
    const declarations = [...others, ...kept]
    const steps = all.steps.filter((step) => isSound(declarations, [step]))
    if (isSound(declarations, [])) yield assemble({ ...all, declarations, steps })
  }
}

/** None of the list; then the list without each half, each quarter, and so on down to each single item. */
function* fewer<T>(items: readonly T[]): Generator<readonly T[], void> {
  if (items.length > 0) yield []
  for (let size = Math.ceil(items.length / 2); size > 0; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    if (size === items.length) continue
    // From the end: what comes later is seldom what came first depends on.
    for (let end = items.length; end > 0; end -= size) {
      yield [...items.slice(0, Math.max(0, end - size)), ...items.slice(end)]
    }
  }
}

function isSound(declarations: readonly Play[], steps: readonly Play[]): boolean {
  return problemsOf(assemble({ file: '', prose: [], declarations, steps }), []).length === 0
}
