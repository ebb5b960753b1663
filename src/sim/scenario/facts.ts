/**
 * What a scenario can wait for, and expect: sentences about facts.
 *
 * An *event* happens once: `until` waits for it from the beginning of its step on, `expect` asks whether it ever
 * happened. A *condition* holds or does not: `until` waits for the moment when it holds, `expect` asks about now. A form
 * with both is an event to `until` and a condition to `expect`.
 */
import type { Fact, FactOf, FactType } from '../../nodes/facts.ts'
import type { LearnerType } from '../../nodes/PeerConfig.ts'
import type { Sid } from '../../nodes/zxid.ts'
import { factKinds } from '../kinds.ts'
import { type Holes, Sentence } from '../sentence.ts'
import type { ClusterView, PeerView } from './ClusterView.ts'
import type { EnsembleApi } from './EnsembleApi.ts'
import type { Play } from './Scenario.ts'

/** What conditions are judged by. */
export interface Scene {
  readonly ensemble: EnsembleApi
  readonly view: ClusterView
}

export interface FactForm {
  readonly sentence: Sentence
  readonly means: string
  /** The facts that can be this event; empty for a pure condition. */
  readonly types: readonly FactType[]
  readonly matches: ((fact: Fact, holes: never, view: ClusterView) => boolean) | null
  readonly holds: ((scene: Scene, holes: never) => boolean) | null
  /** The hole of the peer that tells this event; null where it is in none. */
  readonly teller: 'peer' | 'from' | null
}

type HolesOf<S extends string> = Holes<S, typeof factKinds>

function event<const S extends string, T extends FactType>(
  text: S,
  means: string,
  types: readonly T[],
  matches: (fact: FactOf<T>, holes: HolesOf<S>, view: ClusterView) => boolean,
  holds: ((scene: Scene, holes: HolesOf<S>) => boolean) | null = null,
): FactForm {
  return Object.freeze({
    sentence: new Sentence(text, factKinds),
    means,
    types,
    matches: matches as never,
    holds,
    teller: text.includes('{peer:peer}') ? 'peer' : text.includes('{from:peer}') ? 'from' : null,
  })
}

/** The peer in its hole is told of by another. */
function toldByAnother(form: FactForm): FactForm {
  return Object.freeze({ ...form, teller: null })
}

function condition<const S extends string>(
  text: S,
  means: string,
  holds: (scene: Scene, holes: HolesOf<S>) => boolean,
): FactForm {
  const sentence = new Sentence(text, factKinds)
  return Object.freeze({ sentence, means, types: [], matches: null, holds, teller: null })
}

const processes = [
  condition(
    '{peer:peer} is up',
    'Its process runs.',
    ({ ensemble }, { peer }) => machineState(ensemble, peer) === 'up',
  ),
  condition('{peer:peer} is down', 'Its process does not run.', ({ ensemble }, { peer }) => {
    return machineState(ensemble, peer) === 'down'
  }),
  condition('{peer:peer} is paused', 'Its process is stopped and will go on.', ({ ensemble }, { peer }) => {
    return machineState(ensemble, peer) === 'paused'
  }),
  condition('{peer:peer} exited', 'Its process ended by its own will.', ({ ensemble }, { peer }) => {
    return machineState(ensemble, peer) === 'down' && ensemble.machineOf(peer).exitReason !== null
  }),
  event(
    '{peer:peer} recovered',
    'It rebuilt its database from its disk.',
    ['recovered'],
    (fact, { peer }) => fact.peer === peer,
  ),
  event(
    '{peer:peer} refused to start',
    'What it read from its disk forbids it to run.',
    ['refusedToStart'],
    (fact, { peer }) => fact.peer === peer,
  ),
  event(
    'thread {thread:thread} of {peer:peer} died',
    'A thread ended by an error that it did not expect.',
    ['threadDied'],
    (fact, { thread, peer }) => fact.peer === peer && fact.thread === thread,
  ),
  event(
    'the disk of {peer:peer} failed',
    'A force or a write came back with an error.',
    ['diskFailed'],
    (fact, { peer }) => fact.peer === peer,
  ),
  event(
    '{peer:peer} noticed an anomaly',
    "One of the peer's own assertions (A1 to A5) did not hold.",
    ['anomaly'],
    (fact, { peer }) => fact.peer === peer,
  ),
]

