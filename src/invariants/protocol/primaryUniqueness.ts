import { always } from '../invariant.ts'

export const primaryUniqueness = always({
  code: 'P1',
  name: 'PrimaryUniqueness',
  says: 'No two peers lead the same epoch at the same time, in the phases of synchronisation and broadcast.',
  source: 'Zab.tla, Leadership1; Remix I-1',
  on: {
    synchronizing({ peer, epoch }, history, check) {
      check.exercised += 1
      for (const other of history.peers) {
        if (other.sid === peer || other.leads !== epoch) continue
        check.broken(
          [peer, other.sid],
          [],
          `${peer} began to lead epoch ${epoch} while ${other.sid} leads it`,
        )
      }
    },
  },
})
