import type { FactOf } from '../../../nodes/facts.ts'
import { each, sometimes, topic } from '../property.ts'

/** In microseconds. */
const LONG = 2_000_000

/** What a better vote is better by. Java: FastLeaderElection.totalOrderPredicate */
function betterBy(before: FactOf<'voted'> | null, vote: FactOf<'voted'>): string | null {
  if (before === null || before.electionEpoch !== vote.electionEpoch) return null
  if (vote.peerEpoch !== before.peerEpoch) return 'epoch'
  return vote.zxid === before.zxid ? 'sid' : 'zxid'
}

export const elections = topic(
  'elections',
  sometimes('decided by those who look', {
    says: 'The votes of a quorum of LOOKING peers decided an election.',
    on: { elected: ({ fromLookers, supporters }) => fromLookers && supporters.length > 1 },
  }),
  sometimes('joined an ensemble that stands', {
    says: 'A peer took the leader that an ensemble told it of.',
    on: { elected: ({ fromLookers }) => !fromLookers },
  }),
  sometimes('observer found its leader', {
    says: 'An observer learned from the votes of others who leads.',
    needs: ['observers'],
    on: { elected: (_elected, _scene, peer) => !peer.isVoter },
  }),
  sometimes('won against a higher sid', {
    says: 'A peer was elected by one with a higher sid, for its history.',
    on: { elected: ({ leader, supporters }) => supporters.some((sid) => sid > leader) },
  }),
  sometimes('decided without a voter', {
    says: 'An election was decided without the vote of somebody who has one.',
    on: {
      elected: ({ fromLookers, supporters }, _scene, { voters }) =>
        fromLookers && supporters.length > 1 && supporters.length < voters,
    },
  }),
  sometimes('vote changed', {
    says: 'A peer found a better candidate than the one it had voted for.',
    on: {
      voted: ({ leader, electionEpoch }, _scene, { vote }) =>
        vote !== null && vote.electionEpoch === electionEpoch && vote.leader !== leader,
    },
  }),
  each(
    (what) => `vote changed for its ${what}`,
    {
      epoch: { says: 'The better candidate had a later epoch.', needs: ['faults'] },
      zxid: { says: 'The better candidate had seen more of the same epoch.', needs: ['faults'] },
      sid: { says: 'The better candidate had the higher sid, and nothing else.' },
    },
    { voted: (vote, _scene, peer) => betterBy(peer.vote, vote) },
  ),
  sometimes('a second round', {
    says: 'A peer that looked for a leader went on to a later round of the election.',
    on: {
      voted: ({ electionEpoch }, _scene, { vote }) => vote !== null && vote.electionEpoch < electionEpoch,
    },
  }),
  sometimes('looked for long', {
    says: 'A peer found a leader only after two seconds.',
    on: { elected: (_elected, { now }, { lookingSince }) => now - lookingSince > LONG },
  }),
  sometimes('two elected at once', {
    says: 'Two peers that live had decided for different leaders in the same round.',
    needs: ['faults'],
    on: {
      elected: ({ leader, electionEpoch, fromLookers }, { peers }) =>
        fromLookers &&
        peers.some(
          ({ elected }) =>
            elected !== null && elected.electionEpoch === electionEpoch && elected.leader !== leader,
        ),
    },
  }),
  sometimes('under load', {
    says: 'An election was decided while requests of clients were under way.',
    on: { elected: (_elected, { inFlight }) => inFlight > 0 },
  }),
  sometimes('peer started into an election', {
    says: 'A peer started while another looked for a leader.',
    needs: ['faults'],
    on: {
      recovered: (_recovered, { peers }, peer) =>
        peers.some((other) => other !== peer && other.stage === 'looking'),
    },
  }),
  sometimes('two LEADING', {
    says: 'A peer began to lead while another still thought that it does.',
    needs: ['faults'],
    on: {
      stateChanged: ({ state }, { peers }, peer) =>
        state === 'LEADING' &&
        peer.role !== 'LEADING' &&
        peers.some((other) => other !== peer && other.role === 'LEADING'),
    },
  }),
  sometimes('two leaders established', {
    says: 'A leader was established while one of an earlier epoch still served.',
    needs: ['faults'],
    on: {
      established: (_established, { peers }, peer) => peers.some((other) => other !== peer && other.leads),
    },
  }),
  sometimes('deposed with proposals in flight', {
    says: 'A leader was established while one of an earlier epoch waited for ACKs.',
    needs: ['faults'],
    on: {
      established: (_established, { peers }, peer) =>
        peers.some((other) => other !== peer && other.hasInFlight),
    },
  }),
  sometimes('same leader again', {
    says: 'Whoever led last was established once more.',
    needs: ['faults'],
    on: { established: ({ peer }, { reign }) => reign?.leader === peer },
  }),
  sometimes('another leader', {
    says: 'Another than the last leader was established.',
    needs: ['faults'],
    on: { established: ({ peer }, { reign }) => reign !== null && reign.leader !== peer },
  }),
  sometimes('elected for nothing', {
    says: 'An elected leader gave up before it was established.',
    needs: ['faults'],
    on: { lookingAgain: (_looking, _scene, peer) => peer.role === 'LEADING' && !peer.leads },
  }),
  sometimes('learner gave up in discovery', {
    says: 'A learner gave up on its leader before it knew the epoch.',
    needs: ['faults'],
    on: { lookingAgain: (_looking, _scene, { stage }) => stage === 'registering' },
  }),
)
