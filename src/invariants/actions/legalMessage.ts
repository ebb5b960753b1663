import { printZxid } from '../../nodes/zxid.ts'
import { always } from '../invariant.ts'
import { noAnomaly } from './anomalies.ts'

export const legalMessage = always({
  code: 'A5',
  name: 'LegalMessage',
  says: 'No peer receives a packet that its role cannot be sent; no learner acknowledges proposals before NEWLEADER.',
  source: 'Remix, messageIllegal; ZOOKEEPER-4685',
  on: {
    anomaly: noAnomaly,
    acked({ peer, leader, zxid }, history, check) {
      check.exercised += 1
      const ghost = history.peer(peer)
      if (peer !== leader && history.membership.isObserver(peer)) {
        check.broken(
          [peer, leader],
          [zxid],
          `${peer} acknowledged ${printZxid(zxid)}, but observers never do`,
        )
      } else if (ghost.memberOf === -1 && ghost.syncEpoch === -1) {
        // Its role is over: the logger is drained, and what it sends reaches nobody.
      } else if (ghost.memberOf === -1) {
        check.broken(
          [peer, leader],
          [zxid],
          `${peer} acknowledged ${printZxid(zxid)} to ${leader} before it acknowledged its NEWLEADER`,
        )
      } else if (leader !== peer && leader !== ghost.syncLeader) {
        check.broken(
          [peer, leader],
          [zxid],
          `${peer} acknowledged ${printZxid(zxid)} to ${leader}, but it follows ${ghost.syncLeader}`,
        )
      }
    },
  },
})