const elections = [
  condition('{peer:peer} is {state:state}', 'Its ServerState.', ({ ensemble, view }, { peer, state }) => {
    return machineState(ensemble, peer) !== 'down' && view.peer(peer).state === state
  }),
  event(
    '{peer:peer} voted for {leader:peer} at {zxid:zxid}',
    'It broadcast this vote; the zxid is the proposed leader’s.',
    ['voted'],
    (fact, { peer, leader, zxid }) => fact.peer === peer && fact.leader === leader && fact.zxid === zxid,
  ),
  event(
    '{peer:peer} voted for {leader:peer}',
    'It broadcast a vote for this peer.',
    ['voted'],
    (fact, { peer, leader }) => fact.peer === peer && fact.leader === leader,
  ),
  event('{peer:peer} voted', 'It broadcast a vote.', ['voted'], (fact, { peer }) => fact.peer === peer),
  event(
    '{peer:peer} elected {leader:peer}',
    'Its election ended with this leader.',
    ['elected'],
    (fact, { peer, leader }) => fact.peer === peer && fact.leader === leader,
  ),
  event(
    '{peer:peer} looked again',
    'Its role ended, and it looks for a leader.',
    ['lookingAgain'],
    (fact, { peer }) => fact.peer === peer,
  ),
]

const roles = [
  // Before the next, which reads the same.
  condition(
    'somebody leads',
    'There is an established leader.',
    ({ ensemble }) => ensemble.leader() !== null,
  ),
  condition(
    '{peer:peer} leads',
    'It is an established leader and serves.',
    ({ ensemble, view }, { peer }) => {
      return (
        machineState(ensemble, peer) !== 'down' &&
        view.peer(peer).state === 'LEADING' &&
        view.peer(peer).serves
      )
    },
  ),
  condition(
    '{peer:peer} follows {leader:peer}',
    'A follower, up to date with this leader.',
    (scene, holes) => {
      return learns(scene, holes.peer, holes.leader, 'FOLLOWING')
    },
  ),
  condition(
    '{peer:peer} observes {leader:peer}',
    'An observer, up to date with this leader.',
    (scene, holes) => {
      return learns(scene, holes.peer, holes.leader, 'OBSERVING')
    },
  ),
  condition(
    '{peer:peer} is up to date',
    'It serves, as leader or as learner.',
    ({ ensemble, view }, { peer }) => {
      return machineState(ensemble, peer) !== 'down' && view.peer(peer).serves
    },
  ),
  event(
    '{peer:peer} serves reads alone',
    'It has no leader, and answers clients that make do with reads (`expect`: it does so now).',
    ['readOnlyStarted'],
    (fact, { peer }) => fact.peer === peer,
    ({ ensemble, view }, { peer }) => machineState(ensemble, peer) !== 'down' && view.peer(peer).readsOnly,
  ),
  condition('nobody leads', 'There is no established leader.', ({ ensemble }) => ensemble.leader() === null),
  event(
    '{peer:peer} established itself',
    'As leader it has a quorum that is in sync, and begins to serve.',
    ['established'],
    (fact, { peer }) => fact.peer === peer,
  ),
  condition(
    'leader of epoch {epoch:count}',
    'The leader that serves was established in this epoch.',
    (scene, holes) => {
      const leader = scene.ensemble.leader()
      return leader !== null && scene.view.peer(leader).epoch === holes.epoch
    },
  ),
]

const discovery = [
  event(
    '{peer:peer} proposed an epoch',
    'As leader it chose the next epoch.',
    ['epochProposed'],
    (fact, { peer }) => fact.peer === peer,
  ),
  event(
    '{peer:peer} accepted an epoch',
    'The file `acceptedEpoch` holds another.',
    ['acceptedEpochWritten'],
    (fact, { peer }) => fact.peer === peer,
  ),
  event(
    '{peer:peer} acked an epoch',
    'As learner it answered LEADERINFO.',
    ['ackedEpoch'],
    (fact, { peer }) => fact.peer === peer,
  ),
  event(
    '{peer:peer} wrote a current epoch',
    'The file `currentEpoch` holds another.',
    ['currentEpochWritten'],
    (fact, { peer }) => fact.peer === peer,
  ),
  event(
    '{peer:peer} proposed epoch {epoch:count}',
    'As leader it chose this epoch.',
    ['epochProposed'],
    (fact, { peer, epoch }) => fact.peer === peer && fact.epoch === epoch,
  ),
  event(
    '{peer:peer} accepted epoch {epoch:count}',
    'The file `acceptedEpoch` holds it.',
    ['acceptedEpochWritten'],
    (fact, { peer, epoch }) => fact.peer === peer && fact.epoch === epoch,
  ),
  event(
    '{peer:peer} acked epoch {epoch:count}',
    'As learner it answered LEADERINFO.',
    ['ackedEpoch'],
    (fact, { peer, epoch }) => fact.peer === peer && fact.epoch === epoch,
  ),
  event(
    '{peer:peer} wrote current epoch {epoch:count}',
    'The file `currentEpoch` holds it.',
    ['currentEpochWritten'],
    (fact, { peer, epoch }) => fact.peer === peer && fact.epoch === epoch,
  ),
]

