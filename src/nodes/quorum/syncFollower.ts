import type { LogView } from '../../base/AppendOnlyLog.ts'
import type { Txn } from '../database/txns.ts'
import type { SyncMode } from '../facts.ts'
import { counterOf, epochOf, type Zxid } from '../zxid.ts'

/**
 * Decides how a learner is brought up to date: from the learner's position and the leader's history, nothing else.
 *
 * Java: LearnerHandler.syncFollower and queueCommittedProposals. There the decision and the queueing are one; here the
 * decision is a value and LearnerHandler queues it, in the same turn (Java holds committedLog's lock meanwhile).
 */

/** What the decision reads of the leader's database. Java: ZKDatabase */
export interface SyncSource {
  readonly lastProcessedZxid: Zxid
  /** The last committed transactions, oldest first. Java: ZKDatabase.committedLog */
  readonly committedLog: LogView<Txn>
  readonly minCommittedLog: Zxid
  readonly maxCommittedLog: Zxid
  isTxnLogSyncEnabled(): boolean
  /** How many bytes of log are still cheaper than a snapshot. Java: calculateTxnLogSizeLimit */
  calculateTxnLogSizeLimit(): number
  /** The log from this position on, oldest first; empty where it does not reach back or is too large. */
  getProposalsFromTxnLog(startZxid: Zxid, sizeLimit: number): readonly Txn[]
}

export interface SyncDecision {
  readonly mode: SyncMode
  /** What the DIFF or TRUNC packet carries; of a SNAP packet it is decided when it is sent. */
  readonly packetZxid: Zxid
  /** Each goes as a PROPOSAL and its COMMIT. */
  readonly txns: readonly Txn[]
  /** Live packets are forwarded from behind this position. */
  readonly lastQueued: Zxid
  readonly from: 'committedLog' | 'txnLog' | 'snapshot' | 'nothing'
  readonly minCommittedLog: Zxid
  readonly maxCommittedLog: Zxid
}

/**
 * @param lastCommitted the leader's; of no concern while it has committed nothing in its own epoch.
 */
export function syncFollower(
  peerLastZxid: Zxid,
  db: SyncSource,
  lastCommitted: Zxid,
  forceSnapshotSync: boolean,
): SyncDecision {
  const lastProcessed = db.lastProcessedZxid
  const empty = db.committedLog.length === 0
  const minCommittedLog = empty ? lastProcessed : db.minCommittedLog
  const maxCommittedLog = empty ? lastProcessed : db.maxCommittedLog
  // <epoch, 0> belongs to no transaction: it will never be found in a log, and there is nothing to truncate to it.
  const isPeerNewEpochZxid = counterOf(peerLastZxid) === 0
  const bounds = { minCommittedLog, maxCommittedLog }
  const snap: SyncDecision = {
    mode: 'SNAP',
    packetZxid: lastProcessed,
    txns: [],
    lastQueued: lastProcessed,
    from: 'snapshot',
    ...bounds,
  }

  if (forceSnapshotSync) return snap
  if (lastProcessed === peerLastZxid) {
    return {
      mode: 'DIFF',
      packetZxid: peerLastZxid,
      txns: [],
      lastQueued: peerLastZxid,
      from: 'nothing',
      ...bounds,
    }
  }
  if (peerLastZxid > maxCommittedLog && !isPeerNewEpochZxid) {
    const zxid = truncationTarget(peerLastZxid, maxCommittedLog, lastCommitted)
    const mode = zxid === peerLastZxid ? 'DIFF' : 'TRUNC'
    return { mode, packetZxid: zxid, txns: [], lastQueued: zxid, from: 'nothing', ...bounds }
  }

  const queue = new ProposalQueue(peerLastZxid, maxCommittedLog)
  let from: SyncDecision['from'] = 'committedLog'
  if (minCommittedLog <= peerLastZxid && peerLastZxid <= maxCommittedLog) {
    queue.take(db.committedLog, null)
  } else if (peerLastZxid < minCommittedLog && db.isTxnLogSyncEnabled()) {
    const logged = db.getProposalsFromTxnLog(peerLastZxid, db.calculateTxnLogSizeLimit())
    if (logged.length === 0) return snap
    from = 'txnLog'
    queue.take(viewOf(logged), minCommittedLog)
    // A gap between the log's end and the window's start, ZOOKEEPER-2418.
    if (queue.lastQueued < minCommittedLog) return { ...snap, lastQueued: lastProcessed }
    queue.take(db.committedLog, null)
  } else {
    return snap
  }
  // The learner's position is of another epoch than what follows it here: truncating may not cross epochs.
  if (queue.op === null) return { ...snap, lastQueued: queue.lastQueued }
  return { ...queue.op, txns: queue.txns, lastQueued: queue.lastQueued, from, ...bounds }
}

/**
 * What a learner that is ahead of the leader's tree must not lose. Java cuts it back to that tree (maxCommittedLog), also
 * when it returns to the leader whose proposals it holds: then a transaction may go that has just been committed, with
 * this learner's ACK, and is on its way to the leader's tree.
 */
function truncationTarget(peerLastZxid: Zxid, maxCommittedLog: Zxid, lastCommitted: Zxid): Zxid {
  const isOfThisLeader = epochOf(peerLastZxid) === epochOf(lastCommitted) && counterOf(lastCommitted) > 0
  return isOfThisLeader ? Math.min(peerLastZxid, Math.max(maxCommittedLog, lastCommitted)) : maxCommittedLog
}

/** Java: LearnerHandler.queueCommittedProposals, whose `needOpPacket` is `op === null`. */
class ProposalQueue {
  op: { readonly mode: 'DIFF' | 'TRUNC'; readonly packetZxid: Zxid } | null = null
  readonly txns: Txn[] = []
  lastQueued: Zxid
  private readonly maxCommittedLog: Zxid

  constructor(peerLastZxid: Zxid, maxCommittedLog: Zxid) {
    this.lastQueued = peerLastZxid
    this.maxCommittedLog = maxCommittedLog
  }

  take(proposals: LogView<Txn>, upTo: Zxid | null): void {
    const peerLastZxid = this.lastQueued
    const isPeerNewEpochZxid = counterOf(peerLastZxid) === 0
    let previous: Zxid = -1
    for (let i = 0; i < proposals.length; i++) {
      const txn = proposals.at(i)
      if (upTo !== null && txn.zxid > upTo) break
      if (txn.zxid < peerLastZxid) {
        previous = txn.zxid
        continue
      }
      if (this.op === null) {
        if (txn.zxid === peerLastZxid || isPeerNewEpochZxid) {
          this.op = { mode: 'DIFF', packetZxid: this.maxCommittedLog }
        } else if (epochOf(txn.zxid) !== epochOf(peerLastZxid)) {
          return
        } else {
          this.op = { mode: 'TRUNC', packetZxid: previous }
        }
      }
      if (txn.zxid <= this.lastQueued) continue
      this.txns.push(txn)
      this.lastQueued = txn.zxid
    }
    if (this.op === null && isPeerNewEpochZxid) this.op = { mode: 'DIFF', packetZxid: this.maxCommittedLog }
  }
}

function viewOf(txns: readonly Txn[]): LogView<Txn> {
  return { length: txns.length, at: (index) => txns[index] as Txn }
}
