import type { FactOf } from '../../../nodes/facts.ts'
import { makeZxid } from '../../../nodes/zxid.ts'
import { each, sometimes, topic } from '../property.ts'

function wayOf({ mode, from, peerLastZxid, lastProcessedZxid }: FactOf<'syncDecided'>): string {
  if (mode !== 'DIFF') return mode
  if (from !== 'nothing') return `DIFF from ${from}`
  return peerLastZxid === lastProcessedZxid ? 'DIFF of nothing' : 'DIFF to one that is ahead'
}

export const synchronisation = topic(
  'synchronisation',
  each(
    (way) => `${way} decided`,
    {
      'DIFF from committedLog': { says: 'A learner was to be sent what a leader has in memory.' },
      'DIFF from txnLog': { says: 'A learner was to be sent what only the log of a leader holds.' },
      'DIFF of nothing': { says: 'A learner lacked nothing.' },
      'DIFF to one that is ahead': {
        says: 'A learner held more than its leader’s tree, all of it proposed by this leader.',
        needs: ['faults'],
      },
      TRUNC: { says: 'A learner was to cut its log.', needs: ['faults'] },
      SNAP: { says: 'A learner was to be sent the database.' },
    },
    { syncDecided: wayOf },
  ),
  each(
    (mode) => `${mode} completed`,
    {
      DIFF: { says: 'A learner that was sent what it lacks came to serve.' },
      TRUNC: { says: 'A learner that cut its log came to serve.', needs: ['faults'] },
      SNAP: { says: 'A learner that was sent the database came to serve.' },
    },
    { upToDate: (_upToDate, _scene, { syncMode }) => syncMode },
  ),
  each(
    (mode) => `${mode} broken off`,
    {
      DIFF: { says: 'A learner that was sent what it lacks gave up on its leader before it served.' },
      TRUNC: { says: 'A learner that was to cut its log gave up on its leader before it served.' },
      SNAP: { says: 'A learner that was sent the database gave up on its leader before it served.' },
    },
    {
      lookingAgain: (_looking, _scene, { learns, stage, syncMode }) =>
        learns && stage !== 'serving' ? syncMode : null,
    },
  ),
  each(
    (mode) => `${mode} of an observer completed`,
    {
      DIFF: { says: 'An observer that was sent what it lacks came to serve.', needs: ['observers'] },
      SNAP: { says: 'An observer that was sent the database came to serve.', needs: ['observers'] },
    },
    { upToDate: (_upToDate, _scene, { role, syncMode }) => (role === 'OBSERVING' ? syncMode : null) },
  ),
  each(
    (mode) => `${mode} under load`,
    {
      DIFF: { says: 'A learner was sent what it lacks while its leader had proposals in flight.' },
      TRUNC: {
        says: 'A learner was told to cut its log while its leader had proposals in flight.',
        needs: ['faults'],
      },
      SNAP: { says: 'A learner was sent the database while its leader had proposals in flight.' },
    },
    { syncDecided: ({ mode }, _scene, { hasInFlight }) => (hasInFlight ? mode : null) },
  ),
  sometimes('joined during broadcast', {
    says: 'A learner came to serve after its leader had committed transactions of the epoch.',
    on: { upToDate: ({ leader, epoch }, scene) => firstOf(epoch) <= scene.peer(leader).committed },
  }),
  sometimes('joined a leader with nothing new', {
    says: 'A learner came to a leader that served already and had proposed nothing yet.',
    on: {
      syncStarted: ({ leader, epoch }, scene) => {
        const { leads, proposed } = scene.peer(leader)
        return leads && proposed < firstOf(epoch)
      },
    },
  }),
  sometimes('applied in the synchronisation', {
    says: 'A learner applied, while it was brought up to date, what was committed meanwhile.',
    on: { upToDate: (_upToDate, _scene, { appliedInSync }) => appliedInSync },
  }),
  sometimes('learner ahead of its leader', {
    says: 'A learner held more than its leader had.',
    needs: ['faults'],
    on: { syncDecided: ({ peerLastZxid, lastProcessedZxid }) => peerLastZxid > lastProcessedZxid },
  }),
  sometimes('learner of an earlier epoch', {
    says: 'The last that a learner held was of an earlier epoch than the last that its leader had.',
    on: {
      syncDecided: ({ peerLastZxid, lastProcessedZxid }, _scene, { epoch }) =>
        peerLastZxid > 0 && peerLastZxid < firstOf(epoch) - 1 && lastProcessedZxid >= firstOf(epoch),
    },
  }),
  sometimes('learner with nothing', {
    says: 'A learner held nothing, and its leader something.',
    on: {
      syncDecided: ({ peerLastZxid, committedLogLength }) => peerLastZxid === 0 && committedLogLength > 0,
    },
  }),
  sometimes('behind the window', {
    says: 'A learner lacked more than its leader has in memory.',
    on: {
      syncDecided: ({ peerLastZxid, minCommittedLog, committedLogLength }) =>
        committedLogLength > 0 && peerLastZxid > 0 && peerLastZxid < minCommittedLog,
    },
  }),
  sometimes('SNAP for another history', {
    says: 'A learner as far as its leader’s window reaches held what the leader does not, and was to be sent the database.',
    needs: ['faults'],
    on: {
      syncDecided: ({ mode, peerLastZxid, minCommittedLog, committedLogLength }) =>
        mode === 'SNAP' && committedLogLength > 0 && peerLastZxid >= minCommittedLog,
    },
  }),
  sometimes('several at once', {
    says: 'A leader brought a learner up to date while another was not yet.',
    on: {
      syncStarted: ({ leader }, { peers }, peer) =>
        peers.some(
          (other) =>
            other !== peer &&
            other.learns &&
            other.leader === leader &&
            other.syncMode !== null &&
            other.stage !== 'serving',
        ),
    },
  }),
  sometimes('cut its own proposals', {
    says: 'A peer that had led cut what it had proposed, and nobody committed.',
    needs: ['faults'],
    on: { truncated: ({ to }, _scene, { proposed, logged }) => proposed > to && logged > to },
  }),
  sometimes('TRUNC, then new proposals', {
    says: 'A peer that had cut its log wrote other transactions behind the cut.',
    needs: ['faults'],
    on: { logged: (_logged, _scene, { syncMode, stage }) => stage === 'serving' && syncMode === 'TRUNC' },
  }),
  sometimes('established by some', {
    says: 'A leader was established by a quorum that was not everybody.',
    on: { established: ({ by }, _scene, { voters }) => by.length < voters },
  }),
)

/** The first position of an epoch that a transaction has. */
function firstOf(epoch: number): number {
  return makeZxid(epoch, 1)
}