const synchronisation = [
  event(
    '{peer:peer} decided how to synchronise {learner:peer}',
    'As leader it decided how to bring a learner up to date.',
    ['syncDecided'],
    (fact, { peer, learner }) => fact.peer === peer && fact.learner === learner,
  ),
  event(
    '{peer:peer} began to synchronise',
    'As learner it received the first packet of its synchronisation.',
    ['syncStarted'],
    (fact, { peer }) => fact.peer === peer,
  ),
  event(
    '{peer:peer} was brought up to date',
    'As learner it was told so by its leader, and begins to serve.',
    ['upToDate'],
    (fact, { peer }) => fact.peer === peer,
  ),
  event(
    '{peer:peer} decided {mode:mode} for {learner:peer}',
    'As leader it decided how to bring a learner up to date.',
    ['syncDecided'],
    (fact, { peer, mode, learner }) => fact.peer === peer && fact.mode === mode && fact.learner === learner,
  ),
  event(
    '{peer:peer} decided {mode:mode} for {learner:peer} from its log',
    'The same, of what it sends from its transaction log because committedLog does not reach back so far.',
    ['syncDecided'],
    (fact, { peer, mode, learner }) =>
      fact.peer === peer && fact.mode === mode && fact.learner === learner && fact.from === 'txnLog',
  ),
  event(
    '{peer:peer} began {mode:mode}',
    'As learner it received the first packet of its synchronisation.',
    ['syncStarted'],
    (fact, { peer, mode }) => fact.peer === peer && fact.mode === mode,
  ),
  event(
    '{peer:peer} synced by {mode:mode} from {leader:peer}',
    'It became up to date in this way (`expect`: the last time that it did).',
    ['upToDate'],
    (fact, { peer, mode, leader }, view) =>
      fact.peer === peer && fact.leader === leader && view.peer(peer).sync?.mode === mode,
    ({ view }, { peer, mode, leader }) =>
      view.peer(peer).sync?.mode === mode && view.peer(peer).sync?.leader === leader,
  ),
  event(
    '{peer:peer} synced by {mode:mode}',
    'It became up to date in this way (`expect`: the last time that it did).',
    ['upToDate'],
    (fact, { peer, mode }, view) => fact.peer === peer && view.peer(peer).sync?.mode === mode,
    ({ view }, { peer, mode }) => view.peer(peer).sync?.mode === mode,
  ),
  event(
    '{peer:peer} truncated to {zxid:zxid}',
    'It cut its log and rebuilt its database.',
    ['truncated'],
    (fact, { peer, zxid }) => fact.peer === peer && fact.to === zxid,
  ),
  event(
    '{peer:peer} received a snapshot',
    'It replaced its database by the leader’s, in memory.',
    ['snapshotReceived'],
    (fact, { peer }) => fact.peer === peer,
  ),
  event(
    '{peer:peer} took a snapshot',
    'A snapshot file is complete.',
    ['snapshotTaken'],
    (fact, { peer }) => fact.peer === peer,
  ),
  event(
    '{peer:peer} acked NEWLEADER',
    'As learner it sent its ACK of NEWLEADER.',
    ['ackedNewLeader'],
    (fact, { peer }) => fact.peer === peer,
  ),
]

