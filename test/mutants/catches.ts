/** All mutants, each with the runs that catch it. */
import * as broadcast from './broadcast.ts'
import type * as directed from './directed.ts'
import * as discovery from './discovery.ts'
import * as disk from './disk.ts'
import * as election from './election.ts'
import * as liveness from './liveness.ts'
import type { Mutant } from './Mutant.ts'
import * as sessions from './sessions.ts'
import * as synchronisation from './synchronisation.ts'
import * as watches from './watches.ts'

export interface Catch {
  readonly mutant: Mutant
  /** The name of a directed run, or as many seeds of chaos as it may take. */
  readonly run: keyof Omit<typeof directed, 'direct'> | number
}

export const mutants: readonly Mutant[] = Object.freeze(
  [election, discovery, synchronisation, broadcast, disk, sessions, watches, liveness].flatMap((part) =>
    Object.values(part),
  ),
)

const directedRuns = new Map<Mutant, Catch['run']>([
  [election.votesIgnorePosition, 'shorterLogHigherNumber'],
  [election.oldRoundsCount, 'voteOfAnotherRound'],
  [discovery.equalEpochsDoNotCount, 'sameEpochAgain'],
  [discovery.acceptsLowerEpoch, 'lowerEpoch'],
  [discovery.observersCount, 'onlyTheObserverAnswers'],
  [discovery.bootRefusesUnclaimedEpoch, 'crashBeforeTheClaim'],
  [synchronisation.claimsEpochBeforeHistory, 'epochWithoutHistory'],
  [synchronisation.windowSkipsSync, 'newLeaderWasSynchronised'],
  [sessions.takesClientsFromTheFuture, 'clientOfALaggard'],
  [disk.acksBeforeDisk, 'powerCutOfAll'],
  [disk.keepsTruncatedSnapshots, 'snapshotOfWhatIsTruncated'],
  [disk.goesOnAfterDiskError, 'failingForce'],
])

const SEEDS = 20

export const catches: readonly Catch[] = Object.freeze(
  mutants.map((mutant) => Object.freeze({ mutant, run: directedRuns.get(mutant) ?? SEEDS })),
)
