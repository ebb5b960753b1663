import { eventually } from '../invariant.ts'

export const everybodyFollows = eventually({
  code: 'L2',
  name: 'EverybodyFollows',
  says: 'When a quorum of peers runs undisturbed, each of them leads or is brought up to date before long.',
  source: 'Zab (DSN 2011), liveness; ZOOKEEPER-1732, -4394, -4925',
  within: 'followers',
  judge(history, check, { peers }) {
    if (!history.membership.containsQuorum(peers)) return
    const late = peers.filter((sid) => !history.peer(sid).serving)
    check.holds(late.length === 0, late, [], () => `${late.join(', ')} run undisturbed, and serve nobody`)
  },
})
