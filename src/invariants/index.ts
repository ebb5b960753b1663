/** All invariants of the protocol, and how to find one. */
import { goodAck } from './actions/goodAck.ts'
import { goodCommit } from './actions/goodCommit.ts'
import { goodProposal } from './actions/goodProposal.ts'
import { goodState } from './actions/goodState.ts'
import { legalMessage } from './actions/legalMessage.ts'
import { noThreadDies } from './actions/noThreadDies.ts'
import { atMostOnce } from './clients/atMostOnce.ts'
import { conditionalWrites } from './clients/conditionalWrites.ts'
import { ephemeralLowerBound } from './clients/ephemeralLowerBound.ts'
import { ephemeralUpperBound } from './clients/ephemeralUpperBound.ts'
import { globalSessions } from './clients/globalSessions.ts'
import { linearizableWrites } from './clients/linearizableWrites.ts'
import { multiAtomicity } from './clients/multiAtomicity.ts'
import { noLostWrite } from './clients/noLostWrite.ts'
import { noMissedWatch } from './clients/noMissedWatch.ts'
import { noSpuriousWatch } from './clients/noSpuriousWatch.ts'
import { oneShotWatches } from './clients/oneShotWatches.ts'
import { readOnlyKeepsStill } from './clients/readOnlyKeepsStill.ts'
import { sequenceNumbers } from './clients/sequenceNumbers.ts'
import { sessionFifo } from './clients/sessionFifo.ts'
import { sessionOnce } from './clients/sessionOnce.ts'
import { singleSystemImage } from './clients/singleSystemImage.ts'
import { syncBarrier } from './clients/syncBarrier.ts'
import { uniqueSessionIds } from './clients/uniqueSessionIds.ts'
import { watchBeforeData } from './clients/watchBeforeData.ts'
import { zxidMonotone } from './clients/zxidMonotone.ts'
import { ackImpliesDurable } from './disk/ackImpliesDurable.ts'
import { committedLogWindow } from './disk/committedLogWindow.ts'
import { contiguousLog } from './disk/contiguousLog.ts'
import { diskErrorsStopThePeer } from './disk/diskErrorsStopThePeer.ts'
import { everyDiskBoots } from './disk/everyDiskBoots.ts'
import { fullRestart } from './disk/fullRestart.ts'
import { recoveryKeepsPromises } from './disk/recoveryKeepsPromises.ts'
import { replicaEquality } from './disk/replicaEquality.ts'
import { snapshotLabels } from './disk/snapshotLabels.ts'
import { truncationIsFinal } from './disk/truncationIsFinal.ts'
import { counterStaysInItsEpoch } from './epochs/counterStaysInItsEpoch.ts'
import { epochsNeverDecrease } from './epochs/epochsNeverDecrease.ts'
import { newEpochIsHigher } from './epochs/newEpochIsHigher.ts'
import { onePromiseAnEpoch } from './epochs/onePromiseAnEpoch.ts'
import { onlyVotersCount } from './epochs/onlyVotersCount.ts'
import { positionHonesty } from './epochs/positionHonesty.ts'
import { votesOnlyImprove } from './epochs/votesOnlyImprove.ts'
import { votesWereCast } from './epochs/votesWereCast.ts'
import { zxidUniqueness } from './epochs/zxidUniqueness.ts'
import type { Invariant } from './invariant.ts'
import { aLeaderEmerges } from './liveness/aLeaderEmerges.ts'
import { deadSessionsEnd } from './liveness/deadSessionsEnd.ts'
import { everybodyFollows } from './liveness/everybodyFollows.ts'
import { everyPeerStarts } from './liveness/everyPeerStarts.ts'
import { everythingIsAnswered } from './liveness/everythingIsAnswered.ts'
import { leadersStepDown } from './liveness/leadersStepDown.ts'
import { agreement } from './protocol/agreement.ts'
import { commitCompleteness } from './protocol/commitCompleteness.ts'
import { commitConsistency } from './protocol/commitConsistency.ts'
import { committedLogDurability } from './protocol/committedLogDurability.ts'
import { committedLogMonotonicity } from './protocol/committedLogMonotonicity.ts'
import { globalPrimaryOrder } from './protocol/globalPrimaryOrder.ts'
import { historyConsistency } from './protocol/historyConsistency.ts'
import { initialHistoryIntegrity } from './protocol/initialHistoryIntegrity.ts'
import { integrity } from './protocol/integrity.ts'
import { leaderLogCompleteness } from './protocol/leaderLogCompleteness.ts'
import { localPrimaryOrder } from './protocol/localPrimaryOrder.ts'
import { oneLeaderAnEpoch } from './protocol/oneLeaderAnEpoch.ts'
import { prefixConsistency } from './protocol/prefixConsistency.ts'
import { primaryIntegrity } from './protocol/primaryIntegrity.ts'
import { primaryUniqueness } from './protocol/primaryUniqueness.ts'
import { processConsistency } from './protocol/processConsistency.ts'
import { totalOrder } from './protocol/totalOrder.ts'

