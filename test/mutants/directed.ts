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

/** Plays one of the runs. It goes on when one of these invariants is broken, and ends when another is. */
export function direct(text: string, cast: Cast = ideal, expected: readonly string[] = []): DirectedOutcome {
  const expectations = expected.map((code) => `expect ${code} broken\n`).join('')
  const scenario = parseScenario('directed.scenario', text + expectations)
  const outcome = startScenario(scenario, { cast }).run.run()
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

/** 3 has the higher number and lacks what 1 and 2 have committed. */
export const shorterLogHigherNumber = `
three peers, start only 1 and 2
settle
start 3
settle
ann connects to 2
hold PROPOSAL from 2 to 3
ann creates /a "1"
crash 2
settle 1
release everything
settle
ann connects to 1
ann creates /b "1"
settle
`

/** 1 has accepted epoch 5 of somebody; 2 and 3 do not know, and choose epoch 1. */
export const lowerEpoch = `
three peers, 1 had accepted epoch 5
hold FOLLOWERINFO from 1
settle 2 and 3
release everything
after 2 s
settle 2 and 3
`

/** 3 is told by 2 of an epoch that comes to nothing, and its disk fails before it has the history of that epoch. */
export const epochWithoutHistory = `
three peers, start only 1 and 2
1 and 2 had logged 1:1 to 1:3
3 had logged 1:1
settle
crash 1
start 3
until 3 acked epoch 3
fail next force of 3
until 3 is down
crash 2
start 1 and 3
settle
`

/** The disk of a follower fails once. */
export const failingForce = `
three peers
settle
ann connects to the leader
fail next force of a follower
ann creates /a "1"
ann creates /b "1"
ann creates /c "1"
settle
`

/** All machines lose their power right after a client was answered. */
export const powerCutOfAll = `
three peers
settle
ann connects to 1
slow disk of 1, 2 and 3 by 100 ms
ann creates /a "1"
cut power to 1, 2 and 3
start 1, 2 and 3
settle
`

/** 3 is sent what it missed, and then leads itself. */
export const newLeaderWasSynchronised = `
three peers, 1, 2 and 3 had logged 1:1, start only 1 and 2
settle
ann connects to 1
ann creates /a "1"
ann creates /b "1"
start 3
settle
expect 3 synced by DIFF
crash 2
until 3 leads
settle
start 2
settle
`

/** Ann has seen what 1 lacks, and comes to it. */
export const clientOfALaggard = `
three peers
settle
ann connects to 2
ann creates /a "1"
stall thread commit of 1
ann sets /a "2"
bob connects to 2
bob reads /a
bob connects to 1 without waiting
bob reads /a without waiting
after 1 s
unstall thread commit of 1
settle
`
