/** Arbitraries over what `zksim fuzz` draws: whole runs, and the parts of one. */
import type * as fc from 'fast-check'
import { assemble, partsOf } from '../sim/fuzz/assemble.ts'
import { Draw } from '../sim/fuzz/Draw.ts'
import { drawEnsemble } from '../sim/fuzz/drawEnsemble.ts'
import { type DrawOptions, drawScenario } from '../sim/fuzz/drawScenario.ts'
import { drawLoads } from '../sim/fuzz/drawWorkload.ts'
import { Random } from '../sim/kernel/Random.ts'
import type { EnsembleSpec } from '../sim/scenario/EnsembleSpec.ts'
import { printStep } from '../sim/scenario/print.ts'
import type { Play, Scenario } from '../sim/scenario/Scenario.ts'
import { drawDeclarations, printDeclarations, specFrom } from '../testing/drawSpec.ts'
import { drawTrouble } from '../testing/drawTrouble.ts'
import { type ProfileOptions, profileFrom } from '../testing/profileOf.ts'
import { DrawnScenarios, printingAs } from './DrawnScenarios.ts'

export interface ScenarioOptions extends DrawOptions, ProfileOptions {}

/**
 * Whole scenarios: an ensemble, loads, faults, and what is demanded in the end. They shrink to fewer steps and
 * declarations, and print as the text of a scenario file.
 *
 * @throws RangeError where there is no such profile
 */
export function scenarios(options: ScenarioOptions = {}): fc.Arbitrary<Scenario> {
  const profile = profileFrom(options)
  return new DrawnScenarios((seed) => drawScenario(seed, profile, options))
}

export interface EnsembleArbitraryOptions extends ProfileOptions {
  /** Disks may hold what an ensemble that ran before has left; they are empty unless said. */
  readonly disks?: boolean
}

/**
 * What an ensemble is: how many voters and observers, groups and weights, how its knobs stand. For `new Ensemble(…)` and
 * `simulate(…)`. They shrink to what is as always, and print (also in a template) as a scenario declares it.
 *
 * @throws RangeError where there is no such profile
 */
export function ensembles(options: EnsembleArbitraryOptions = {}): fc.Arbitrary<Partial<EnsembleSpec>> {
  const profile = profileFrom(options)
  const draw = (random: Random): readonly Play[] =>
    options.disks === true ? drawEnsemble(new Draw(random, profile)) : drawDeclarations(random, profile)
  return drawn('ensemble', (random) => ({ declarations: draw(random), steps: [] })).map((scenario) => {
    const { declarations } = partsOf(scenario)
    return printingAs(specFrom(declarations), () => printDeclarations(declarations))
  })
}

export interface FaultPlanOptions extends Omit<ProfileOptions, 'voters' | 'observers'> {
  /** Who there is for things to happen to: 3 voters, no observers and no clients unless said. */
  readonly peers?: number
  readonly observers?: number
  readonly clients?: readonly string[]
}

/**
 * What goes wrong, as steps of the scenario language: for `faults` of a simulation test, `faults.say` of a program, or
 * a scenario's text. In the end everybody is healed. They shrink to fewer steps.
 *
 * @throws RangeError where there is no such profile
 */
export function faultPlans(options: FaultPlanOptions = {}): fc.Arbitrary<readonly string[]> {
  const { peers = 3, observers = 0, clients = [], ...differs } = options
  const profile = profileFrom(differs)
  const victims = { spec: { peers, observers, joiners: 0 }, clients: () => clients, programOf: same }
  return steps('faults', (random) => [...drawTrouble(random, profile, victims)])
}

/**
 * Loads, as steps of the scenario language: who asks for how much of what, and how fast. They shrink to fewer of them.
 *
 * @throws RangeError where there is no such profile
 */
export function workloads(options: ProfileOptions = {}): fc.Arbitrary<readonly string[]> {
  const profile = profileFrom(options)
  return steps('workload', (random) => drawLoads(new Draw(random, profile)))
}

/** Nobody runs there but the client. */
export function same(client: string): string {
  return client
}

function steps(salt: string, draw: (random: Random) => readonly Play[]): fc.Arbitrary<readonly string[]> {
  return drawn(salt, (random) => ({ declarations: [], steps: draw(random) })).map((scenario) =>
    Object.freeze(partsOf(scenario).steps.map(printStep)),
  )
}

interface Drawn {
  readonly declarations: readonly Play[]
  readonly steps: readonly Play[]
}

/** @param salt so that no two of them make the same of one seed */
export function drawn(salt: string, draw: (random: Random, seed: number) => Drawn): fc.Arbitrary<Scenario> {
  return new DrawnScenarios((seed) =>
    assemble({ file: salt, prose: [], ...draw(Random.seeded(`${salt}/${seed}`), seed) }),
  )
}
