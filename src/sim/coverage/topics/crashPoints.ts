/** Between which two deeds processes died. */
import type { PeerScene } from '../PeerScene.ts'
import { type Feature, type PeerDied, type Probe, sometimes, topic } from '../property.ts'
import type { Scene } from '../Scene.ts'

type At = (peer: PeerScene, scene: Scene, death: PeerDied) => boolean

const HOW = Object.freeze([
  ['crash', 'crash', 'was killed'],
  ['powerCut', 'power cut', 'lost power'],
] as const)

/** The same place, for a process that is killed and for one that loses power: different things are left of their disks. */
function point(where: string, when: string, at: At, ...more: readonly Feature[]): readonly Probe[] {
  return HOW.map(([how, name, verb]) =>
    sometimes(`${name}: ${where}`, {
      says: `A process ${verb} ${when}.`,
      needs: ['faults', ...more],
      on: { peerDied: (death, scene, peer) => death.how === how && at(peer, scene, death) },
    }),
  )
}

const followsAnd =
  (at: At): At =>
  (peer, scene, death) =>
    peer.role === 'FOLLOWING' && at(peer, scene, death)
const servesAs =
  (role: PeerScene['role'], at: At): At =>
  (peer, scene, death) =>
    peer.role === role && peer.stage === 'serving' && at(peer, scene, death)

export const crashPoints = topic(
  'crash points',
  ...point('recovering', 'while it read its disk', ({ stage }) => stage === 'silent'),
  ...point('looking', 'while it looked for a leader', ({ stage }) => stage === 'looking'),
  ...point('between two roles', 'while it flushed its log behind a role', ({ stage }) => stage === 'leaving'),
  // ── a follower on its way to its service ──
  ...point(
    'follower before its promise',
    'as a follower that had not acknowledged the epoch',
    followsAnd(({ stage }) => stage === 'registering'),
  ),
  ...point(
    'follower with a promise',
    'as a follower that had acknowledged the epoch, and had not been told more',
    followsAnd(({ stage }) => stage === 'promised'),
  ),
  ...point(
    'follower in DIFF',
    'as a follower that received what it lacked',
    followsAnd(({ stage, syncMode }) => stage === 'syncing' && syncMode === 'DIFF'),
  ),
  ...point(
    'follower before its cut',
    'as a follower that had been told to cut its log, and had not',
    followsAnd(({ stage, syncMode }) => stage === 'syncing' && syncMode === 'TRUNC'),
  ),
  ...point(
    'follower behind its cut',
    'as a follower that had cut its log, and not acknowledged NEWLEADER',
    followsAnd(({ stage }) => stage === 'truncated'),
  ),
  ...point(
    'follower receiving SNAP',
    'as a follower that received the database',
    followsAnd(({ stage, syncMode }) => stage === 'syncing' && syncMode === 'SNAP'),
  ),
  ...point(
    'follower with a database in memory',
    'as a follower that had the leader’s database in memory, and not on its disk',
    followsAnd(({ stage }) => stage === 'replaced'),
  ),
  ...point(
    'follower before its claim',
    'as a follower that had written a snapshot of what it was sent, and not currentEpoch',
    followsAnd(({ stage }) => stage === 'persisted'),
  ),
  ...point(
    'follower before UPTODATE',
    'as a follower that had acknowledged NEWLEADER, and did not serve',
    followsAnd(({ stage }) => stage === 'synced'),
  ),
  // ── a follower that serves ──
  ...point(
    'follower between log and force',
    'as a follower that had written to its log what was not durable',
    servesAs('FOLLOWING', ({ logged, forced }) => logged > forced),
  ),
  ...point(
    'follower between ACK and commit',
    'as a follower that had acknowledged what it did not know to be committed',
    servesAs('FOLLOWING', ({ acked, committed }) => acked > committed),
  ),
  ...point(
    'follower between commit and delivery',
    'as a follower that had heard of a commit, and had not applied it',
    servesAs('FOLLOWING', ({ committed, delivered }) => committed > delivered),
  ),
  ...point(
    'follower at rest',
    'as a follower that had done all it knew of',
    servesAs(
      'FOLLOWING',
      ({ logged, forced, committed, delivered }) => logged <= forced && committed <= delivered,
    ),
  ),
  // ── an observer ──
  ...point(
    'observer before its service',
    'as an observer that did not serve yet',
    ({ role, stage }) => role === 'OBSERVING' && stage !== 'serving',
    'observers',
  ),
  ...point(
    'observer between log and force',
    'as an observer that had written to its log what was not durable',
    servesAs('OBSERVING', ({ logged, forced }) => logged > forced),
    'observers',
  ),
  ...point(
    'observer that serves',
    'as an observer that served',
    servesAs('OBSERVING', () => true),
    'observers',
  ),
  // ── a leader on its way to its service ──
  ...point(
    'leader before LEADERINFO',
    'as a peer that was elected and had no epoch yet',
    ({ role, stage }) => role === 'LEADING' && stage === 'aspiring',
  ),
  ...point(
    'leader behind LEADERINFO',
    'as a peer that had chosen its epoch, and no quorum had acknowledged it',
    ({ role, stage }) => role === 'LEADING' && stage === 'proposing',
  ),
  ...point(
    'leader before its claim',
    'as a peer whose epoch a quorum had acknowledged, and that had not written currentEpoch',
    ({ role, stage }) => role === 'LEADING' && stage === 'chosen',
  ),
  ...point(
    'leader before UPTODATE',
    'as a leader that brought its learners up to date and was not established',
    ({ role, stage }) => role === 'LEADING' && stage === 'synchronizing',
  ),
  // ── a leader that serves ──
  ...point(
    'leader with proposals in flight',
    'as a leader some of whose proposals were not committed',
    ({ hasInFlight }) => hasInFlight,
  ),
  ...point(
    'leader between proposal and log',
    'as a leader that had proposed what its own log did not hold',
    servesAs('LEADING', ({ proposed, logged, committed }) => proposed > logged && proposed > committed),
  ),
  ...point(
    'leader between log and force',
    'as a leader that had written to its log what was not durable',
    servesAs('LEADING', ({ logged, forced }) => logged > forced),
  ),
  ...point(
    'leader between its ACK and commit',
    'as a leader that had acknowledged its own proposal, and nobody else had enough',
    servesAs('LEADING', ({ acked, committed }) => acked > committed),
  ),
  ...point(
    'leader between commit and delivery',
    'as a leader that had committed what it had not applied',
    servesAs('LEADING', ({ committed, delivered }) => committed > delivered),
  ),
  ...point(
    'leader at rest',
    'as a leader all of whose proposals were committed',
    (peer) => peer.leads && !peer.hasInFlight,
  ),
  // ── whoever it is ──
  ...point(
    'writing a snapshot',
    'while it wrote a snapshot beside its service',
    (_peer, _scene, { inSnapshot }) => inSnapshot,
  ),
  ...point(
    'the last that was alive',
    'when all others were down',
    (peer, { peers }) => peers.length > 1 && peers.every((other) => other === peer || !other.lives),
  ),
  sometimes('exit of a leader', {
    says: 'A process ended by its own will while it led.',
    needs: ['faults'],
    on: { peerDied: ({ how }, _scene, { leads }) => how === 'exit' && leads },
  }),
  sometimes('exit of a learner', {
    says: 'A process ended by its own will while it followed or observed.',
    needs: ['faults'],
    on: { peerDied: ({ how }, _scene, { learns }) => how === 'exit' && learns },
  }),
)
