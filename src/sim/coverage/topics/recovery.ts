import { makeZxid } from '../../../nodes/zxid.ts'
import { sometimes, topic } from '../property.ts'
import { lastOf } from '../records.ts'

/** In microseconds. */
const LONG = 5_000_000

export const recovery = topic(
  'recovery',
  sometimes('from a snapshot and a log', {
    says: 'A peer started from a snapshot and a log behind it.',
    on: {
      recovered: ({ snapshotZxid, lastProcessedZxid }) =>
        snapshotZxid > 0 && lastProcessedZxid > snapshotZxid,
    },
  }),
  sometimes('from a snapshot alone', {
    says: 'A peer started from a snapshot with nothing behind it.',
    on: {
      recovered: ({ snapshotZxid, lastProcessedZxid }) =>
        snapshotZxid > 0 && lastProcessedZxid === snapshotZxid,
    },
  }),
  sometimes('from a log alone', {
    says: 'A peer started from a log with nothing but the empty snapshot before it.',
    on: { recovered: ({ snapshotZxid, lastProcessedZxid }) => snapshotZxid <= 0 && lastProcessedZxid > 0 },
  }),
  sometimes('after a crash', {
    says: 'A peer started on what a process left that had been killed.',
    needs: ['faults'],
    on: { recovered: (_recovered, _scene, { ended }) => ended === 'crash' },
  }),
  sometimes('after a power cut', {
    says: 'A peer started on what a power cut left.',
    needs: ['faults'],
    on: { recovered: (_recovered, _scene, { ended }) => ended === 'powerCut' },
  }),
  sometimes('after an exit', {
    says: 'A peer started after it had ended by its own will.',
    needs: ['faults'],
    on: { recovered: (_recovered, _scene, { ended }) => ended === 'exit' },
  }),
  sometimes('the tail was lost', {
    says: 'A power cut had taken what was not forced.',
    needs: ['faults'],
    on: {
      recovered: (recovered, _scene, { ended, logged, forced }) =>
        ended === 'powerCut' && logged > forced && lastOf(recovered) < logged,
    },
  }),
  sometimes('the tail was kept', {
    says: 'What was not forced outlived a power cut.',
    needs: ['faults'],
    on: {
      recovered: (recovered, _scene, { ended, logged, forced }) =>
        ended === 'powerCut' && logged > forced && lastOf(recovered) > forced,
    },
  }),
  sometimes('kept what it never acknowledged', {
    says: 'A follower that had been killed found in its log what it had not acknowledged.',
    needs: ['faults'],
    on: {
      recovered: (recovered, _scene, { ended, acked }) =>
        ended === 'crash' && acked > 0 && lastOf(recovered) > acked,
    },
  }),
  sometimes('a torn record was cut off', {
    says: 'A peer started although a power cut had torn the record that it was writing.',
    needs: ['faults'],
    on: { recovered: (_recovered, _scene, { torn }) => torn },
  }),
  sometimes('an unfinished snapshot was passed over', {
    says: 'A peer started although its last process had left a snapshot without an end.',
    needs: ['faults'],
    on: { recovered: (_recovered, _scene, { unfinished }) => unfinished >= 0 },
  }),
  sometimes('disk was empty', {
    says: 'A peer that had held something started with nothing.',
    needs: ['faults'],
    on: { recovered: ({ lastProcessedZxid }, _scene, { logged }) => logged > 0 && lastProcessedZxid <= 0 },
  }),
  sometimes('refused to start', {
    says: 'A peer found that what its disk holds forbids it to run.',
    needs: ['faults'],
    on: { refusedToStart: () => true },
  }),
  sometimes('took long', {
    says: 'A peer served again only five seconds after its process had ended.',
    needs: ['faults'],
    on: {
      upToDate: (_upToDate, { now }, { endedAt }) => endedAt >= 0 && now - endedAt > LONG,
    },
  }),
  sometimes('everybody was down', {
    says: 'A leader was established after no peer had been alive.',
    needs: ['faults'],
    on: { established: (_established, { wentDown, peers }) => wentDown && peers.length > 1 },
  }),
  sometimes('everybody lost power', {
    says: 'A leader was established after all peers had lost power.',
    needs: ['faults'],
    on: {
      established: (_established, { wentDown, byPower, peers }) => wentDown && byPower && peers.length > 1,
    },
  }),
  sometimes('a leader came back as a learner', {
    says: 'A peer that had led served again behind another leader.',
    needs: ['faults'],
    on: { upToDate: ({ epoch }, _scene, { proposed }) => proposed > 0 && proposed < makeZxid(epoch, 0) },
  }),
  sometimes('tree brought up to the log', {
    says: 'A peer whose role had ended found more in its log than it had applied.',
    needs: ['faults'],
    on: { fastForwarded: ({ lastProcessedZxid }, _scene, { delivered }) => lastProcessedZxid > delivered },
  }),
)
