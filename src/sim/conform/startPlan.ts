import type { Micros } from '../../nodes/Host.ts'
import { MICROS_PER_MILLI } from '../../nodes/PeerConfig.ts'
import { counterOf, type Sid } from '../../nodes/zxid.ts'
import type { Random } from '../kernel/Random.ts'
import type { RecordedPhase } from './Recording.ts'

/** Before a server that is started does anything: a JVM begins. Milliseconds. */
const BOOT = 500

/**
 * How long after their start servers come up.
 *
 * Who meets whom first is a race between the starts of JVMs, and nothing else of a recording tells how it went but its
 * outcome. So most draws are of the kind that the recording suggests: a learner that was synchronised when the leader
 * had its quorum came late; one that would have won the election came when the others had just decided. The peers know
 * nothing of this. Every eighth draw is free.
 */
export function drawStarts(phase: RecordedPhase, random: Random): ReadonlyMap<Sid, Micros> {
  const free = random.chance(0.125)
  const starts = new Map<Sid, Micros>()
  for (const action of phase.actions) {
    if (action.type !== 'start') continue
    const [from, to] = free ? [0, 900] : windowOf(action.sid, phase)
    starts.set(action.sid, (BOOT + random.int(from, to)) * MICROS_PER_MILLI)
  }
  return starts
}

/** In milliseconds: the most that a thread of the protocol is late, each time it gets to run. */
const BRIEF: readonly number[] = [0, 4, 20]
const LONG: readonly number[] = [20, 60, 120]

/**
 * How slow the threads of the protocol are for about a second.
 *
 * The first time that a JVM elects, leads or follows it loads the classes for it. What the recordings show of it is that
 * more learners than a quorum needs reach their leader before it has its quorum.
 */
export function drawWarmUp(phase: RecordedPhase, random: Random): number {
  const brief = random.chance(0.125) || phase.syncs.some(({ learner }) => cameLate(learner, phase))
  return random.pick(brief ? BRIEF : LONG)
}

/** Milliseconds. */
function windowOf(sid: Sid, phase: RecordedPhase): readonly [from: number, to: number] {
  if (cameLate(sid, phase)) return [450, 1_000]
  const { leader } = phase
  if (leader !== null && leader !== sid && wouldBeat(sid, leader, phase)) return [260, 600]
  return [0, 80]
}

/** Its leader stood already at `<epoch, 0>`, where a leader is from its quorum to its first transaction. */
function cameLate(sid: Sid, phase: RecordedPhase): boolean {
  return phase.syncs.some(
    ({ learner, leaderLastProcessed, peerLastZxid }) =>
      learner === sid &&
      leaderLastProcessed > 0 &&
      counterOf(leaderLastProcessed) === 0 &&
      leaderLastProcessed !== peerLastZxid,
  )
}

/** Java: FastLeaderElection.totalOrderPredicate, as far as the recording knows what it compares. */
function wouldBeat(sid: Sid, leader: Sid, phase: RecordedPhase): boolean {
  const epoch = (of: Sid) => phase.before.get(of)?.currentEpoch ?? 0
  const zxid = (of: Sid) => phase.proposals.get(of)?.[0] ?? 0
  if (!phase.proposals.has(leader)) return false
  if (epoch(sid) !== epoch(leader)) return epoch(sid) > epoch(leader)
  if (zxid(sid) !== zxid(leader)) return zxid(sid) > zxid(leader)
  return sid > leader
}
