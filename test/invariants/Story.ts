import { AppendOnlyLog } from '../../src/base/AppendOnlyLog.ts'
import { Checker } from '../../src/invariants/Checker.ts'
import type { Invariant } from '../../src/invariants/invariant.ts'
import { countUpTo } from '../../src/invariants/sequences.ts'
import { OPEN_ACL_UNSAFE } from '../../src/nodes/acl.ts'
import type { DataTree } from '../../src/nodes/database/DataTree.ts'
import { makeTxn, type Txn } from '../../src/nodes/database/txns.ts'
import type { Fact } from '../../src/nodes/facts.ts'
import type { QuorumConfig } from '../../src/nodes/PeerConfig.ts'
import { makeZxid, type Sid, type Zxid } from '../../src/nodes/zxid.ts'

/** Three voters and an observer, 4. */
export const threeVoters: QuorumConfig = Object.freeze({
  version: 0,
  servers: [1, 2, 3, 4].map(
    (sid) => ({ sid, host: String(sid), type: sid < 4 ? 'participant' : 'observer' }) as const,
  ),
  hierarchy: null,
})

export const z = makeZxid

export function create(epoch: number, counter: number, path = `/${epoch}.${counter}`): Txn {
  const body = {
    type: 'create',
    path,
    data: null,
    ephemeral: false,
    acl: OPEN_ACL_UNSAFE,
    parentCVersion: 1,
  } as const
  return makeTxn(makeZxid(epoch, counter), '0x1', counter, 0, body)
}

/** Tells the facts of an ensemble that behaves, unless told otherwise. */
export class Story {
  readonly clock = { events: 0, now: 0 }
  readonly checker: Checker
  private readonly trees = new Map<Zxid, DataTree>()
  private round = 0

  constructor(invariants?: readonly Invariant[]) {
    this.checker = new Checker(this.clock, threeVoters, invariants)
  }

  tell(fact: Fact): this {
    this.clock.events += 1
    this.clock.now += 10
    this.checker.hear(Object.freeze(fact))
    return this
  }

  ghost(peer: Sid) {
    return this.checker.history.peer(peer)
  }

  tree(zxid: Zxid, variant = ''): DataTree {
    if (variant !== '') return { digest: `${zxid}${variant}` } as unknown as DataTree
    let tree = this.trees.get(zxid)
    if (tree === undefined) this.trees.set(zxid, (tree = { digest: String(zxid) } as unknown as DataTree))
    return tree
  }

  /** A process starts and finds what its peer had on disk, unless told otherwise. */
  restart(
    peer: Sid,
    found: {
      logged?: readonly Txn[]
      snapshotZxid?: Zxid
      lastProcessedZxid?: Zxid
      acceptedEpoch?: number
      currentEpoch?: number
      tree?: DataTree
    } = {},
  ): this {
    const ghost = this.ghost(peer)
    const logged = found.logged === undefined ? ghost.history.copy() : new AppendOnlyLog(found.logged)
    const snapshotZxid = found.snapshotZxid ?? 0
    const lastProcessedZxid = found.lastProcessedZxid ?? Math.max(logged.last?.zxid ?? 0, snapshotZxid)
    this.tell({
      type: 'recovered',
      peer,
      snapshotZxid,
      lastProcessedZxid,
      acceptedEpoch: found.acceptedEpoch ?? Math.max(ghost.acceptedEpoch, 0),
      currentEpoch: found.currentEpoch ?? Math.max(ghost.currentEpoch, 0),
      logged,
      tree: found.tree ?? this.tree(lastProcessedZxid),
    })
    // A peer that starts forces what it found.
    this.tell({ type: 'forced', peer, zxid: lastProcessedZxid })
    return this.look(peer)
  }

  look(peer: Sid): this {
    this.tell({ type: 'stateChanged', peer, state: 'LOOKING', zab: 'ELECTION' })
    return this.tell({ type: 'lookingAgain', peer, reason: 'told so' })
  }

  fastForward(peer: Sid): this {
    return this.tell({ type: 'fastForwarded', peer, lastProcessedZxid: this.ghost(peer).lastZxid })
  }

  vote(peer: Sid, leader: Sid, round: number, zxid = this.ghost(leader).lastZxid, peerEpoch?: number): this {
    const epoch = peerEpoch ?? Math.max(this.ghost(leader).currentEpoch, 0)
    return this.tell({ type: 'voted', peer, leader, zxid, peerEpoch: epoch, electionEpoch: round })
  }

  elect(leader: Sid, voters: readonly Sid[]): this {
    this.round += 1
    for (const peer of voters) this.vote(peer, peer, this.round)
    for (const peer of voters) if (peer !== leader) this.voteFor(peer, leader)
    return this.tell({
      type: 'elected',
      peer: leader,
      leader,
      zxid: this.ghost(leader).lastZxid,
      peerEpoch: Math.max(this.ghost(leader).currentEpoch, 0),
      electionEpoch: this.round,
      supporters: voters,
      fromLookers: true,
    })
  }

  private voteFor(peer: Sid, leader: Sid): this {
    return this.vote(peer, leader, this.round)
  }

