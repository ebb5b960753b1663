import { newLeader380 } from './newLeader380.ts'
import { understudy } from './Understudy.ts'

export const zookeeper4643 = understudy({
  issue: 'ZOOKEEPER-4643',
  brokenIn: '3.4.0 to 3.8.4, 3.9.0 to 3.9.2; with -4646, -4685 and -4785, which came with it',
  story:
    'A follower claimed the epoch of NEWLEADER before it had its history on disk, and handed what a DIFF had brought to ' +
    'its log without waiting for it, so that the ACK of a proposal could come before that of NEWLEADER.',
  recast: newLeader380,
})
