import { sometimes, topic } from '../property.ts'

const MANY = 10

export const epochs = topic(
  'epochs',
  sometimes('chosen from different promises', {
    says: 'An epoch was chosen by peers that had accepted different ones before.',
    needs: ['faults'],
    on: {
      epochProposed: ({ from }) => from.some(({ acceptedEpoch }) => acceptedEpoch !== from[0]?.acceptedEpoch),
    },
  }),
  sometimes('accepted before', {
    says: 'A learner acknowledged an epoch that it had accepted before, so that it does not count again.',
    on: { ackedEpoch: ({ currentEpoch }) => currentEpoch === -1 },
  }),
  sometimes('acknowledged by some', {
    says: 'A quorum that was not everybody acknowledged an epoch.',
    on: { epochAcked: ({ by }, _scene, { voters }) => by.length < voters },
  }),
  sometimes('accepted after it was established', {
    says: 'A learner accepted the epoch of a leader that serves already.',
    on: { ackedEpoch: ({ leader }, scene) => scene.peer(leader).leads },
  }),
  sometimes('never established', {
    says: 'An epoch was chosen, and the next that was established is a later one.',
    needs: ['faults'],
    on: { established: ({ epoch }, { unborn }) => unborn.some((chosen) => chosen < epoch) },
  }),
  sometimes('promise not seen through', {
    says: 'A peer started with an accepted epoch that it had not come to claim.',
    needs: ['faults'],
    on: { recovered: ({ acceptedEpoch, currentEpoch }) => acceptedEpoch > currentEpoch },
  }),
  sometimes('acceptedEpoch written, not acknowledged', {
    says: 'A process died between acceptedEpoch on its disk and ACKEPOCH.',
    needs: ['faults'],
    on: {
      recovered: (recovered, _scene, { endedAt, acceptedEpoch }) =>
        endedAt >= 0 && acceptedEpoch >= 0 && recovered.acceptedEpoch > acceptedEpoch,
    },
  }),
  sometimes('currentEpoch written, not acknowledged', {
    says: 'A process died between currentEpoch (or the history that it claims) on its disk and what it says of it.',
    needs: ['faults'],
    on: {
      recovered: (recovered, _scene, { endedAt, currentEpoch }) =>
        endedAt >= 0 && currentEpoch >= 0 && recovered.currentEpoch > currentEpoch,
    },
  }),
  sometimes('many', {
    says: `An ensemble came to its epoch ${MANY}.`,
    needs: ['faults'],
    on: { established: ({ epoch }) => epoch === MANY },
  }),
)
