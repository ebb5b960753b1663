import type { LoadKind } from '../../nodes/client/mixes.ts'
import type { World } from '../kernel/World.ts'
import { Load, type Rate } from './Load.ts'
import { deedStep, type Stage, step } from './step.ts'
import { UntilIdle } from './waits.ts'

function begin(stage: Stage, count: number, kind: LoadKind, rate: Rate | null = null): Load {
  const { clients } = stage.ensemble
  const names: string[] = []
  // A client that the scenario calls so is none of the load's.
  for (let i = clients.size + 1; names.length < count; i += 1) {
    if (!clients.has(`load${i}`)) names.push(`load${i}`)
  }
  for (const name of names) stage.transcript.muted.add(name)
  const load = new Load(stage.ensemble, Object.freeze(names), kind, rate)
  stage.loads.push(load)
  return load
}

/** Ends a load when its time has come. */
class EndOfLoad {
  private readonly load: Load

  constructor(load: Load) {
    this.load = load
  }

  act(_world: World): void {
    this.load.stop()
  }
}

/** Clients that never rest. */
export const loadSteps = [
  step(
    'load of {clients:count} {kind:load} for {time:duration}',
    'Clients with one operation under way each, at random, on the same ten znodes, for this long; then their last answers. ' +
      '`clients` set, create and read them; `writers` do whatever changes nodes, at versions, in sequences and multis; ' +
      '`readers` read in every way; `watchers` leave watches of every kind and make them fire; `visitors` create ' +
      'ephemerals, close their session and begin another; `users` do all that the service offers.',
    (stage, { clients, kind, time }) => {
      const load = begin(stage, clients, kind)
      stage.ensemble.world.at(stage.ensemble.world.now + time, new EndOfLoad(load))
      return new UntilIdle(load, time)
    },
  ),
  deedStep(
    'start load of {clients:count} {kind:load}',
    'The same in the background, until `stop load`. Nothing settles meanwhile.',
    (stage, { clients, kind }) => {
      begin(stage, clients, kind)
    },
  ),
  step(
    'load of {clients:count} {kind:load} with {operations:count} operations each, {pause:span} apart',
    'The same until each has done so much, on three znodes; behind each answer it rests for so long.',
    (stage, { clients, kind, operations, pause }) => {
      const load = begin(stage, clients, kind, { operations, pause })
      return new UntilIdle(load, operations * pause.most)
    },
    'load of 5 clients with 20 operations each, 50 to 200 ms apart',
  ),
  deedStep(
    'start load of {clients:count} {kind:load} with {operations:count} operations each, {pause:span} apart',
    'The same in the background, until all is done, or `stop load`.',
    (stage, { clients, kind, operations, pause }) => {
      begin(stage, clients, kind, { operations, pause })
    },
    'start load of 5 clients with 20 operations each, 50 to 200 ms apart',
  ),
  step('stop load', 'No new operations of any load; wait for the last answers.', (stage) => {
    for (const load of stage.loads) load.stop()
    return new UntilIdle(null, 0)
  }),
]
