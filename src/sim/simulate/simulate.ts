/** The third way to use a simulation: programs in ordinary async TypeScript. */
import { troupeFor, unknownCast } from '../runScenario.ts'
import { defaultSpec } from '../scenario/EnsembleSpec.ts'
import type { SimulatedProgram } from './Environment.ts'
import { quiescence, surroundings } from './quiescence.ts'
import { Simulation, type SimulationOptions } from './Simulation.ts'
import { printSimulation, type SimulationResult } from './SimulationResult.ts'

export interface SimulateOptions extends SimulationOptions {
  /** What a run that did not hold is printed with, `console.error` unless said; null: it is not. */
  readonly print?: ((text: string) => void) | null
}

/** The end of the last run that was begun. */
let last: Promise<unknown> | null = null
/** The one whose programs run. */
let current: Simulation<unknown> | null = null

/**
 * Runs a program in a world of ZooKeeper peers that one seed decides: the same program and the same seed give the same run,
 * event by event, in every process.
 *
 * Runs that are begun at once go one after the other. `ZKSIM_SEED` in the environment is taken for the seed.
 *
 * @throws RangeError where the options ask for a release or a historic bug that there is not.
 */
export function simulate<T>(program: SimulatedProgram<T>): Promise<SimulationResult<T>>
export function simulate<T>(
  options: SimulateOptions,
  program: SimulatedProgram<T>,
): Promise<SimulationResult<T>>
export async function simulate<T>(
  first: SimulateOptions | SimulatedProgram<T>,
  second?: SimulatedProgram<T>,
): Promise<SimulationResult<T>> {
  const [given, program] = typeof first === 'function' ? [{}, first] : [first, second]
  if (program === undefined) throw new TypeError('simulate takes a program: an async function')
  // Elsewhere others may run between two events of the run, and have their turn.
  if (surroundings === 'node' && current !== null && !current.over) {
    throw new Error('a program in a simulation cannot begin another; spawn() runs a program beside it')
  }
  const mine = (last ?? Promise.resolve()).then(() => simulateNow(given, program))
  last = mine.catch(() => {})
  return mine
}

async function simulateNow<T>(
  { print = printError, ...given }: SimulateOptions,
  program: SimulatedProgram<T>,
): Promise<SimulationResult<T>> {
  const options = withCast(withSeed(given))
  const simulation = await new Promise<Simulation<T>>((resolve, reject) => {
    const quiet = quiescence()
    quiet.outside(() => {
      quiet.close()
      try {
        const begun = new Simulation(options, program)
        current = begun as Simulation<unknown>
        begun.start((defect) => {
          current = null
          if (defect === null) resolve(begun)
          else reject(defect)
        })
      } catch (error) {
        reject(error)
      }
    })
  })
  const result = simulation.result(replayLine(given, options.seed ?? defaultSpec.seed))
  if (result.verdict !== 'held') print?.(printSimulation(result))
  return result
}

const { process: node, console: terminal } = globalThis as Partial<typeof globalThis>

function printError(text: string): void {
  terminal?.error(text)
}

/** @throws RangeError where `ZKSIM_SEED` is no seed. */
function withSeed(options: SimulationOptions): SimulationOptions {
  const said = node?.env?.['ZKSIM_SEED']
  if (said === undefined || said === '') return options
  const seed = Number(said)
  if (!Number.isSafeInteger(seed) || seed < 0)
    throw new RangeError(`ZKSIM_SEED=${said} is no seed, a whole number`)
  return { ...options, seed }
}

/** @throws RangeError where there is no such release or bug. */
function withCast(options: SimulationOptions): SimulationOptions {
  const { release, bugs } = options
  if (options.cast !== undefined || (release === undefined && bugs === undefined)) return options
  const spec = { ...defaultSpec, ...options }
  const unknown = unknownCast(spec)
  if (unknown !== null) throw new RangeError(unknown)
  return { ...options, ...troupeFor(spec) }
}

/** `simulate({ peers: 5, seed: 7 }, program), or ZKSIM_SEED=7` */
function replayLine(given: SimulationOptions, seed: number): string {
  const said = Object.entries({ ...given, seed }).map(([key, value]) =>
    key === 'cast' || key === 'clientCast' ? key : `${key}: ${JSON.stringify(value)}`,
  )
  return `simulate({ ${said.join(', ')} }, program), or ZKSIM_SEED=${seed} in the environment`
}
