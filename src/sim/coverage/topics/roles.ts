import { each, topic } from '../property.ts'

const ends = Object.freeze({
  'not sufficient followers synced': {
    says: 'A leader found that no quorum follows it any more.',
    needs: ['faults'],
  },
  'waited too long for': {
    says: 'A leader that was elected waited too long for a quorum.',
    needs: ['faults'],
  },
  'the zxid counter rolled over': {
    says: 'A leader gave up since its epoch had no zxid left. ZOOKEEPER-1277',
  },
  'the connection to the leader was closed': {
    says: 'A learner lost the connection to its leader.',
    needs: ['faults'],
  },
  'could not connect to the leader': { says: 'A learner could not reach its leader.', needs: ['faults'] },
  'the leader refuses connections': {
    says: 'A learner found that its leader does not lead.',
    needs: ['faults'],
  },
  'read timed out': { says: 'A learner heard nothing from its leader for too long.', needs: ['faults'] },
  "the leader's epoch": {
    says: 'A learner had accepted a later epoch than its leader’s.',
    needs: ['faults'],
  },
  'cannot truncate below its snapshot': {
    says: 'A learner dropped a snapshot that it could not cut, and came back for another.',
    needs: ['faults'],
  },
  'its role or its leader changes': {
    says: 'A learner looked again since a configuration gave it another role or leader.',
    needs: ['reconfig'],
  },
} as const)

const beginnings = Object.freeze(Object.keys(ends))

/** Why roles end, by how the reason begins. */
export const roles = topic(
  'ends of roles',
  each((reason) => reason, ends, {
    lookingAgain: ({ reason }) => beginnings.find((beginning) => reason.startsWith(beginning)) ?? null,
  }),
)
