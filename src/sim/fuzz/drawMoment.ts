/** Moments at which faults hit: after some time, or aimed at what happens. */

import type { Play } from '../scenario/Scenario.ts'
import type { Filled } from '../sentence.ts'
import { deed } from './assemble.ts'
import type { Draw } from './Draw.ts'

interface Aim {
  readonly sentence: string
  readonly filled: (draw: Draw) => Filled
}

const peer = 'somebody'

function aim(sentence: string, filled: (draw: Draw) => Filled = () => Object.freeze({ peer })): Aim {
  return Object.freeze({ sentence, filled })
}

/** Between any two of these lies something that a crash, a cut or a pause can come between. */
const AIMS: readonly Aim[] = Object.freeze([
  // The log: written, on the platter, acknowledged, committed.
  aim('{peer:peer} logged something'),
  aim('{peer:peer} forced something'),
  aim('{peer:peer} acked something'),
  aim('{peer:peer} acked something'),
  aim('{peer:peer} committed something'),
  aim('{peer:peer} proposed something'),
  aim('{peer:peer} heard of a commit'),
  aim('{peer:peer} delivered something'),
  // An election and what follows it.
  aim('{peer:peer} looked again'),
  aim('{peer:peer} voted'),
  aim('{peer:peer} began to synchronise'),
  aim('{peer:peer} was brought up to date'),
  aim('{peer:peer} proposed an epoch'),
  aim('{peer:peer} accepted an epoch'),
  aim('{peer:peer} accepted an epoch'),
  aim('{peer:peer} acked an epoch'),
  aim('{peer:peer} wrote a current epoch'),
  aim('{peer:peer} wrote a current epoch'),
  aim('{peer:peer} established itself'),
  // Synchronisation, phase by phase.
  aim('{peer:peer} began {mode:mode}', ({ random }) =>
    Object.freeze({ peer, mode: random.pick(['DIFF', 'TRUNC', 'SNAP']) }),
  ),
  aim('{peer:peer} received a snapshot'),
  aim('{peer:peer} acked NEWLEADER'),
  aim('{peer:peer} acked NEWLEADER'),
  aim('{peer:peer} took a snapshot'),
  aim('{peer:peer} recovered'),
  // Sessions on their way.
  aim('a session moved', () => Object.freeze({})),
  aim('{peer:peer} expired a session'),
  aim('{from:peer} sent {packet:packet}', ({ random }) =>
    Object.freeze({
      from: peer,
      packet: random.pick([
        'LEADERINFO',
        'ACKEPOCH',
        'NEWLEADER',
        'UPTODATE',
        'PROPOSAL',
        'ACK',
        'COMMIT',
        'REVALIDATE',
        'SYNC',
        'REQUEST',
      ]),
    }),
  ),
])

export function drawMoment(draw: Draw): Play[] {
  const { random } = draw
  draw.somebodyDid = false
  if (random.chance(0.15)) return []
  if (!random.chance(draw.profile.aimed)) return [deed('after {time:duration}', { time: draw.time(1, 900) })]
  draw.somebodyDid = true
  const { sentence, filled } = random.pick(AIMS)
  const fact: Play = Object.freeze({ sentence, filled: filled(draw) })
  return [
    deed('until {fact:fact} within {limit:duration}', {
      fact,
      limit: random.pick([300_000, 1_000_000, 3_000_000]),
    }),
  ]
}
