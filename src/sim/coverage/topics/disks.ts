import { each, sometimes, topic } from '../property.ts'

export const disks = topic(
  'disks',
  each(
    (error) => `failed: ${error}`,
    {
      io: { says: 'A disk did not take what a peer wrote.', needs: ['faults'] },
      full: { says: 'A disk was full.', needs: ['faults'] },
    },
    { diskFailed: ({ error }) => error },
  ),
  each(
    (role) => `failed a ${role}`,
    {
      LEADING: { says: 'The disk of a leader failed.', needs: ['faults'] },
      FOLLOWING: { says: 'The disk of a follower failed.', needs: ['faults'] },
    },
    { diskFailed: (_failed, _scene, { role }) => role },
  ),
  sometimes('failed at the start', {
    says: 'The disk failed of a peer that read it.',
    needs: ['faults'],
    on: { diskFailed: (_failed, _scene, { stage }) => stage === 'silent' },
  }),
  sometimes('failed in a synchronisation', {
    says: 'The disk failed of a learner that was brought up to date.',
    needs: ['faults'],
    on: { diskFailed: (_failed, _scene, { learns, stage }) => learns && stage !== 'serving' },
  }),
  each(
    (role) => `snapshot by a ${role}`,
    {
      LEADING: { says: 'A leader wrote a snapshot beside its service.' },
      FOLLOWING: { says: 'A follower wrote a snapshot beside its service.' },
      OBSERVING: { says: 'An observer wrote a snapshot beside its service.', needs: ['observers'] },
    },
    { snapshotTaken: (_taken, _scene, { role, stage }) => (stage === 'serving' ? role : null) },
  ),
  sometimes('fuzzy snapshot', {
    says: 'A peer applied transactions while it wrote a snapshot.',
    on: {
      snapshotTaken: ({ zxid }, _scene, { stage, delivered }) => stage === 'serving' && delivered > zxid,
    },
  }),
  sometimes('snapshot made durable', {
    says: 'A peer forced a snapshot that it had written beside its service, to purge old ones.',
    on: { snapshotTaken: ({ forced }, _scene, { stage }) => forced && stage === 'serving' },
  }),
)