  /** Phase 1 with these followers. */
  discover(leader: Sid, epoch: number, followers: readonly Sid[]): this {
    const from = [leader, ...followers].map((sid) => ({
      sid,
      acceptedEpoch: Math.max(this.ghost(sid).acceptedEpoch, 0),
    }))
    this.tell({ type: 'epochProposed', peer: leader, epoch, from })
    this.tell({ type: 'acceptedEpochWritten', peer: leader, epoch })
    for (const peer of followers) this.promise(peer, leader, epoch)
    this.tell({ type: 'epochAcked', peer: leader, epoch, by: [leader, ...followers] })
    this.tell({ type: 'currentEpochWritten', peer: leader, epoch })
    return this.tell({ type: 'synchronizing', peer: leader, epoch, lastZxid: this.ghost(leader).lastZxid })
  }

  promise(peer: Sid, leader: Sid, epoch: number): this {
    const currentEpoch = Math.max(this.ghost(peer).currentEpoch, 0)
    this.tell({ type: 'acceptedEpochWritten', peer, epoch })
    return this.tell({
      type: 'ackedEpoch',
      peer,
      leader,
      epoch,
      currentEpoch,
      lastZxid: this.ghost(peer).lastZxid,
    })
  }

  /** A learner begins to be brought up to date. */
  startSync(peer: Sid, leader: Sid, epoch: number, mode: 'DIFF' | 'TRUNC' | 'SNAP', zxid: Zxid): this {
    const last = this.ghost(leader).applied.last?.zxid ?? 0
    this.tell({
      type: 'syncDecided',
      peer: leader,
      learner: peer,
      mode,
      packetZxid: zxid,
      from: mode === 'SNAP' ? 'snapshot' : 'committedLog',
      peerLastZxid: this.ghost(peer).lastZxid,
      minCommittedLog: last,
      maxCommittedLog: last,
      lastProcessedZxid: last,
      committedLogLength: 0,
    })
    return this.tell({ type: 'syncStarted', peer, leader, epoch, mode, zxid })
  }

  /** What a follower lacks of its leader's tree is logged, forced and applied. */
  catchUp(peer: Sid, leader: Sid): this {
    const theirs = this.ghost(leader).applied
    for (let at = countUpTo(theirs, this.ghost(peer).lastZxid); at < theirs.length; at += 1) {
      this.log(peer, theirs.at(at))
      this.tell({ type: 'syncApplied', peer, txn: theirs.at(at), logged: true })
    }
    return this
  }

  ackNewLeader(peer: Sid, leader: Sid, epoch: number): this {
    this.tell({ type: 'currentEpochWritten', peer, epoch })
    const lastZxid = this.ghost(peer).applied.last?.zxid ?? 0
    return this.tell({ type: 'ackedNewLeader', peer, leader, epoch, lastZxid })
  }

  sync(peer: Sid, leader: Sid, epoch: number): this {
    this.startSync(peer, leader, epoch, 'DIFF', this.ghost(leader).lastZxid)
    this.catchUp(peer, leader)
    return this.ackNewLeader(peer, leader, epoch)
  }

  establish(leader: Sid, epoch: number, followers: readonly Sid[]): this {
    const lastZxid = this.ghost(leader).lastZxid
    this.tell({ type: 'established', peer: leader, epoch, lastZxid, by: [leader, ...followers] })
    for (const peer of followers) this.tell({ type: 'upToDate', peer, leader, epoch })
    return this
  }

  /** From the election to the broadcast. */
  lead(leader: Sid, epoch: number, followers: readonly Sid[]): this {
    this.elect(leader, [leader, ...followers])
    this.discover(leader, epoch, followers)
    for (const peer of followers) this.sync(peer, leader, epoch)
    return this.establish(leader, epoch, followers)
  }

  /** A follower joins an ensemble that stands. */
  join(peer: Sid, leader: Sid, epoch: number): this {
    this.promise(peer, leader, epoch)
    this.sync(peer, leader, epoch)
    return this.tell({ type: 'upToDate', peer, leader, epoch })
  }

  propose(leader: Sid, txn: Txn): this {
    return this.tell({ type: 'proposed', peer: leader, txn })
  }

  log(peer: Sid, txn: Txn): this {
    this.tell({ type: 'logged', peer, txn })
    return this.tell({ type: 'forced', peer, zxid: txn.zxid })
  }

  ack(peer: Sid, leader: Sid, txn: Txn): this {
    return this.tell({ type: 'acked', peer, leader, zxid: txn.zxid })
  }

  /** Proposed, logged, forced and acknowledged by these; the first leads. */
  accept(txn: Txn, peers: readonly Sid[]): this {
    const leader = peers[0] as Sid
    this.propose(leader, txn)
    for (const peer of peers) this.log(peer, txn).ack(peer, leader, txn)
    return this
  }

  commit(leader: Sid, txn: Txn, by: readonly Sid[]): this {
    return this.tell({ type: 'committed', peer: leader, txn, by })
  }

  deliver(peer: Sid, txn: Txn, tree = this.tree(txn.zxid)): this {
    return this.tell({ type: 'delivered', peer, txn, tree })
  }

  /** From the proposal to the delivery everywhere. */
  write(txn: Txn, peers: readonly Sid[]): this {
    const leader = peers[0] as Sid
    this.accept(txn, peers)
    this.commit(leader, txn, peers)
    for (const peer of peers) {
      if (peer !== leader) this.tell({ type: 'commitReceived', peer, zxid: txn.zxid })
      this.deliver(peer, txn)
    }
    return this
  }

  /** All three up, 3 leads epoch 1, and <1,1> to <1,count> are everywhere. */
  standing(count = 2): this {
    for (const peer of [1, 2, 3]) this.restart(peer)
    this.lead(3, 1, [1, 2])
    for (let counter = 1; counter <= count; counter += 1) this.write(create(1, counter), [3, 1, 2])
    return this
  }
}
