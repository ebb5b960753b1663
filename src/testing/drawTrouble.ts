/**
 * What goes wrong while a user's program runs, step by step. As `zksim fuzz` draws it, but for two things: sessions of
 * users last seconds, so some moments are further apart; and nobody kills a client, since programs do not start again.
 */
import { deed } from '../sim/fuzz/assemble.ts'
import { Draw } from '../sim/fuzz/Draw.ts'
import { drawFault, drawKinds } from '../sim/fuzz/drawFault.ts'
import { drawMoment } from '../sim/fuzz/drawMoment.ts'
import type { Profile } from '../sim/fuzz/Profile.ts'
import type { Random } from '../sim/kernel/Random.ts'
import type { EnsembleSpec } from '../sim/scenario/EnsembleSpec.ts'
import type { Play } from '../sim/scenario/Scenario.ts'

/** Who there is for things to happen to. */
export interface Victims {
  readonly spec: Pick<EnsembleSpec, 'peers' | 'observers' | 'joiners'>
  /** By name, those that there are now. */
  clients(): readonly string[]
}

/** Milliseconds: longer than the longest session that servers grant unless told otherwise. */
const LONG = 45_000

/** The steps that chance has in store, each drawn when it is asked for. */
export function* drawTrouble(random: Random, profile: Profile, victims: Victims): Generator<Play, void> {
  if (random.chance(profile.calm)) return
  const draw = new Draw(random, profile)
  const { peers, observers, joiners } = victims.spec
  draw.voters = countedFrom(1, peers)
  draw.observers = countedFrom(peers + 1, observers)
  draw.joiners = countedFrom(peers + observers + 1, joiners)
  const kinds = drawKinds(draw)
  const slow = random.chance(0.5)
  for (let left = draw.scaled(profile.faults); left > 0; left -= 1) {
    draw.loads = victims.clients()
    yield* drawWait(draw, slow)
    if (draw.lasting.length > 0 && random.chance(0.35)) yield takeOne(draw)
    else {
      const fault = drawFault(draw, kinds)
      if (!KILLS.includes(fault.sentence)) yield fault
    }
  }
  yield* drawWait(draw, slow)
  yield deed('heal everybody')
}

const KILLS: readonly string[] = ['crash client {client:client}', 'start client {client:client}']

function drawWait(draw: Draw, slow: boolean): Play[] {
  if (!slow || draw.random.chance(0.5)) return drawMoment(draw)
  draw.somebodyDid = false
  return [deed('after {time:duration}', { time: draw.time(1, LONG) })]
}

function takeOne({ random, lasting }: Draw): Play {
  const [taken] = lasting.splice(random.int(0, lasting.length - 1), 1)
  return taken as Play
}

function countedFrom(first: number, count: number): readonly number[] {
  return Object.freeze(Array.from({ length: count }, (_, i) => first + i))
}