const broadcast = [
  event(
    '{peer:peer} proposed {zxid:zxid}',
    'As leader it sent this proposal.',
    ['proposed'],
    (fact, holes) => {
      return fact.peer === holes.peer && fact.txn.zxid === holes.zxid
    },
  ),
  event('{peer:peer} proposed something', 'As leader it sent a proposal.', ['proposed'], (fact, holes) => {
    return fact.peer === holes.peer
  }),
  event(
    '{peer:peer} logged {zxid:zxid}',
    'Appended to the log, in the page cache.',
    ['logged'],
    (fact, holes) => {
      return fact.peer === holes.peer && fact.txn.zxid === holes.zxid
    },
  ),
  event(
    '{peer:peer} logged something',
    'A transaction was appended to the log.',
    ['logged'],
    (fact, holes) => {
      return fact.peer === holes.peer
    },
  ),
  event(
    '{peer:peer} forced {zxid:zxid}',
    'Everything that it logged up to here is on the platter.',
    ['forced'],
    (fact, { peer, zxid }) => fact.peer === peer && fact.zxid >= zxid,
  ),
  event(
    '{peer:peer} acked {zxid:zxid}',
    'It sent an ACK for a proposal (the leader: counted its own).',
    ['acked'],
    (fact, { peer, zxid }) => fact.peer === peer && fact.zxid === zxid,
  ),
  event(
    '{peer:peer} forced something',
    'Something that it logged is on the platter.',
    ['forced'],
    (fact, { peer }) => fact.peer === peer,
  ),
  event(
    '{peer:peer} acked something',
    'It sent an ACK for a proposal (the leader: counted its own).',
    ['acked'],
    (fact, { peer }) => fact.peer === peer,
  ),
  event(
    '{peer:peer} committed something',
    'As leader it found a quorum for a proposal.',
    ['committed'],
    (fact, { peer }) => fact.peer === peer,
  ),
  event(
    '{peer:peer} heard of a commit',
    'A COMMIT or INFORM reached this learner.',
    ['commitReceived'],
    (fact, { peer }) => fact.peer === peer,
  ),
  event(
    '{peer:peer} delivered something',
    'Applied because it is committed.',
    ['delivered'],
    (fact, { peer }) => fact.peer === peer,
  ),
  event('committed {zxid:zxid}', 'A leader found a quorum for it.', ['committed'], (fact, { zxid }) => {
    return fact.txn.zxid === zxid
  }),
  event('{peer:peer} committed {zxid:zxid}', 'As leader it found a quorum.', ['committed'], (fact, holes) => {
    return fact.peer === holes.peer && fact.txn.zxid === holes.zxid
  }),
  event(
    '{peer:peer} heard of the commit of {zxid:zxid}',
    'A COMMIT or INFORM reached this learner.',
    ['commitReceived'],
    (fact, { peer, zxid }) => fact.peer === peer && fact.zxid === zxid,
  ),
  event(
    '{peer:peer} delivered {zxid:zxid}',
    'Applied because it is committed.',
    ['delivered'],
    (fact, holes) => {
      return fact.peer === holes.peer && fact.txn.zxid === holes.zxid
    },
  ),
  event(
    '{from:peer} sent {packet:packet} to {to:peer}',
    'A packet left.',
    ['sent'],
    (fact, { from, packet, to }) => {
      return fact.peer === from && fact.packet === packet && fact.to === to
    },
  ),
  event(
    '{from:peer} sent {packet:packet}',
    'A packet left, to whomever.',
    ['sent'],
    (fact, { from, packet }) => {
      return fact.peer === from && fact.packet === packet
    },
  ),
]

const membership = [
  event(
    '{peer:peer} has seen configuration {version:zxid}',
    'A configuration was proposed to it, or by it; it is on the disk.',
    ['configSeen'],
    (fact, { peer, version }) => fact.peer === peer && fact.config.version === version,
  ),
  event(
    '{peer:peer} activated configuration {version:zxid}',
    'It goes by this configuration from now on.',
    ['configActivated'],
    (fact, { peer, version }) => fact.peer === peer && fact.config.version === version,
  ),
  event(
    '{peer:peer} activated a configuration',
    'It goes by another configuration from now on, or by the one that it was started with.',
    ['configActivated'],
    (fact, { peer }) => fact.peer === peer,
  ),
  condition(
    '{peer:peer} knows voters {voters:sids}',
    'These are the voters of the configuration that it goes by.',
    ({ view }, { peer, voters }) => sameSids(membersOf(view.peer(peer), 'participant'), voters),
  ),
  condition(
    '{peer:peer} knows observers {observers:sids}',
    'These are the observers of the configuration that it goes by.',
    ({ view }, { peer, observers }) => sameSids(membersOf(view.peer(peer), 'observer'), observers),
  ),
]

