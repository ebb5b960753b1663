import { always } from '../invariant.ts'
import { printSids } from '../words.ts'

export const leadersStepDown = always({
  code: 'L3',
  name: 'LeadersStepDown',
  says: 'A leader that a quorum does not follow any more leads for no further tick.',
  source: 'Leader.lead, syncedAckSet; ZOOKEEPER-2247',
  on: {
    leadsOn({ peer, epoch, synced }, history, check) {
      check.exercised += 1
      if (history.membership.decidingFor(peer).every((electorate) => electorate.containsQuorum(synced)))
        return
      check.broken([peer], [], `${peer} goes on leading epoch ${epoch}, followed by ${printSids(synced)}`)
    },
  },
})
