/**
 * What can be known of each peer from the facts it told: columns of transcripts, conditions of scenarios.
 *
 * Only facts go in, so that the view needs no access to a peer, and a copy of the world carries its own.
 */
import { Electorate } from '../../invariants/Electorate.ts'
import { Membership } from '../../invariants/Membership.ts'
import type { SessionId } from '../../nodes/database/txns.ts'
import type { Fact, FactOf, SyncMode, ZabState } from '../../nodes/facts.ts'
import type { QuorumConfig } from '../../nodes/PeerConfig.ts'
import type { ServerState } from '../../nodes/packets.ts'
import { type Epoch, printZxid, type Sid, type Zxid } from '../../nodes/zxid.ts'

export class PeerView {
  readonly sid: Sid
  /** `DOWN` before the process has told anything, and after it refused to start. */
  state: ServerState | 'DOWN' = 'DOWN'
  /** A process has told something, and its death has not been noticed. */
  lives = false
  zab: ZabState = 'ELECTION'
  /** Whom it follows, or tries to. */
  leader: Sid | null = null
  epoch: Epoch = 0
  voted: { readonly leader: Sid; readonly zxid: Zxid } | null = null
  elected: Sid | null = null
  /** How it was last brought up to date, and by whom. */
  sync: { readonly mode: SyncMode; readonly leader: Sid } | null = null
  /** It serves: an established leader, or a learner after UPTODATE. */
  serves = false
  /** It has no leader, and serves reads until it begins another role. */
  readsOnly = false
  proposed: Zxid = 0
  logged: Zxid = 0
  delivered: Zxid = 0
  refusedBecause: string | null = null
  /** Of the configuration that it goes by; null before it has said. */
  config: QuorumConfig | null = null

  constructor(sid: Sid) {
    this.sid = sid
  }

  /** A new process knows what its disk says, and nothing else. */
  reset(): void {
    this.state = 'LOOKING'
    this.refusedBecause = null
    this.stopServing()
  }

  stopServing(): void {
    this.zab = 'ELECTION'
    this.serves = false
    this.readsOnly = false
    this.leader = null
    this.proposed = 0
  }

  /** `Lead e2`, `Foll e2`, `Look`. */
  describeState(): string {
    if (this.state === 'DOWN') return 'down'
    if (this.state === 'LOOKING') return 'Look'
    const word = `${this.state[0]}${this.state.slice(1, 4).toLowerCase()}`
    return this.serves ? `${word} e${this.epoch}` : `${word}…`
  }

  /** Delivered and logged. */
  describeLog(): string {
    return `${printZxid(this.delivered)}/${printZxid(this.logged)}`
  }
}

export class ClusterView {
  private readonly peers = new Map<Sid, PeerView>()
  /** Who votes, and who is to. */
  readonly membership: Membership
  /** Of every configuration that anybody told of so far, the first one first. */
  readonly electorates: Electorate[]
  /** Operations handed in and not yet answered, by client. */
  readonly outstanding = new Map<string, number>()
  /** The last operation of each client that was answered; its process numbers them. */
  readonly answered = new Map<string, number>()
  /** Where each client is connected now. */
  readonly connectedTo = new Map<string, Sid>()
  /** The session that each client had when it was last connected. */
  readonly sessions = new Map<string, SessionId>()
  /** Writes that were answered with success. */
  acknowledgedWrites = 0
  /** The last established epoch, with its leader. */
  established: { readonly epoch: Epoch; readonly leader: Sid } | null = null

  constructor(sids: readonly Sid[], quorum: QuorumConfig) {
    this.membership = new Membership(quorum)
    this.electorates = [new Electorate(quorum)]
    for (const sid of sids) this.peers.set(sid, new PeerView(sid))
  }

  peer(sid: Sid): PeerView {
    const known = this.peers.get(sid)
    if (known !== undefined) return known
    const fresh = new PeerView(sid)
    this.peers.set(sid, fresh)
    return fresh
  }

  hear(fact: Fact): void {
    if ('client' in fact) this.hearClient(fact)
    else this.hearPeer(this.peer(fact.peer), fact)
  }

