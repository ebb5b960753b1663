import type { Sid } from '../../nodes/zxid.ts'
import type { Calm } from '../Calm.ts'
import { eventually } from '../invariant.ts'

/** So often a peer may look again while nothing disturbs it and the leader stays: what was begun before the calm fails. */
const TRIES = 10

interface Turns {
  calm: Calm | null
  /** Leaders and configurations since; each sends everybody looking, or may. */
  changes: number
  readonly looked: Map<Sid, number>
}

export const everybodyFollows = eventually<Turns>({
  code: 'L2',
  name: 'EverybodyFollows',
  says: 'When a quorum of peers runs undisturbed, each of them leads or is brought up to date before long, and stays so.',
  source: 'Zab (DSN 2011), liveness; ZOOKEEPER-1732, -4394, -4925',
  within: 'followers',
  start: () => ({ calm: null, changes: 0, looked: new Map() }),
  on: {
    established(_fact, history, _check, turns) {
      begin(turns, history.calm)
      turns.changes += 1
    },
    configActivated(_fact, history, _check, turns) {
      begin(turns, history.calm)
      turns.changes += 1
    },
    lookingAgain({ peer }, { calm }, check, turns) {
      if (calm === null) return
      begin(turns, calm)
      const times = (turns.looked.get(peer) ?? 0) + 1
      turns.looked.set(peer, times)
      if (times > TRIES + turns.changes) {
        check.broken([peer], [], `${peer} runs undisturbed, and has looked for a leader ${times} times`)
      }
    },
  },
  judge(history, check, { peers }) {
    if (!history.membership.containsQuorum(peers)) return
    const late = peers.filter((sid) => !history.peer(sid).serving)
    check.holds(late.length === 0, late, [], () => `${late.join(', ')} run undisturbed, and serve nobody`)
  },
})

/** Counts from the beginning of this calm. */
function begin(turns: Turns, calm: Calm | null): void {
  if (turns.calm === calm) return
  turns.calm = calm
  turns.changes = 0
  turns.looked.clear()
}
