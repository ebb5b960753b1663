/**
 * What goes wrong while a user's program runs, step by step: as `zksim fuzz` draws it, and much of it about the program's own
 * clients. Their sessions last seconds, so some moments are further apart; nobody kills them, since programs do not start
 * again.
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
  /** By name, those that have a session now, or want one. */
  clients(): readonly string[]
  /** The machine where the program runs whose client this is. */
  programOf(client: string): string
}

/** What comes last. */
export const HEALED = 'heal everybody'

/** The steps that chance has in store, each drawn when it is asked for. */
export function* drawTrouble(random: Random, profile: Profile, victims: Victims): Generator<Play, void> {
  if (random.chance(profile.calm)) return
  const draw = new Draw(random, profile)
  const { peers, observers, joiners } = victims.spec
  draw.voters = countedFrom(1, peers)
  draw.observers = countedFrom(peers + 1, observers)
  draw.joiners = countedFrom(peers + observers + 1, joiners)
  const kinds = drawKinds(draw)
  // Most of what goes wrong for a program goes wrong between it and its servers.
  const near = random.pick([0.3, 0.6, 0.9])
  const tempo = random.pick(TEMPI)
  for (let left = random.int(1, profile.faults); left > 0; left -= 1) {
    draw.loads = victims.clients()
    yield* drawWait(draw, tempo)
    const step = drawStep(draw, victims, near, kinds)
    if (isWanted(step, draw.loads)) yield step
  }
  yield* drawWait(draw, tempo)
  yield deed(HEALED)
}

function drawStep(draw: Draw, victims: Victims, near: number, kinds: ReturnType<typeof drawKinds>): Play {
  const { random, lasting, loads } = draw
  if (lasting.length > 0 && random.chance(0.35)) {
    return lasting.splice(random.int(0, lasting.length - 1), 1)[0] as Play
  }
  return loads.length > 0 && random.chance(near) ? drawNear(draw, victims) : drawFault(draw, kinds)
}

/** Milliseconds between two steps, more or less: from a few round trips to as long as a session. */
const TEMPI: readonly number[] = Object.freeze([50, 500, 2_000, 5_000])

function drawWait(draw: Draw, tempo: number): Play[] {
  const { random } = draw
  if (random.chance(draw.profile.aimed / 2)) return drawMoment(draw)
  draw.somebodyDid = false
  return [deed('after {time:duration}', { time: random.int(tempo / 5, tempo * 2) * 1_000 })]
}

/** What happens to a client, or between it and its servers. */
function drawNear(draw: Draw, victims: Victims): Play {
  const { random, lasting } = draw
  const client = random.pick(draw.loads)
  const wire = { from: client, to: `${random.pick(draw.sids)}` }
  switch (random.int(0, 4)) {
    case 0: {
      const whole = { client: victims.programOf(client) }
      lasting.push(deed('resume client {client:client}', whole))
      return deed('pause client {client:client}', whole)
    }
    case 1:
      lasting.push(deed('heal partitions'))
      return deed('isolate {machine:machine}', { machine: client })
    case 2: {
      lasting.push(deed('restore all links'))
      const most = random.pick([20, 200, 2_000]) * 1_000
      return deed('slow all links by {time:span}', { time: Object.freeze({ least: 0, most }) })
    }
    case 3:
      return deed('cut connections from {from:machine} to {to:machine} after {count:count} {packet:packet}', {
        ...wire,
        count: random.int(1, 4),
        packet: 'CLIENTREQUEST',
      })
    default:
      return deed('cut connections between {a:machine} and {b:machine}', { a: wire.from, b: wire.to })
  }
}

const KILLS: readonly string[] = ['crash client {client:client}', 'start client {client:client}']
/** Whose client is drawn where there is none. */
const NOBODY = 'ann'

function isWanted({ sentence, filled }: Play, clients: readonly string[]): boolean {
  if (KILLS.includes(sentence)) return false
  return clients.includes(NOBODY) || !Object.values(filled).includes(NOBODY)
}

function countedFrom(first: number, count: number): readonly number[] {
  return Object.freeze(Array.from({ length: count }, (_, i) => first + i))
}
