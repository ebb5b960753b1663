import { AppendOnlyLog } from '../../src/base/AppendOnlyLog.ts'
import { Checker } from '../../src/invariants/Checker.ts'
import type { Invariant } from '../../src/invariants/invariant.ts'
import { countUpTo } from '../../src/invariants/sequences.ts'
import { OPEN_ACL_UNSAFE } from '../../src/nodes/acl.ts'
import { apply } from '../../src/nodes/database/apply.ts'
import { DataTree } from '../../src/nodes/database/DataTree.ts'
import { makeTxn, type SessionId, type Txn, type TxnBody } from '../../src/nodes/database/txns.ts'
import { statOf } from '../../src/nodes/database/ZNode.ts'
import type { Fact } from '../../src/nodes/facts.ts'
import { defaultSettings, type QuorumConfig } from '../../src/nodes/PeerConfig.ts'
import type { Operation, Result, Stat, WatchEventType } from '../../src/nodes/packets.ts'
import { counterOf, epochOf, makeZxid, type Sid, type Zxid } from '../../src/nodes/zxid.ts'

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
    // Counted, wherever the story puts it.
    parentCVersion: -1,
  } as const
  return makeTxn(makeZxid(epoch, counter), '0x0', counter, 0, body)
}

/** Tells the facts of an ensemble that behaves, unless told otherwise. */
export class Story {
  readonly clock = { events: 0, now: 0 }
  readonly checker: Checker
  private readonly trees = new Map<Zxid, DataTree>()
  private round = 0
  private readonly ids = new Map<string, number>()

  constructor(invariants?: readonly Invariant[]) {
    this.checker = new Checker(this.clock, threeVoters, invariants, defaultSettings)
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

  /** What was delivered up to here; `variant`: and a node of that name. */
  tree(zxid: Zxid, variant = ''): DataTree {
    const tree = this.trees.get(zxid) ?? DataTree.empty
    return variant === '' ? tree : apply(tree, create(9, 9, `/${variant}`)).tree
  }

  /** The tree that a transaction leads to, behind what this peer has applied. */
  private treeAfter(peer: Sid, txn: Txn): DataTree {
    const known = this.trees.get(txn.zxid)
    if (known !== undefined) return known
    const { tree } = apply(this.tree(this.ghost(peer).applied.last?.zxid ?? 0), txn)
    this.trees.set(txn.zxid, tree)
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

  deliver(peer: Sid, txn: Txn, tree = this.treeAfter(peer, txn)): this {
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

  // ── clients; 3 leads, and 1 answers ──

  /** Time passes, and nothing happens. */
  wait(seconds: number): this {
    this.clock.now += seconds * 1_000_000
    return this
  }

  /** The next transaction of the epoch in which the last one was. */
  next(body: TxnBody, sessionId: SessionId, cxid: number): Txn {
    const { last } = this.checker.history.delivered
    const epoch = last === undefined ? 1 : epochOf(last.zxid)
    const counter = last === undefined ? 1 : counterOf(last.zxid) + 1
    return makeTxn(makeZxid(epoch, counter), sessionId, cxid, 0, body)
  }

  /** The ensemble agrees on what this says. */
  agree(body: TxnBody, sessionId: SessionId, cxid = 0): Txn {
    const txn = this.next(body, sessionId, cxid)
    this.write(txn, [3, 1, 2])
    return txn
  }

  connect(client: string, sessionId: SessionId, server: Sid = 1): this {
    return this.tell({
      type: 'clientConnected',
      client,
      server,
      sessionId,
      readOnly: false,
      chroot: null,
    })
  }

  /** A client gets a session of 10 s. */
  open(client: string, sessionId: SessionId = ANN, server: Sid = 1): this {
    this.agree({ type: 'createSession', timeout: 10_000 }, sessionId)
    return this.connect(client, sessionId, server)
  }

  /** The leader finds a session due. */
  expire(sessionId: SessionId, untouched = 10_000): this {
    return this.tell({
      type: 'sessionExpired',
      peer: 3,
      sessionId,
      timeout: 10_000,
      untouched,
      local: false,
    })
  }

  invoke(client: string, op: Operation): number {
    const id = (this.ids.get(client) ?? 0) + 1
    this.ids.set(client, id)
    const { sessionId } = this.checker.history.clients.client(client)
    this.tell({ type: 'invoked', client, sessionId, id, op: Object.freeze(op) })
    return id
  }

  complete(
    client: string,
    id: number,
    op: Operation,
    answer: { err?: number; zxid?: Zxid; result?: Result | null; xid?: number },
  ): this {
    const { sessionId } = this.checker.history.clients.client(client)
    const { err = 0, xid = id, zxid = this.position, result = null } = answer
    return this.tell({
      type: 'completed',
      client,
      sessionId,
      id,
      xid,
      op: Object.freeze(op),
      err,
      zxid,
      result,
    })
  }

  /** Asked for and answered, from the last position unless said. */
  ask(
    client: string,
    op: Operation,
    answer: { err?: number; zxid?: Zxid; result?: Result | null } = {},
  ): this {
    const id = this.invoke(client, op)
    return this.complete(client, id, op, answer)
  }

  /** Asked for, agreed on as `body`, and answered. */
  change(
    client: string,
    op: Operation,
    body: TxnBody,
    answer: { err?: number; result?: (txn: Txn) => Result | null } = {},
  ): this {
    const id = this.invoke(client, op)
    const txn = this.agree(body, this.checker.history.clients.client(client).sessionId, id)
    const result = answer.result?.(txn) ?? null
    return this.complete(client, id, op, { err: answer.err ?? 0, zxid: txn.zxid, result })
  }

  /** The watcher of a client is told. */
  notify(client: string, type: WatchEventType, path: string, zxid = this.position): this {
    const { sessionId } = this.checker.history.clients.client(client)
    const event = { type, state: 'SyncConnected', path, zxid, watchers: [''] } as const
    return this.tell({ type: 'watchEvent', client, sessionId, event })
  }

  /** A node, created by a client. */
  make(client: string, path: string, flags = 0, named = path): this {
    const op = { type: 'create', path, data: null, acl: OPEN_ACL_UNSAFE, flags } as const
    return this.change(client, op, creation(named, flags === 1 || flags === 3), {
      result: () => ({ type: 'create', path: named }),
    })
  }

  set(client: string, path: string, data: string, version = -1): this {
    const { stat } = this.tree(this.position).get(path) ?? { stat: { version: 0 } }
    return this.change(
      client,
      { type: 'setData', path, data, version },
      { type: 'setData', path, data, version: stat.version + 1 },
      { result: () => ({ type: 'setData', stat: this.stat(path) }) },
    )
  }

  /** How it is now. */
  stat(path: string): Stat {
    const node = this.tree(this.position).get(path)
    if (node === undefined) throw new Error(`there is no ${path}`)
    return statOf(node)
  }

  get position(): Zxid {
    return this.checker.history.delivered.last?.zxid ?? 0
  }

  /** A quorum's worth of undisturbed time. */
  calm(
    seconds: number,
    peers: readonly Sid[] = [1, 2, 3],
    clients: readonly string[] = ['ann', 'bob'],
  ): this {
    this.checker.calm(peers, clients)
    return this.wait(seconds)
  }
}

/** Sessions that server 1 gives. */
export const ANN: SessionId = '0x100000000000000'
export const BOB: SessionId = '0x100000000000001'

export function creation(path: string, ephemeral = false) {
  return { type: 'create', path, data: null, ephemeral, acl: OPEN_ACL_UNSAFE, parentCVersion: -1 } as const
}
