/** Situations whose real course is a defect that this simulator does not have, unless it is told to. */

const ACK_RACE =
  'ZOOKEEPER-4685: in 3.8.0 Learner.syncWithLeader hands what the DIFF brought to SyncRequestProcessor before it sends ' +
  'the ACK of NEWLEADER, so the ACK of a proposal can come first, and Leader.waitForNewLeaderAck does not count it; ' +
  'currentEpoch is written before all that (ZOOKEEPER-4643). Mended by ZOOKEEPER-4394 in 3.9.3'

/** @returns why a release's course of this situation is not to be had; null: it is. */
export function knownDifference(situation: string): string | null {
  return situation.endsWith('-ack-race') ? ACK_RACE : null
}
