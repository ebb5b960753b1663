import type { LoadKind } from '../../nodes/client/mixes.ts'
import type { World } from '../kernel/World.ts'
import type { EnsembleApi } from './EnsembleApi.ts'
import { Load } from './Load.ts'
import { deedStep, type Stage, step } from './step.ts'
import { UntilIdle } from './waits.ts'

function begin(stage: Stage, count: number, kind: LoadKind): Load {
  const used = stage.ensemble.clients.size
  const names = Array.from({ length: count }, (_, i) => `load${used + i + 1}`)
  for (const name of names) stage.transcript.muted.add(name)
  const load = new Load(stage.ensemble, Object.freeze(names), kind)
  stage.loads.push(load)
  return load
}

/** Ends a load when its time has come. */
class EndOfLoad {
  private readonly ensemble: EnsembleApi
  private readonly load: Load

  constructor(ensemble: EnsembleApi, load: Load) {
    this.ensemble = ensemble
    this.load = load
  }

  act(_world: World): void {
    this.load.stop(this.ensemble)
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
      stage.ensemble.world.at(stage.ensemble.world.now + time, new EndOfLoad(stage.ensemble, load))
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
  step('stop load', 'No new operations of any load; wait for the last answers.', (stage) => {
    for (const load of stage.loads) load.stop(stage.ensemble)
    return new UntilIdle(null, 0)
  }),
]
