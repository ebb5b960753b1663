import type { World } from '../kernel/World.ts'
import type { EnsembleApi } from './EnsembleApi.ts'
import { Load } from './Load.ts'
import { deedStep, type Stage, step } from './step.ts'
import { UntilIdle } from './waits.ts'

function begin(stage: Stage, count: number): Load {
  const used = stage.ensemble.clients.size
  const names = Array.from({ length: count }, (_, i) => `load${used + i + 1}`)
  for (const name of names) stage.transcript.muted.add(name)
  const load = new Load(stage.ensemble, Object.freeze(names))
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
    'load of {clients:count} clients for {time:duration}',
    'Clients with one operation under way each, at random, for this long; then their last answers.',
    (stage, { clients, time }) => {
      const load = begin(stage, clients)
      stage.ensemble.world.at(stage.ensemble.world.now + time, new EndOfLoad(stage.ensemble, load))
      return new UntilIdle(load, time)
    },
  ),
  deedStep(
    'start load of {clients:count} clients',
    'The same in the background, until `stop load`. Nothing settles meanwhile.',
    (stage, { clients }) => {
      begin(stage, clients)
    },
  ),
  step('stop load', 'No new operations of any load; wait for the last answers.', (stage) => {
    for (const load of stage.loads) load.stop(stage.ensemble)
    return new UntilIdle(null, 0)
  }),
]