/** In the order of their codes. */
export const invariants: readonly Invariant[] = Object.freeze([
  primaryUniqueness,
  oneLeaderAnEpoch,
  prefixConsistency,
  integrity,
  agreement,
  totalOrder,
  localPrimaryOrder,
  globalPrimaryOrder,
  primaryIntegrity,
  initialHistoryIntegrity,
  commitConsistency,
  historyConsistency,
  commitCompleteness,
  leaderLogCompleteness,
  committedLogDurability,
  committedLogMonotonicity,
  processConsistency,
  epochsNeverDecrease,
  onePromiseAnEpoch,
  newEpochIsHigher,
  votesOnlyImprove,
  positionHonesty,
  zxidUniqueness,
  counterStaysInItsEpoch,
  onlyVotersCount,
  votesWereCast,
  goodState,
  goodProposal,
  goodCommit,
  goodAck,
  legalMessage,
  noThreadDies,
  ackImpliesDurable,
  recoveryKeepsPromises,
  contiguousLog,
  snapshotLabels,
  everyDiskBoots,
  truncationIsFinal,
  committedLogWindow,
  fullRestart,
  diskErrorsStopThePeer,
  replicaEquality,
  linearizableWrites,
  sessionFifo,
  zxidMonotone,
  singleSystemImage,
  watchBeforeData,
  oneShotWatches,
  noMissedWatch,
  noSpuriousWatch,
  ephemeralUpperBound,
  ephemeralLowerBound,
  sequenceNumbers,
  noLostWrite,
  atMostOnce,
  sessionOnce,
  uniqueSessionIds,
  globalSessions,
  syncBarrier,
  multiAtomicity,
  conditionalWrites,
  readOnlyKeepsStill,
  aLeaderEmerges,
  everybodyFollows,
  leadersStepDown,
  everythingIsAnswered,
  deadSessionsEnd,
  everyPeerStarts,
])

/** The invariant with this name or code, in any case. */
export function findInvariant(nameOrCode: string): Invariant | undefined {
  const wanted = nameOrCode.toLowerCase()
  return invariants.find(({ name, code }) => name.toLowerCase() === wanted || code.toLowerCase() === wanted)
}

/** Names that somebody who wrote this may have meant, the nearest first; at most three. */
export function nearestInvariants(nameOrCode: string): readonly string[] {
  const wanted = nameOrCode.toLowerCase()
  const ranked = invariants.map(({ name }) => ({ name, distance: distance(wanted, name.toLowerCase()) }))
  ranked.sort((a, b) => a.distance - b.distance || (a.name < b.name ? -1 : 1))
  const near = ranked.filter((each) => each.distance <= Math.max(3, each.name.length / 2))
  return near.slice(0, 3).map(({ name }) => name)
}

/** Levenshtein's. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i]
    for (let j = 1; j <= b.length; j += 1) {
      const substituted = (row[j - 1] as number) + (a[i - 1] === b[j - 1] ? 0 : 1)
      next.push(Math.min(substituted, (row[j] as number) + 1, (next[j - 1] as number) + 1))
    }
    row = next
  }
  return row[b.length] as number
}
