/** How each fact changes the scene. What has no line here changes nothing. */
import type { FactOf, FactType } from '../../nodes/facts.ts'
import { keeperErrors } from '../../nodes/keeperErrors.ts'
import { MICROS_PER_MILLI } from '../../nodes/PeerConfig.ts'
import type { Zxid } from '../../nodes/zxid.ts'
import type { PeerScene } from './PeerScene.ts'
import type { TellerOf } from './property.ts'
import type { Scene } from './Scene.ts'

const CONNECTIONLOSS = keeperErrors.CONNECTIONLOSS.code

type Change<F> = (scene: Scene, teller: TellerOf<F>, fact: F) => void
type Changes = { readonly [T in FactType]?: Change<FactOf<T>> }

/** The end of what lies on a disk. */
export function lastOf({ logged, snapshotZxid }: FactOf<'recovered'>): Zxid {
  return logged.length === 0 ? snapshotZxid : Math.max(logged.at(logged.length - 1).zxid, snapshotZxid)
}

function changeState(scene: Scene, peer: PeerScene, { state, zab }: FactOf<'stateChanged'>): void {
  peer.lives = true
  if (state === 'LOOKING') {
    peer.endRole('looking')
    peer.lookingSince = scene.now
  } else if (peer.role !== state) {
    peer.role = state
    // A server that serves alone has nothing before it.
    if (zab !== 'BROADCAST') peer.stage = state === 'LEADING' ? 'aspiring' : 'registering'
  }
}

const changes: Changes = {
  // ── a process ──
  recovered: (_scene, peer, fact) => {
    peer.lives = true
    peer.logged = lastOf(fact)
    peer.forced = 0
    peer.acked = 0
    peer.delivered = fact.lastProcessedZxid
    peer.acceptedEpoch = fact.acceptedEpoch
    peer.currentEpoch = fact.currentEpoch
    peer.torn = false
  },
  stateChanged: changeState,
  lookingAgain: (scene, peer) => {
    scene.orphan(peer)
    peer.endRole('leaving')
  },
  fastForwarded: (_scene, peer, { lastProcessedZxid }) => {
    peer.delivered = lastProcessedZxid
  },
  configActivated: (_scene, peer, { config }) => peer.goesBy(config),
  configSeen: (_scene, peer, { config }) => {
    peer.seen = config
  },
  // ── elections and epochs ──
  voted: (_scene, peer, fact) => {
    peer.vote = fact
  },
  elected: (_scene, peer, fact) => {
    peer.elected = fact
  },
  acceptedEpochWritten: (_scene, peer, { epoch }) => {
    peer.acceptedEpoch = epoch
  },
  currentEpochWritten: (_scene, peer, { epoch }) => {
    peer.currentEpoch = epoch
    if (peer.learns) peer.stage = 'claimed'
  },
  ackedEpoch: (_scene, peer, { leader, epoch }) => {
    peer.stage = 'promised'
    peer.leader = leader
    peer.epoch = epoch
  },
  epochProposed: (scene, peer, { epoch }) => {
    peer.stage = 'proposing'
    peer.epoch = epoch
    scene.chosen(epoch)
  },
  epochAcked: (_scene, peer) => {
    peer.stage = 'chosen'
  },
  synchronizing: (_scene, peer, { epoch }) => {
    peer.stage = 'synchronizing'
    peer.epoch = epoch
  },
  established: (scene, peer, { epoch, lastZxid }) => scene.established(peer, epoch, lastZxid),
  // ── synchronisation ──
  syncStarted: (_scene, peer, { mode }) => {
    peer.stage = 'syncing'
    peer.syncMode = mode
  },
  truncated: (_scene, peer, { to, lastProcessedZxid }) => {
    peer.stage = 'truncated'
    peer.logged = to
    peer.forced = to
    peer.delivered = lastProcessedZxid
  },
  snapshotReceived: (_scene, peer, { zxid }) => {
    peer.stage = 'replaced'
    peer.delivered = zxid
  },
  snapshotTaken: (_scene, peer, { zxid }) => {
    peer.snapshot = zxid
    if (!peer.learns || peer.stage === 'serving') return
    peer.stage = 'persisted'
    peer.logged = zxid
    peer.forced = zxid
  },
  syncApplied: (_scene, peer, { txn, logged }) => {
    peer.appliedInSync = true
    peer.delivered = txn.zxid
    if (logged) peer.logged = txn.zxid
  },
  ackedNewLeader: (_scene, peer) => {
    peer.stage = 'synced'
  },
  upToDate: (scene, peer) => scene.serves(peer),
  // ── broadcast ──
  proposed: (_scene, peer, { txn }) => {
    peer.proposed = txn.zxid
  },
  logged: (_scene, peer, { txn }) => {
    peer.logged = txn.zxid
  },
  forced: (_scene, peer, { zxid }) => {
    if (zxid > peer.forced) peer.forced = zxid
  },
  acked: (_scene, peer, { zxid }) => {
    peer.acked = zxid
  },
  committed: (scene, peer, { txn: { zxid, sessionId, cxid, body } }) => {
    peer.committed = zxid
    scene.committed = zxid
    if (cxid > 0) scene.session(sessionId).lastCxid = cxid
    if (body.type === 'createContainer') scene.containers.add(body.path)
    else if (body.type === 'createTTL') scene.withTtl.add(body.path)
  },
  commitReceived: (_scene, peer, { zxid }) => {
    peer.committed = zxid
  },
  delivered: (_scene, peer, { txn }) => {
    peer.delivered = txn.zxid
  },
  // ── sessions ──
  sessionOpened: (scene, _peer, { sessionId, timeout }) => {
    scene.session(sessionId).timeout = timeout * MICROS_PER_MILLI
  },
  sessionExpired: (scene, _peer, { sessionId }) => {
    const session = scene.session(sessionId)
    session.expired = true
    session.overdue = scene.wasDueUnled(sessionId)
  },
  // ── clients ──
  clientConnected: (scene, client, fact) => {
    client.connected(fact)
    const session = scene.session(fact.sessionId)
    session.client = client.name
    session.lostAt = -1
  },
  clientDisconnected: (scene, client) => {
    scene.lost(client)
    client.disconnected(scene.now)
  },
  invoked: (scene, client) => {
    client.inFlight += 1
    scene.inFlight += 1
  },
  completed: (scene, client, fact) => {
    scene.inFlight -= 1
    client.completed(fact)
    if (fact.err === CONNECTIONLOSS && fact.xid > 0) scene.session(fact.sessionId).lostXid = fact.xid
  },
  watchEvent: (scene, client, { event }) => {
    client.notified(event)
    if (event.path === null || event.zxid < 0) return
    scene.watched = event.zxid
    scene.watcher = client.name
  },
  watchesSetAgain: (_scene, client, { op }) => {
    client.setAgain = op
  },
}

export const records: Changes = Object.freeze(changes)
