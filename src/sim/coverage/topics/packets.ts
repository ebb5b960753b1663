import { each, topic } from '../property.ts'

/** What each stands for is for those who know the protocol; here it is only seen on its way. */
export const packets = topic(
  'packets',
  each(
    (packet) => packet,
    {
      NOTIFICATION: { says: 'A peer told another its vote.' },
      FOLLOWERINFO: { says: 'A follower registered with a leader.' },
      OBSERVERINFO: { says: 'An observer registered with a leader.', needs: ['observers'] },
      LEADERINFO: { says: 'A leader told a learner its epoch.' },
      ACKEPOCH: { says: 'A learner promised an epoch.' },
      DIFF: { says: 'A leader began to send a learner what it lacks.' },
      TRUNC: { says: 'A leader told a learner to cut its log.', needs: ['faults'] },
      SNAP: { says: 'A leader began to send a learner its database.' },
      DATABASE: { says: 'A piece of a database was sent.' },
      NEWLEADER: { says: 'A leader ended a synchronisation.' },
      UPTODATE: { says: 'A leader let a learner serve.' },
      PROPOSAL: { says: 'A leader proposed a transaction to a follower.' },
      ACK: { says: 'A follower acknowledged something.' },
      COMMIT: { says: 'A leader told a follower of a commit.' },
      INFORM: { says: 'A leader told an observer of a commit.', needs: ['observers'] },
      COMMITANDACTIVATE: {
        says: 'A leader told a follower of the commit of a configuration.',
        needs: ['reconfig'],
      },
      INFORMANDACTIVATE: {
        says: 'A leader told an observer of the commit of a configuration.',
        needs: ['reconfig', 'observers'],
      },
      SYNC: { says: 'A leader answered the sync of a learner’s client.' },
      PING: { says: 'Leader and learner told each other that they live.' },
      REVALIDATE: { says: 'A learner asked its leader whether a session lives.' },
      REVALIDATED: { says: 'A leader answered whether a session lives.' },
      REQUEST: { says: 'A learner passed a request on to its leader.' },
    },
    { sent: ({ packet }) => packet },
  ),
)