const clients = [
  condition('{client:client} is connected to {peer:peer}', 'It has a session there.', ({ view }, holes) => {
    return view.connectedTo.get(holes.client) === holes.peer
  }),
  condition('{client:client} is connected', 'It has a session somewhere.', ({ view }, { client }) => {
    return view.connectedTo.has(client)
  }),
  condition(
    '{client:client} is not connected',
    'No server serves its session now.',
    ({ view }, { client }) => {
      return !view.connectedTo.has(client)
    },
  ),
  event(
    'the session of {client:client} expired',
    'The client was told so.',
    ['clientExpired'],
    (fact, { client }) => fact.client === client,
  ),
  toldByAnother(
    event(
      '{client:client} was connected read-only to {peer:peer}',
      'A server that only reads took its session.',
      ['clientConnected'],
      (fact, { client, peer }) => fact.client === client && fact.server === peer && fact.readOnly,
    ),
  ),
  toldByAnother(
    event(
      'the session of {client:client} moved to {peer:peer}',
      'The leader lets another server speak for it from then on.',
      ['sessionMoved'],
      (fact, { client, peer }, view) => fact.to === peer && fact.sessionId === view.sessions.get(client),
    ),
  ),
  event(
    'a session moved',
    'The leader lets another server speak for some session from then on.',
    ['sessionMoved'],
    () => true,
  ),
  event(
    'a session expired',
    'A server that counts its time found that nobody had touched it for too long.',
    ['sessionExpired'],
    () => true,
  ),
  event(
    '{peer:peer} made the session of {client:client} known to all',
    'It was local to this server until then.',
    ['sessionUpgraded'],
    (fact, { client, peer }, view) => fact.peer === peer && fact.sessionId === view.sessions.get(client),
  ),
  event(
    '{peer:peer} expired the session of {client:client}',
    'As the server that counts its time it found that nobody had touched it for too long.',
    ['sessionExpired'],
    (fact, { client, peer }, view) => fact.peer === peer && fact.sessionId === view.sessions.get(client),
  ),
  event(
    '{peer:peer} closed the session of {client:client}',
    'It applied the transaction that ends it.',
    ['delivered'],
    (fact, { client, peer }, view) =>
      fact.peer === peer &&
      fact.txn.body.type === 'closeSession' &&
      fact.txn.sessionId === view.sessions.get(client),
  ),
  event(
    '{client:client} was told {event:watchEvent} of {path:path}',
    'A watch of it fired.',
    ['watchEvent'],
    ({ client, event }, holes) =>
      client === holes.client && event.type === holes.event && event.path === holes.path,
  ),
  event(
    '{client:client} was told of {path:path}',
    'A watch of it fired, whatever had happened.',
    ['watchEvent'],
    ({ client, event }, holes) => client === holes.client && event.path === holes.path,
  ),
  event(
    '{client:client} set its watches again',
    'It has reconnected, and told its server what it watches.',
    ['watchesSetAgain'],
    (fact, { client }) => fact.client === client,
  ),
  event(
    '{peer:peer} expired a session',
    'As leader it closed a session that was silent for too long.',
    ['sessionExpired'],
    (fact, { peer }) => fact.peer === peer,
  ),
]

export const factGroups: readonly (readonly [string, readonly FactForm[]])[] = [
  ['Processes', processes],
  ['Elections', elections],
  ['Roles', roles],
  ['Discovery', discovery],
  ['Synchronisation', synchronisation],
  ['Broadcast', broadcast],
  ['Membership', membership],
  ['Clients', clients],
]

export const factForms: readonly FactForm[] = factGroups.flatMap(([, forms]) => forms)

const bySentence = new Map(factForms.map((form) => [form.sentence.text, form]))

export function factFormOf(play: Play): FactForm {
  const form = bySentence.get(play.sentence)
  if (form === undefined) throw new Error(`no fact reads '${play.sentence}'`)
  return form
}

function membersOf({ config }: PeerView, type: LearnerType): readonly Sid[] {
  return config?.servers.filter((server) => server.type === type).map(({ sid }) => sid) ?? []
}

function sameSids(some: readonly Sid[], others: readonly Sid[]): boolean {
  return some.length === others.length && some.every((sid) => others.includes(sid))
}

function machineState(ensemble: EnsembleApi, sid: Sid): 'down' | 'up' | 'paused' {
  return ensemble.machineOf(sid).state
}

function learns({ ensemble, view }: Scene, sid: Sid, leader: Sid, as: 'FOLLOWING' | 'OBSERVING'): boolean {
  const peer = view.peer(sid)
  return machineState(ensemble, sid) !== 'down' && peer.state === as && peer.serves && peer.leader === leader
}
