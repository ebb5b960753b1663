import { type TestAPI, type TestContext, test } from 'vitest'
import type { Environment, SimulatedProgram } from '../sim/simulate/Environment.ts'
import type { SettingOptions } from '../testing/settingOf.ts'
import { readEnvironment } from './environment.ts'
import { pasteLine } from './pasteLine.ts'
import { runSeeds } from './runSeeds.ts'
import { Seeds } from './Seeds.ts'

/** Those of `simulate`, and what many seeds are for. */
export interface SimulationTestOptions extends SettingOptions {
  /** How many seeds, from 1 on; or which. 100 unless said. */
  readonly seeds?: number | readonly number[]
  /** Real milliseconds for all seeds together; a minute unless said. */
  readonly timeout?: number
}

export type TestProgram = SimulatedProgram<unknown>
export type TestProgramFor<A extends readonly unknown[]> = (environment: Environment, ...args: A) => unknown

export interface SimulationTestFunction {
  (name: string, program: TestProgram): void
  (name: string, options: SimulationTestOptions, program: TestProgram): void
}

export interface SimulationTestForCases<A extends readonly unknown[]> {
  (name: string, program: TestProgramFor<A>): void
  (name: string, options: SimulationTestOptions, program: TestProgramFor<A>): void
}

/**
 * A test that runs a program in a simulated ensemble, once for every seed, and fails with the first seed under which it does
 * not hold: the program throws, an invariant of ZooKeeper's is broken, or it does not end.
 *
 * `ZKSIM_SEED=7` runs just that seed; `ZKSIM_RUNS=1000` (`10x`) takes so many (so many times as many), and as much more
 * time; `ZKSIM_FIRST_SEED=5000` begins there. It is never retried.
 */
export interface SimulationTest extends SimulationTestFunction {
  readonly only: SimulationTest
  readonly skip: SimulationTest
  readonly fails: SimulationTest
  readonly todo: (name: string) => void
  skipIf(condition: unknown): SimulationTest
  runIf(condition: unknown): SimulationTest
  /** One test a case; the program gets the case behind its environment. */
  for<T>(cases: readonly T[]): SimulationTestForCases<readonly [T]>
  /** The same; cases that are lists are spread. */
  each<T extends unknown[] | [unknown]>(cases: readonly T[]): SimulationTestForCases<T>
  each<T>(cases: readonly T[]): SimulationTestForCases<[T]>
}

type Chainable = Pick<TestAPI, 'only' | 'skip' | 'fails' | 'todo' | 'for'> &
  Partial<Pick<TestAPI, 'skipIf' | 'runIf'>>

/** The same on top of another test function: an extended one, say. */
export function simulationTestOn(base: TestAPI): SimulationTest {
  return onTopOf(base, base)
}

function onTopOf(base: Chainable, root: TestAPI): SimulationTest {
  const cases =
    (list: readonly unknown[], spread: (one: unknown) => readonly unknown[]) =>
    (name: string, ...rest: Given<TestProgramFor<readonly unknown[]>>): void => {
      const [options, program] = sorted(rest)
      const { seeds, ...collector } = collected(options)
      base.for(list)(name, collector, (one, context) =>
        run(context as TestContext, seeds, options, (environment) => program(environment, ...spread(one))),
      )
    }
  const one = (name: string, ...rest: Given<TestProgram>): void => {
    const [options, program] = sorted(rest)
    const { seeds, ...collector } = collected(options)
    const begin = base as unknown as TestAPI
    begin(name, collector, (context: TestContext) => run(context, seeds, options, program))
  }
  return Object.defineProperties(one, {
    only: { get: () => onTopOf(base.only, root) },
    skip: { get: () => onTopOf(base.skip, root) },
    fails: { get: () => onTopOf(base.fails, root) },
    todo: { value: (name: string) => base.todo(name) },
    skipIf: { value: (condition: unknown) => (condition ? onTopOf(root.skip, root) : onTopOf(base, root)) },
    runIf: { value: (condition: unknown) => (condition ? onTopOf(base, root) : onTopOf(root.skip, root)) },
    for: { value: (list: readonly unknown[]) => cases(list, (each) => [each]) },
    each: {
      value: (list: readonly unknown[]) => cases(list, (each) => (Array.isArray(each) ? each : [each])),
    },
  }) as unknown as SimulationTest
}

type Given<P> = [program: P] | [options: SimulationTestOptions, program: P]

function sorted<P>(given: Given<P>): readonly [SimulationTestOptions, P] {
  return given.length === 1 ? [{}, given[0]] : given
}

interface Collected {
  readonly seeds: Seeds
  readonly retry: number
  readonly timeout: number
}

const A_MINUTE = 60_000

/** @throws RangeError where the environment, or the options, ask for what cannot be. */
function collected({ seeds: wanted, timeout = A_MINUTE }: SimulationTestOptions): Collected {
  const seeds = new Seeds(wanted, readEnvironment(process.env))
  // Whoever asks for more seeds than a test was made for has the time.
  return { seeds, retry: 0, timeout: Math.ceil(timeout * Math.max(1, seeds.times)) }
}

function run(
  { task, signal }: TestContext,
  seeds: Seeds,
  { seeds: _seeds, timeout: _timeout, ...options }: SimulationTestOptions,
  program: TestProgram,
): Promise<void> {
  return runSeeds({ seeds, signal, again: (seed) => pasteLine(seed, task) }, options, program)
}

export const simulationTest: SimulationTest = simulationTestOn(test)
