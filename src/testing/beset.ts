/** A program, and what goes wrong while it runs. */
import { Unplayable } from '../faults/fault.ts'
import type { Client } from '../nodes/client/Client.ts'
import type { Ensemble } from '../sim/ensemble.ts'
import type { Profile } from '../sim/fuzz/Profile.ts'
import { Random } from '../sim/kernel/Random.ts'
import { printStep } from '../sim/scenario/print.ts'
import type { Play } from '../sim/scenario/Scenario.ts'
import { type Environment, NotInTime, type SimulatedProgram } from '../sim/simulate/Environment.ts'
import { drawTrouble, type Victims } from './drawTrouble.ts'

/** Steps of the scenario language, played one after the other; or a profile to draw them from, as the seed has it. */
export type Trouble = Profile | readonly string[]

export interface Beset<T> {
  readonly program: SimulatedProgram<T>
  /** All that was played so far, or tried to: played again in the place of a profile, it gives the same run. */
  readonly played: readonly string[]
}

/**
 * The program with trouble around it: what cannot be played is passed over, and waits that come to nothing end. It ends
 * when the program does, and fails with a SentenceError where a step cannot be read or an expectation is not met.
 */
export function beset<T>(trouble: Trouble, program: SimulatedProgram<T>): Beset<T> {
  const played: string[] = []
  return {
    played,
    program: (environment) => {
      const steps = stepsIn(trouble, environment)
      const failed = new Promise<never>((_, reject) => {
        play(steps, environment, played).catch(reject)
      })
      return Promise.race([Promise.resolve(environment).then(program), failed])
    },
  }
}

function stepsIn(trouble: Trouble, { seed, ensemble }: Environment): Iterable<string> {
  if (Array.isArray(trouble)) return trouble as readonly string[]
  const profile = trouble as Profile
  return drawn(drawTrouble(troubleStream(seed, profile), profile, victimsIn(ensemble)))
}

function victimsIn({ spec, clients }: Ensemble): Victims {
  const names = (): string[] => [...clients.keys()]
  return {
    spec,
    clients: () => names().filter((name) => isOpen(clients.get(name)?.node as Client)),
    programOf: (client) => names().find((name) => client.startsWith(`${name}-`)) ?? client,
  }
}

function isOpen({ state }: Client): boolean {
  return state !== 'CLOSED' && state !== 'AUTH_FAILED' && state !== 'NOT_CONNECTED'
}

/** What a seed draws from. */
function troubleStream(seed: string, profile: Profile): Random {
  return Random.seeded(`trouble/${profile.name}/${seed}`)
}

function* drawn(plays: Iterable<Play>): Generator<string> {
  for (const play of plays) yield printStep(play)
}

async function play(steps: Iterable<string>, { faults }: Environment, played: string[]): Promise<void> {
  for (const step of steps) {
    played.push(step)
    try {
      await faults.say(step)
    } catch (error) {
      if (!(error instanceof NotInTime || error instanceof Unplayable)) throw error
    }
  }
}
