import type { QuorumServer } from '../PeerConfig.ts'
import type { QuorumPacket } from '../packets.ts'
import { ObserverZooKeeperServer } from '../server/ObserverZooKeeperServer.ts'
import { configOf, Learner } from './Learner.ts'
import type { QuorumPeer } from './QuorumPeer.ts'

/** A learner that does not vote: it is informed of what is committed. Java: Observer */
export class Observer extends Learner {
  protected override readonly infoType = 'OBSERVERINFO'
  protected override readonly logsBeforeAck = false
  private readonly ozk: ObserverZooKeeperServer

  constructor(peer: QuorumPeer, leaderServer: QuorumServer) {
    const ozk = new ObserverZooKeeperServer(peer)
    super(peer, ozk, leaderServer)
    this.ozk = ozk
    ozk.learner = this
  }

  protected override processPacket(packet: QuorumPacket): void {
    switch (packet.type) {
      case 'PING':
        return this.ping(packet)
      case 'INFORM':
        this.tellCommitReceived(packet.zxid)
        return this.ozk.commitRequest(packet.txn)
      case 'INFORMANDACTIVATE':
        this.tellCommitReceived(packet.zxid)
        return this.activate(configOf(packet.txn), packet)
      case 'REVALIDATED':
        return this.revalidated(packet.sessionId, packet.valid)
      case 'SYNC':
        return this.ozk.sync()
      case 'PROPOSAL':
      case 'COMMIT':
      case 'UPTODATE':
        return // Java warns, or ignores, and goes on.
      default:
        return this.tellUnexpected(packet) // Java warns, and goes on.
    }
  }

  protected override processBehindConfig(packet: QuorumPacket): void {
    if (packet.type === 'INFORMANDACTIVATE') this.ozk.commitRequest(packet.txn)
  }

  /** A leader sends outstanding proposals to nobody but voters; what has no commit here is dropped, as in Java. */
  protected override submitBuffered(): void {
    for (let txn = this.packetsNotLogged.shift(); txn !== undefined; txn = this.packetsNotLogged.shift()) {
      if (txn.zxid !== this.packetsCommitted.first) continue
      this.packetsCommitted.shift()
      this.ozk.commitRequest(txn)
    }
  }
}
