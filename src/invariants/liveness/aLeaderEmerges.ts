import { eventually } from '../invariant.ts'

export const aLeaderEmerges = eventually({
  code: 'L1',
  name: 'ALeaderEmerges',
  says: 'When a quorum of peers runs undisturbed, one of them leads it before long.',
  source: 'Zab (DSN 2011), liveness; FastLeaderElection, initLimit, syncLimit',
  within: 'leader',
  judge(history, check, { peers }) {
    if (!history.membership.containsQuorum(peers)) return
    const leads = peers.some((sid) => history.peer(sid).leads !== -1 && history.peer(sid).serving)
    check.holds(leads, peers, [], () => `${peers.join(', ')} run undisturbed, and none of them leads`)
  },
})
