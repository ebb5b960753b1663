/** From a seed to a scenario: what the ensemble is, what its clients ask for, what goes wrong. */
import { Random } from '../kernel/Random.ts'
import type { Play, Scenario } from '../scenario/Scenario.ts'
import { assemble, deed, said } from './assemble.ts'
import { Draw } from './Draw.ts'
import { drawEnsemble } from './drawEnsemble.ts'
import { drawFault, drawKinds } from './drawFault.ts'
import { drawMoment } from './drawMoment.ts'
import { drawAsk, drawLoads } from './drawWorkload.ts'
import type { Profile } from './Profile.ts'

export interface DrawOptions {
  /** Behave as this release. */
  readonly release?: string
  /** Historic bugs to put in, by the names of their issues. */
  readonly bugs?: readonly string[]
}

/** The scenario that a seed stands for. The same whenever and wherever it is drawn. */
export function drawScenario(seed: number, profile: Profile, options: DrawOptions = {}): Scenario {
  const draw = new Draw(Random.seeded(`fuzz/${profile.name}/${seed}`), profile)
  const declarations = [
    ...drawEnsemble(draw),
    ...drawOrder(draw),
    ...(options.release === undefined ? [] : [said('as of {release:release}', { release: options.release })]),
    ...(options.bugs ?? []).map((issue) => said('with {issue:issue}', { issue })),
    said('lenient'),
    ...(profile.reckless ? [] : [said('spare a quorum')]),
    said('seed {seed:seed}', { seed }),
  ]
  const steps = [...drawLoads(draw), ...drawTrouble(draw), ...drawEnd(draw)]
  return assemble({ file: `seed-${seed}.scenario`, prose: [], declarations, steps })
}

/**
 * Who goes first where time does not decide it. Not `lockstep`: without any chance in how long things take, two peers may
 * miss each other in the same way for ever, and nothing promises that they do not.
 */
function drawOrder({ random }: Draw): Play[] {
  if (!random.chance(0.2)) return []
  return [said('scheduled by priority with {changes:count} changes', { changes: random.int(0, 4) })]
}

/** Moments, faults and ends of faults, and clients who ask for something of their own. */
function drawTrouble(draw: Draw): Play[] {
  const { random, profile } = draw
  if (random.chance(profile.calm)) return [deed('after {time:duration}', { time: draw.time(100, 3_000) })]
  const kinds = drawKinds(draw)
  const asks = random.chance(0.4) ? 0.3 : 0
  const steps: Play[] = []
  if (random.chance(0.7)) steps.push(deed('until {fact:fact} within {limit:duration}', UNTIL_LED))
  for (let left = draw.scaled(profile.faults); left > 0; left -= 1) {
    steps.push(...drawMoment(draw))
    if (random.chance(asks)) steps.push(...drawAsk(draw))
    if (draw.lasting.length > 0 && random.chance(0.35)) steps.push(takeOne(draw))
    else steps.push(drawFault(draw, kinds))
  }
  steps.push(deed('after {time:duration}', { time: draw.time(1, 900) }))
  return steps
}

const UNTIL_LED = Object.freeze({
  fact: Object.freeze({ sentence: 'somebody leads', filled: Object.freeze({}) }),
  limit: 3_000_000,
})

function takeOne({ random, lasting }: Draw): Play {
  const [taken] = lasting.splice(random.int(0, lasting.length - 1), 1)
  return taken as Play
}

/** What is demanded in the end: that a quorum comes back, that it gets on, that clients are answered, that all agree. */
function drawEnd({ random }: Draw): Play[] {
  const least = random.int(0, 5) * 1_000
  return [
    random.chance(0.6) ? deed('heal a quorum') : deed('heal everybody'),
    deed('stop load'),
    deed('load of {clients:count} {kind:load} with {operations:count} operations each, {pause:span} apart', {
      clients: 1,
      kind: random.pick(['writers', 'users', 'watchers']),
      operations: random.int(1, 5),
      pause: Object.freeze({ least, most: least }),
    }),
    deed('calm until all is well'),
    deed('expect all who serve agree'),
  ]
}
