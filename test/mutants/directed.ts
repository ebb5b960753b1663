/**
 * Runs that lead up to one defect each: what goes wrong in them is written down, chance has little to say. A peer
 * without the defect plays them to their end.
 */

import type { Cast } from '../../src/nodes/cast.ts'
import { ideal } from '../../src/nodes/ideal.ts'
import { startScenario } from '../../src/sim/runScenario.ts'
import { parseScenario } from '../../src/sim/scenario/parse.ts'
import type { Outcome } from '../../src/sim/scenario/run.ts'

export interface DirectedOutcome {
  /** The codes of the broken invariants, in the order in which they broke. */
  readonly broken: readonly string[]
  readonly outcome: Outcome
}

/** Plays one of the runs. A scenario ends with the first event that breaks an invariant, unless it expects that. */
export function direct(text: string, cast: Cast = ideal): DirectedOutcome {
  const { run } = startScenario(parseScenario('directed.scenario', text), { cast })
  const outcome = run.run()
  return { broken: outcome.violations.map(({ code }) => code), outcome }
}

/** 2 leads epoch 1 and is cut off before it is established; 1, which promised it that epoch, and 3 go on without it. */
export const sameEpochAgain = `
three peers, start only 1 and 2
hold NEWLEADER from 2 to 1
until 2 wrote current epoch 1
partition 2 | 1 and 3
crash 1
start 1 and 3
until 3 leads
release everything
heal
settle
`

/** No voter's ACKEPOCH reaches the leader, an observer's does. */
export const onlyTheObserverAnswers = `
3 peers and one observer
hold ACKEPOCH from 1
hold ACKEPOCH from 2
hold ACKEPOCH from 3
after 5 s
release everything
settle
`

/** 1 votes for 3 and stops; its vote reaches 3 when 3 looks for a leader again. */
export const voteOfAnotherRound = `
three peers, tickTime 200 ms, initLimit 5
hold NOTIFICATION from 1 to 3
hold FOLLOWERINFO from 2
until 1 voted for 3
pause 1
until 3 looked again
release everything
settle
resume 1
settle
`

/** A process ends between the history of an epoch and the claim to it. */
export const crashBeforeTheClaim = `
three peers, 1, 2 and 3 had logged 1:1 to 1:3, start only 2 and 3
settle
ann connects to 2
ann creates /a "1"
fail next write of currentEpoch of 1
start 1
until the disk of 1 failed
start 1
settle
`

/** 3 has logged and snapshot what nobody else has; it is told to drop it, and starts again. */
export const snapshotOfWhatIsTruncated = `
three peers, start only 1 and 2
1 and 2 had logged 1:1 to 1:3
3 had logged 1:1 to 1:5
3 had a snapshot at 1:5
settle
start 3
settle
expect 3 synced by TRUNC
restart 3
settle
`
