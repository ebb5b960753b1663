import type { Txn } from '../database/txns.ts'
import type { PacketOf } from '../packets.ts'
import type { Request } from '../processors/Request.ts'
import { SyncedLearnerTracker } from './SyncedLearnerTracker.ts'

/** A transaction on its way to a quorum. Java: Leader.Proposal */
export class Proposal extends SyncedLearnerTracker {
  readonly request: Request
  readonly txn: Txn
  readonly packet: PacketOf<'PROPOSAL'>

  constructor(request: Request, txn: Txn) {
    super()
    this.request = request
    this.txn = txn
    this.packet = Object.freeze({ type: 'PROPOSAL', zxid: txn.zxid, txn })
  }
}
