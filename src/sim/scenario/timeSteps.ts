import type { Micros } from '../../nodes/Host.ts'
import { kinds } from '../kinds.ts'
import type { Play } from './Scenario.ts'
import { type Stage, step } from './step.ts'
import { Alarm, DEFAULT_LIMIT, UntilFact, UntilSettled } from './waits.ts'

function untilFact(stage: Stage, fact: Play, limit: Micros): UntilFact {
  stage.thatPeer = null
  return new UntilFact(fact, limit)
}

/** Steps that let time pass. */
export const timeSteps = [
  step('after {time:duration}', 'Let this much virtual time pass.', ({ ensemble }, { time }) => {
    const alarm = new Alarm(`${kinds.duration.print(time)} to pass`)
    ensemble.world.at(ensemble.world.now + time, alarm)
    return alarm
  }),
  step(
    'until {fact:fact}',
    'Let time pass until this is so, up to 60 s. An event counts from the beginning of this step on.',
    (stage, { fact }) => untilFact(stage, fact, DEFAULT_LIMIT),
  ),
  step(
    'until {fact:fact} within {limit:duration}',
    'The same, up to this limit. Past its limit the run ends as unknown.',
    (stage, { fact, limit }) => untilFact(stage, fact, limit),
    'until nobody leads within 30 s',
  ),
  step(
    'settle',
    'Let time pass until somebody leads, every running peer is in sync, and nothing has been under way for 10 ms; up to 60 s.',
    () => new UntilSettled(null, DEFAULT_LIMIT),
  ),
  step(
    'settle within {limit:duration}',
    'The same, up to this limit.',
    (_stage, { limit }) => new UntilSettled(null, limit),
  ),
  step(
    'settle {peers:peers}',
    'The same, where only these peers have to be in sync (the others may be cut off).',
    (_stage, { peers }) => new UntilSettled(peers, DEFAULT_LIMIT),
  ),
]
