/** From a seed to a scenario: what the ensemble is, what its clients ask for, what goes wrong. */
import { Random } from '../kernel/Random.ts'
import type { Play, Scenario } from '../scenario/Scenario.ts'
import { assemble, deed, said } from './assemble.ts'
import type { Profile } from './Profile.ts'

/** The scenario that a seed stands for. The same whenever and wherever it is drawn. */
export function drawScenario(seed: number, profile: Profile): Scenario {
  const random = Random.seeded(`fuzz/${profile.name}/${seed}`)
  const voters = random.int(1, profile.voters)
  const steps: Play[] = [deed('start load of {clients:count} {kind:load}', { clients: 2, kind: 'users' })]
  for (let i = random.int(0, profile.faults); i > 0; i -= 1) {
    steps.push(deed('after {time:duration}', { time: random.int(1, 300) * 1_000 }))
    steps.push(deed('restart {peers:peers}', { peers: Object.freeze([random.int(1, voters)]) }))
  }
  steps.push(deed('stop load'), deed('calm'), deed('expect all peers agree'))
  return assemble({
    file: `seed-${seed}.scenario`,
    prose: [],
    declarations: [said('{peers:some} peers', { peers: voters }), said('seed {seed:seed}', { seed })],
    steps,
  })
}