  /** A machine died, which its process cannot tell. */
  died(sid: Sid): void {
    const view = this.peer(sid)
    view.stopServing()
    view.state = 'DOWN'
    view.lives = false
  }

  /** A client's machine died. */
  clientDied(client: string): void {
    this.connectedTo.delete(client)
    this.answered.delete(client)
    this.outstanding.delete(client)
  }

  private hearPeer(view: PeerView, fact: Fact & { readonly peer: Sid }): void {
    view.lives = true
    switch (fact.type) {
      case 'recovered':
        view.reset()
        view.delivered = fact.lastProcessedZxid
        view.logged =
          fact.logged.length === 0 ? fact.snapshotZxid : fact.logged.at(fact.logged.length - 1).zxid
        return
      case 'refusedToStart':
        view.state = 'DOWN'
        view.refusedBecause = fact.reason
        return
      case 'stateChanged':
        view.state = fact.state
        view.readsOnly = false
        if (fact.state === 'LOOKING') view.stopServing()
        view.zab = fact.zab
        return
      case 'lookingAgain':
        view.stopServing()
        return
      case 'configSeen':
        this.hearConfig(fact)
        return
      case 'configActivated':
        view.config = fact.config
        this.hearConfig(fact)
        return
      case 'readOnlyStarted':
        view.readsOnly = true
        return
      case 'voted':
        view.voted = { leader: fact.leader, zxid: fact.zxid }
        return
      case 'elected':
        view.elected = fact.leader
        view.leader = fact.leader
        return
      case 'synchronizing':
        view.epoch = fact.epoch
        return
      case 'established':
        this.established = { epoch: fact.epoch, leader: fact.peer }
        this.membership.hear(fact)
        view.serves = true
        return
      default:
        this.hearBroadcast(view, fact)
    }
  }

  private hearConfig(fact: FactOf<'configSeen'> | FactOf<'configActivated'>): void {
    this.membership.hear(fact)
    const { version } = fact.config
    if (this.electorates.some((known) => known.version === version)) return
    this.electorates.push(new Electorate(fact.config))
  }

  private hearBroadcast(view: PeerView, fact: Fact & { readonly peer: Sid }): void {
    switch (fact.type) {
      case 'syncStarted':
        view.sync = { mode: fact.mode, leader: fact.leader }
        view.epoch = fact.epoch
        view.leader = fact.leader
        return
      case 'truncated':
        view.logged = fact.to
        view.delivered = fact.lastProcessedZxid
        return
      case 'snapshotReceived':
        view.delivered = fact.zxid
        return
      case 'fastForwarded':
        view.delivered = fact.lastProcessedZxid
        return
      case 'upToDate':
        view.serves = true
        view.leader = fact.leader
        view.epoch = fact.epoch
        return
      case 'proposed':
        view.proposed = fact.txn.zxid
        return
      case 'logged':
        view.logged = fact.txn.zxid
        return
      case 'syncApplied':
        if (fact.logged) view.logged = fact.txn.zxid
        view.delivered = fact.txn.zxid
        return
      case 'delivered':
        view.delivered = fact.txn.zxid
        return
      default:
    }
  }

  private hearClient(fact: Fact & { readonly client: string }): void {
    switch (fact.type) {
      case 'clientConnected':
        this.connectedTo.set(fact.client, fact.server)
        this.sessions.set(fact.client, fact.sessionId)
        return
      case 'clientDisconnected':
      case 'clientExpired':
        this.connectedTo.delete(fact.client)
        return
      case 'invoked':
        this.outstanding.set(fact.client, (this.outstanding.get(fact.client) ?? 0) + 1)
        return
      case 'completed':
        this.answered.set(fact.client, fact.id)
        this.outstanding.set(fact.client, Math.max(0, (this.outstanding.get(fact.client) ?? 0) - 1))
        if (fact.err === 0 && isWrite(fact.op.type)) this.acknowledgedWrites += 1
        return
      default:
    }
  }
}

function isWrite(op: string): boolean {
  return op === 'create' || op === 'delete' || op === 'setData'
}
