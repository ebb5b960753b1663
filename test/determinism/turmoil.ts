/**
 * The run that the proofs of determinism repeat: an ensemble under load whose machines fail at random. It imports
 * nothing but the library and touches nothing of its surroundings, so that it runs in a browser as well.
 */
import { closedLoop } from '../../src/nodes/client/ClosedLoop.ts'
import { mixes } from '../../src/nodes/client/mixes.ts'
import { Ensemble, type EnsembleOptions } from '../../src/sim/ensemble.ts'
import { uniform } from '../../src/sim/kernel/Distribution.ts'
import type { Machine } from '../../src/sim/kernel/Machine.ts'
import type { Random } from '../../src/sim/kernel/Random.ts'
import type { Action, World } from '../../src/sim/kernel/World.ts'

export const PEERS = 3
export const OBSERVERS = 1
export const SEEDS: readonly number[] = Object.freeze([1, 2, 3, 4])
/** Of one run. */
export const EVENTS = 8_000

/** Milliseconds; short, so that a run of few events sees several elections. */
const settings = Object.freeze({
  tickTime: 100,
  minSessionTimeout: 200,
  cnxTimeout: 300,
  snapCount: 60,
  commitLogCount: 40,
  extendedTypesEnabled: true,
  containerCheckInterval: 200,
  reconfigEnabled: true,
  readonlymodeEnabled: true,
})

const FIRST_FAULT = 900_000
/** Slow wires: more happens between two requests of a client. */
const LATENCY = uniform(1_000, 12_000)

/** One fault after another, or the end of one. */
class Turmoil implements Action {
  act(world: World): void {
    const random = world.stream('turmoil')
    const machine = world.machine(String(random.int(1, PEERS + OBSERVERS)))
    if (machine.state === 'down') machine.start()
    else if (machine.state === 'paused') machine.resume()
    else trouble(world, machine, random)
    world.at(world.now + random.int(20_000, 500_000), this)
  }
}

function trouble({ network }: World, machine: Machine, random: Random): void {
  switch (random.int(0, 9)) {
    case 0:
      return machine.crash()
    case 1:
      return machine.powerCut()
    case 2:
      return machine.pause()
    case 3:
      return void network.isolate(machine.name)
    case 4:
    case 5:
      network.setLoss(0)
      machine.disk.slow(null)
      return network.heal()
    case 6:
      return machine.crashAtCall(random.int(1, 200), random.pick(['crash', 'powerCut']))
    case 7:
      return network.setLoss(random.int(0, 1) / 5)
    case 8:
      return machine.disk.slow(uniform(1_000, 40_000))
    case 9:
      return machine.setDrift(random.int(-500, 500))
  }
}

/** The run of a seed, about to begin. */
export function troubledEnsemble(seed: number, options: EnsembleOptions = {}): Ensemble {
  const localSessions = seed % 2 === 0
  const ensemble = new Ensemble(
    {
      seed,
      peers: PEERS,
      observers: OBSERVERS,
      settings: {
        ...settings,
        localSessionsEnabled: localSessions,
        localSessionsUpgradingEnabled: localSessions,
      },
    },
    options,
  )
  for (const [name, mix] of [
    ['ann', mixes.users],
    ['bob', mixes.watchers],
    ['cat', mixes.visitors],
  ] as const) {
    const program = closedLoop({ prefix: '/k', keys: 10, mix, outstanding: 2 })
    ensemble.addClient(name, ensemble.sids, program, 1_000)
  }
  ensemble.world.trace.record(1)
  ensemble.world.network.setLatency(LATENCY)
  ensemble.world.at(FIRST_FAULT, new Turmoil())
  return ensemble
}

/** What two runs are compared by; the hash would do, the rest says more when it differs. */
export interface Summary {
  readonly seed: number
  readonly hash: string
  /** Of everything sent, written and told, field by field. */
  readonly contents: string
  readonly events: number
  /** Virtual microseconds. */
  readonly now: number
  /** Digests of the trees of those who are up. */
  readonly trees: readonly string[]
  readonly violations: readonly string[]
}

export function summaryOf(ensemble: Ensemble): Summary {
  const { spec, sids, world, checker } = ensemble
  const { hash, contents } = world.trace
  const { events, now } = world
  const trees = sids.map((sid) => String(ensemble.peer(sid)?.zkDb.tree.digest ?? 'down'))
  const violations = checker.violations.map(({ code, event }) => `${code} at ${event}`)
  return { seed: spec.seed, hash, contents, events, now, trees, violations }
}

export function run(seed: number): Summary {
  const ensemble = troubledEnsemble(seed)
  ensemble.world.runEvents(EVENTS)
  return summaryOf(ensemble)
}

/** All at once in one process, a few events of one, then a few of the next. */
export function runInterleaved(seeds: readonly number[]): Summary[] {
  const ensembles = seeds.map((seed) => troubledEnsemble(seed))
  const going = new Set(ensembles)
  for (let turn = 1; going.size > 0; turn += 1) {
    for (const { world } of going) world.runEvents(Math.min(1 + (turn % 7), EVENTS - world.events))
    for (const ensemble of going) if (ensemble.world.events >= EVENTS) going.delete(ensemble)
  }
  return ensembles.map(summaryOf)
}
