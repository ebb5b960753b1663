import type { QuorumServer } from '../PeerConfig.ts'
import type { QuorumPacket } from '../packets.ts'
import { FollowerZooKeeperServer } from '../server/FollowerZooKeeperServer.ts'
import { epochOf, printZxid, type Zxid } from '../zxid.ts'
import { Learner } from './Learner.ts'
import type { QuorumPeer } from './QuorumPeer.ts'

/** A learner that votes: it logs and acknowledges proposals. Java: Follower */
export class Follower extends Learner {
  protected override readonly infoType = 'FOLLOWERINFO'
  protected override readonly logsBeforeAck = true
  private readonly fzk: FollowerZooKeeperServer

  constructor(peer: QuorumPeer, leaderServer: QuorumServer) {
    const fzk = new FollowerZooKeeperServer(peer)
    super(peer, fzk, leaderServer)
    this.fzk = fzk
    fzk.learner = this
  }

  protected override processPacket(packet: QuorumPacket): void {
    switch (packet.type) {
      case 'PING':
        return this.ping(packet)
      case 'PROPOSAL':
        this.noteSequence(packet.zxid)
        if (packet.txn.body.type === 'reconfig') return this.lastSeen(packet.txn.body.data, packet)
        return this.fzk.logRequest(packet.txn)
      case 'COMMIT':
        this.tellCommitReceived(packet.zxid)
        return this.commit(packet.zxid)
      case 'COMMITANDACTIVATE': {
        this.tellCommitReceived(packet.zxid)
        const txn = this.fzk.firstPendingTxn
        // Java: a NoSuchElementException, or a ClassCastException
        if (txn?.body.type !== 'reconfig')
          return this.leave('a configuration is to count, and none is pending')
        return this.activate(txn.body.data, packet)
      }
      case 'REVALIDATED':
        return this.revalidated(packet.sessionId, packet.valid)
      case 'SYNC':
        return this.fzk.sync()
      case 'UPTODATE':
        return // Java logs an error and goes on.
      default:
        return this.tellUnexpected(packet) // Java warns, and goes on.
    }
  }

  protected override processBehindConfig(packet: QuorumPacket): void {
    if (packet.type === 'PROPOSAL') this.fzk.logRequest(packet.txn)
    else this.commit(packet.zxid)
  }

  /** Java only warns. */
  private noteSequence(zxid: Zxid): void {
    const follows = zxid === this.lastQueued + 1 || this.lastQueued === 0
    if (!follows && epochOf(zxid) === epochOf(this.lastQueued)) {
      this.peer.anomaly('A2', 'a proposal does not follow the one before', zxid)
    }
    this.lastQueued = zxid
  }

  /** Java: FollowerZooKeeperServer.commit, which exits the process on a mismatch. */
  private commit(zxid: Zxid): void {
    const first = this.fzk.firstPending
    if (first === null) {
      this.peer.anomaly('A3', 'a COMMIT came with no proposal pending', zxid)
      return
    }
    if (first !== zxid) {
      this.peer.anomaly('A3', 'a COMMIT is not for the first pending proposal', zxid)
      return this.peer.exit(12, `COMMIT ${printZxid(zxid)} but ${printZxid(first)} is the first pending`)
    }
    this.fzk.commit(zxid)
  }

  protected override submitBuffered(): void {
    this.logBuffered()
    for (let zxid = this.packetsCommitted.shift(); zxid !== undefined; zxid = this.packetsCommitted.shift()) {
      this.commit(zxid)
    }
  }

  protected logBuffered(): void {
    for (let txn = this.packetsNotLogged.shift(); txn !== undefined; txn = this.packetsNotLogged.shift()) {
      this.fzk.logRequest(txn)
    }
  }
}
