import type { QuorumVerifier } from '../quorum/QuorumVerifier.ts'
import type { Epoch, Sid, Zxid } from '../zxid.ts'

/**
 * Whether the first candidate beats the second: by epoch, then position, then id. A candidate of weight 0 beats nobody.
 * Java: FastLeaderElection.totalOrderPredicate
 */
export function totalOrderPredicate(
  verifier: QuorumVerifier,
  newLeader: Sid,
  newZxid: Zxid,
  newEpoch: Epoch,
  curLeader: Sid,
  curZxid: Zxid,
  curEpoch: Epoch,
): boolean {
  if (verifier.weightOf(newLeader) === 0) return false
  if (newEpoch !== curEpoch) return newEpoch > curEpoch
  if (newZxid !== curZxid) return newZxid > curZxid
  return newLeader > curLeader
}
