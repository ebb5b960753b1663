import { eventually } from '../invariant.ts'

export const aLeaderEmerges = eventually({
  code: 'L1',
  name: 'ALeaderEmerges',
  says: 'When a quorum of peers runs undisturbed, it has a leader before long.',
  source: 'Zab (DSN 2011), liveness; FastLeaderElection, initLimit, syncLimit',
  within: 'leader',
  judge(history, check, { peers }) {
    if (!history.membership.containsQuorum(peers)) return
    // It may be led by one that is not spoken of, since nobody knows how long that can go on.
    const led = peers.some((sid) => history.peer(sid).serving)
    check.holds(led, peers, [], () => `${peers.join(', ')} run undisturbed, and nobody leads them`)
  },
})
