import { kinds } from '../kinds.ts'
import { step } from './step.ts'
import { Alarm, DEFAULT_LIMIT, UntilFact, UntilSettled } from './waits.ts'

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
    (_stage, { fact }) => new UntilFact(fact, DEFAULT_LIMIT),
  ),
  step(
    'until {fact:fact} within {limit:duration}',
    'The same, up to this limit. Past its limit the run ends as unknown.',
    (_stage, { fact, limit }) => new UntilFact(fact, limit),
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
