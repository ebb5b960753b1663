import type * as fc from 'fast-check'
import { partsOf, said } from '../sim/fuzz/assemble.ts'
import type { Profile } from '../sim/fuzz/Profile.ts'
import { printStep } from '../sim/scenario/print.ts'
import type { Scenario } from '../sim/scenario/Scenario.ts'
import type { SimulatedProgram } from '../sim/simulate/Environment.ts'
import type { SimulationResult } from '../sim/simulate/SimulationResult.ts'
import type { SimulateOptions } from '../sim/simulate/simulate.ts'
import { attempt, type Setting } from '../testing/attempt.ts'
import { drawDeclarations, printDeclarations, specFrom, withGiven } from '../testing/drawSpec.ts'
import { drawTrouble } from '../testing/drawTrouble.ts'
import { whereParted } from '../testing/investigate.ts'
import { NotDeterministic } from '../testing/NotDeterministic.ts'
import { profileOf } from '../testing/profileOf.ts'
import { printFailure } from '../testing/report.ts'
import { TestFailure } from '../testing/TestFailure.ts'
import { printingAs } from './DrawnScenarios.ts'
import { drawn, same } from './scenarios.ts'

export interface SimulationArbitraryOptions extends Omit<SimulateOptions, 'seed' | 'print'> {
  /** What the ensemble is drawn from; `swarm` unless said; null: it is as the options say. */
  readonly ensemble?: Profile | string | null
  /** What goes wrong is drawn from; `swarm` unless said; null: nothing goes wrong. */
  readonly faults?: Profile | string | null
  /** Names of clients and spawned programs for things to happen to. */
  readonly clients?: readonly string[]
}

/** A world that was drawn: a seed, an ensemble and what goes wrong, without the program. */
export interface DrawnSimulation {
  readonly seed: number
  /** All of `simulate`'s. */
  readonly options: SimulateOptions
  /** Steps of the scenario language, in their order. */
  readonly faults: readonly string[]
  /**
   * Runs a program in it. What it does may depend on what else was drawn.
   *
   * @throws SimulationBroken where it does not hold, NotDeterministic where a second run is another
   */
  run(program: SimulatedProgram<unknown>): Promise<void>
  /** The same, for its result: a property may not return one. */
  resultOf<T>(program: SimulatedProgram<T>): Promise<SimulationResult<T>>
}

/** A program did not hold. `cause` is what it threw. */
export class SimulationBroken extends TestFailure {
  override readonly name = 'SimulationBroken'
  readonly result: SimulationResult<unknown>

  constructor(text: string, result: SimulationResult<unknown>) {
    super(text, result.error === null ? {} : { cause: result.error })
    this.result = result
  }
}

/**
 * Worlds for users' programs, with drawn ensembles and faults:
 *
 *     fc.assert(fc.asyncProperty(simulations(), fc.nat(9), (world, n) => world.run(async ({ connect }) => { … })))
 *
 * They shrink to fewer faults and to ensembles that are more as always.
 *
 * @throws RangeError where there is no such profile
 */
export function simulations(options: SimulationArbitraryOptions = {}): fc.Arbitrary<DrawnSimulation> {
  const { ensemble = 'swarm', faults = 'swarm', clients = ['main-1'], ...given } = options
  const size = ensemble === null ? null : profileOf(ensemble)
  const trouble = faults === null ? null : profileOf(faults)
  return drawn('simulation', (random, seed) => {
    const declarations = size === null ? [] : drawDeclarations(random, size)
    const { peers = 3, observers = 0, joiners = 0 } = withGiven(specFrom(declarations), given)
    const victims = { spec: { peers, observers, joiners }, clients: () => clients, programOf: same }
    return {
      declarations: [...declarations, said('seed {seed:seed}', { seed })],
      steps: trouble === null ? [] : [...drawTrouble(random, trouble, victims)],
    }
  }).map((scenario) => simulationOf(scenario, given, trouble?.reckless === false))
}

function simulationOf(
  scenario: Scenario,
  given: Omit<SimulateOptions, 'seed' | 'print'>,
  sparing: boolean,
): DrawnSimulation {
  const { declarations, steps } = partsOf(scenario)
  const spec = specFrom(declarations)
  const seed = spec.seed ?? 1
  const faults = Object.freeze(steps.map(printStep))
  const options = Object.freeze({ sparing, ...given, ...withGiven(spec, given), seed })
  const setting: Setting = { options, trouble: faults }
  const print = (): string => [printDeclarations(declarations), ...faults].join('\n')
  const world: DrawnSimulation = {
    seed,
    options,
    faults,
    run: async (program) => void (await resultOf(setting, program)),
    resultOf: (program) => resultOf(setting, program),
  }
  return printingAs(world, print)
}

async function resultOf<T>(setting: Setting, program: SimulatedProgram<T>): Promise<SimulationResult<T>> {
  const first = await attempt(setting, program)
  const { result } = first
  if (result.verdict === 'held') return result
  const second = await attempt(setting, program)
  const parted = whereParted(result, second.result)
  if (parted !== null) throw new NotDeterministic(result.seed, parted)
  throw new SimulationBroken(printFailure(first), result)
}
