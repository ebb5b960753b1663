import { Unplayable } from '../../faults/fault.ts'
import { type Stage, step } from './step.ts'
import { Alarm } from './waits.ts'

/** The time until all that must happen in the end is due; then it is judged. */
class CalmTime extends Alarm {
  private isJudged = false

  constructor() {
    super('all to come right')
  }

  override over(stage: Stage): boolean {
    if (!super.over(stage)) return false
    if (!this.isJudged) stage.ensemble.checker.disturbed()
    this.isJudged = true
    return true
  }
}

/** The end of all trouble, and what is demanded behind it. */
export const calmSteps = [
  step(
    'calm',
    'Nothing disturbs the run from here on: let so much time pass that what must happen in the end has happened (L1, L2, L4 to L6, C7), for all peers and clients that are up, and judge it. Faults of the network have to be over.',
    ({ ensemble }) => {
      const { world, checker, sids, clients } = ensemble
      const { troubles } = world.network
      if (troubles.length > 0) throw new Unplayable(`it is not calm: ${troubles.join(', ')}`)
      const peers = sids.filter((sid) => ensemble.machineOf(sid).state === 'up')
      const names = [...clients].filter(([, machine]) => machine.state === 'up').map(([name]) => name)
      const alarm = new CalmTime()
      world.at(checker.calm(peers, names) + 1, alarm)
      return alarm
    },
  ),
]
