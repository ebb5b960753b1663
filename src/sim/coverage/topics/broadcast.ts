import { counterOf, epochOf } from '../../../nodes/zxid.ts'
import { sometimes, topic } from '../property.ts'

const MANY = 5

export const broadcast = topic(
  'broadcast',
  sometimes('committed with all ACKs', {
    says: 'All voters had acknowledged a transaction when it was committed.',
    on: { committed: ({ by }, _scene, { voters }) => voters > 1 && by.length === voters },
  }),
  sometimes('committed with some ACKs', {
    says: 'A quorum that was not everybody had acknowledged a transaction when it was committed.',
    on: { committed: ({ by }, _scene, { voters }) => by.length < voters },
  }),
  sometimes('committed without the leader', {
    says: 'A leader committed what its own disk did not hold yet.',
    on: { committed: ({ by, peer }) => !by.includes(peer) },
  }),
  sometimes('committed with less than a majority', {
    says: 'Weights or groups made a quorum of fewer than half of the voters.',
    on: { committed: ({ by }, _scene, { voters }) => 2 * by.length <= voters },
  }),
  sometimes('several in flight', {
    says: `A leader proposed a transaction while ${MANY} others waited for ACKs.`,
    on: { proposed: (_proposed, _scene, { proposed, committed }) => proposed - committed >= MANY },
  }),
  sometimes('commit before the force', {
    says: 'A follower heard of the commit of what its own disk did not hold yet.',
    on: { commitReceived: ({ zxid }, _scene, { role, forced }) => role === 'FOLLOWING' && zxid > forced },
  }),
  sometimes('commit before the log', {
    says: 'A follower heard of the commit of what it had not written to its log yet.',
    on: {
      commitReceived: ({ zxid }, _scene, { role, stage, logged }) =>
        role === 'FOLLOWING' && stage === 'serving' && zxid > logged,
    },
  }),
  sometimes('group commit', {
    says: 'One force made several transactions durable.',
    on: {
      forced: ({ zxid }, _scene, { stage, forced }) =>
        stage === 'serving' && epochOf(zxid) === epochOf(forced) && zxid > forced + 1,
    },
  }),
  sometimes('delivered by an observer', {
    says: 'An observer that serves applied a transaction.',
    needs: ['observers'],
    on: { delivered: (_delivered, _scene, { role, stage }) => role === 'OBSERVING' && stage === 'serving' },
  }),
  sometimes('proposed by a deposed leader', {
    says: 'A leader proposed something although another had been established in a later epoch.',
    needs: ['faults'],
    on: { proposed: (_proposed, { reign }, { epoch }) => reign !== null && reign.epoch > epoch },
  }),
  sometimes('in flight, then committed', {
    says: 'What a leader had proposed, and not committed when it ended, became history of the next epoch.',
    needs: ['faults'],
    on: {
      established: ({ lastZxid }, { orphans }) =>
        orphans.some(({ epoch, from }) => epochOf(lastZxid) === epoch && lastZxid > from),
    },
  }),
  sometimes('in flight, then gone', {
    says: 'What a leader had proposed, and not committed when it ended, was not in the history of the next epoch.',
    needs: ['faults'],
    on: { established: ({ lastZxid }, { orphans }) => orphans.some(({ to }) => lastZxid < to) },
  }),
  sometimes('an epoch without a transaction', {
    says: 'A leader was established after one that had proposed nothing.',
    needs: ['faults'],
    on: {
      established: (_established, scene) => {
        if (scene.reign === null) return false
        const before = scene.peer(scene.reign.leader)
        return before.epoch === scene.reign.epoch && epochOf(before.proposed) < before.epoch
      },
    },
  }),
  sometimes('minimal quorum', {
    says: 'A leader led on with no more followers than it needs.',
    on: {
      leadsOn: ({ synced }, _scene, { voters }) => voters > 2 && synced.length === Math.floor(voters / 2) + 1,
    },
  }),
  sometimes('first of an epoch', {
    says: 'A leader after the first committed a transaction of its own.',
    needs: ['faults'],
    on: { committed: ({ txn }) => counterOf(txn.zxid) === 1 && epochOf(txn.zxid) > 1 },
  }),
)
