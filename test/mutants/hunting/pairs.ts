/** For each invariant the mutant that shows that it can be broken, and is hunted for by the name of that invariant. */
import * as broadcast from '../broadcast.ts'
import * as discovery from '../discovery.ts'
import * as disk from '../disk.ts'
import * as election from '../election.ts'
import * as liveness from '../liveness.ts'
import type { Mutant } from '../Mutant.ts'
import * as sessions from '../sessions.ts'
import * as synchronisation from '../synchronisation.ts'
import * as watches from '../watches.ts'

export interface Pair {
  /** Of the invariant. */
  readonly code: string
  readonly mutant: Mutant
  /** Another invariant always breaks before it, so runs go on behind it. */
  readonly behind: boolean
}

function pair(code: string, mutant: Mutant): Pair {
  return Object.freeze({ code, mutant, behind: false })
}

function behind(code: string, mutant: Mutant): Pair {
  return Object.freeze({ code, mutant, behind: true })
}

export const pairs: readonly Pair[] = Object.freeze([
  pair('P1', discovery.equalEpochsDoNotCount),
  pair('P2', discovery.epochsNotPersisted),
  pair('P3', synchronisation.syncLeavesOneOut),
  pair('P4', broadcast.appliesAnother),
  pair('P5', broadcast.appliesAnother),
  pair('P6', broadcast.swapsCommits),
  pair('P7', broadcast.swapsCommits),
  pair('P8', broadcast.appliesTwice),
  pair('P9', election.votesIgnorePosition),
  pair('P10', synchronisation.claimsEpochBeforeHistory),
  pair('P11', synchronisation.logsWithoutApplying),
  pair('P12', synchronisation.forgetsTrunc),
  pair('P13', broadcast.minorityCommits),
  pair('P14', election.votesIgnorePosition),
  pair('P15', synchronisation.truncatesTooMuch),
  pair('P16', broadcast.leaderAppliesAtPropose),
  pair('P17', disk.memoryStaysBehindLog),
  pair('E1', discovery.epochsNotPersisted),
  pair('E2', discovery.equalEpochsDoNotCount),
  pair('E3', discovery.leaderDoesNotCountItself),
  pair('E4', election.votesNotTotallyOrdered),
  pair('E5', discovery.positionOfEpochNotWon),
  pair('E6', broadcast.reusesZxids),
  pair('E7', broadcast.counterSpills),
  pair('E8', discovery.observersCount),
  pair('E9', election.oldRoundsCount),
  pair('A1', synchronisation.upToDateBeforeNewLeader),
  pair('A2', synchronisation.forwardsLate),
  pair('A3', synchronisation.clearsUncommitted),
  pair('A4', broadcast.acksInReverse),
  pair('A5', synchronisation.acksProposalsFirst),
  pair('A6', broadcast.processorThrows),
  pair('D1', synchronisation.acksBeforeForcing),
  pair('D2', disk.replaysOneLess),
  pair('D3', disk.snapshotNotForced),
  pair('D4', disk.snapshotLabelledAhead),
  pair('D5', discovery.bootRefusesUnclaimedEpoch),
  pair('D6', disk.keepsTruncatedSnapshots),
  pair('D7', synchronisation.windowSkipsSync),
  pair('D8', disk.neverForces),
  pair('D9', disk.goesOnAfterDiskError),
  pair('D10', disk.forgetsEphemeral),
  pair('C1', sessions.versionsAreIgnored),
  pair('C2', sessions.readsOvertake),
  pair('C3', sessions.takesClientsFromTheFuture),
  pair('C4', sessions.takesClientsFromTheFuture),
  pair('C5', watches.tellsLate),
  pair('C6', watches.watchesStay),
  pair('C7', watches.tellsNobody),
  pair('C8', watches.tellsWhatIsOld),
  pair('C9', sessions.closedSessionsWrite),
  pair('C10', sessions.expiresTheLiving),
  pair('C11', sessions.countsWhatIsThere),
  behind('C12', election.votesIgnorePosition),
  pair('C13', sessions.forwardsTwice),
  pair('C14', sessions.closedSessionsWrite),
  pair('C15', sessions.everyServerIsTheFirst),
  pair('C16', sessions.localSessionsOwnEphemerals),
  pair('C17', sessions.syncsAtOnce),
  pair('C18', sessions.multisLoseTheirLast),
  pair('C19', sessions.versionsStandStill),
  pair('C20', sessions.readOnlyServersWrite),
  pair('L1', liveness.neverDecides),
  pair('L2', liveness.neverServes),
  pair('L3', liveness.leadsAlone),
  pair('L4', liveness.dropsRequests),
  pair('L5', liveness.neverExpires),
  pair('L6', liveness.startsForEver),
])
