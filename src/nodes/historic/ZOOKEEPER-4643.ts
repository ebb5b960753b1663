import { newLeader380 } from './newLeader380.ts'
import { understudy } from './Understudy.ts'

export const zookeeper4643 = understudy({
  issue: 'ZOOKEEPER-4643',
  since: '3.4.0',
  mendedIn: ['3.8.5', '3.9.2'],
  story:
    'With -4646, -4685 and -4785, which came with it: a follower claimed the epoch of NEWLEADER before it had its history on disk, and handed what a DIFF had brought to ' +
    'its log without waiting for it, so that the ACK of a proposal could come before that of NEWLEADER.',
  recast: newLeader380,
})
