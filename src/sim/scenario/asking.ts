/**
 * Whether a sentence about facts is so, and of whom. `somebody` stands for each peer in turn, the one who told it first of
 * all.
 */
import type { Fact } from '../../nodes/facts.ts'
import type { Sid } from '../../nodes/zxid.ts'
import { factKinds } from '../kinds.ts'
import type { Filled, Roles } from '../sentence.ts'
import { type FactForm, factFormOf } from './facts.ts'
import { rolesOf } from './roles.ts'
import type { Play } from './Scenario.ts'
import type { Stage } from './step.ts'

type Scene = Pick<Stage, 'ensemble' | 'view' | 'thatPeer'>

/** Who told the event that a sentence speaks of: a peer, or null for a client. Undefined where this fact is not that event. */
export function whoTold(fact: Fact, play: Play, scene: Scene): Sid | null | undefined {
  const form = factFormOf(play)
  if (form.matches === null || !form.types.includes(fact.type)) return undefined
  const teller = 'peer' in fact ? fact.peer : null
  const roles = rolesOf(scene)
  for (const filled of meanings(form, play.filled, scene, teller)) {
    const holes = form.sentence.resolve(filled, roles)
    if (holes !== null && form.matches(fact, holes as never, scene.view)) return teller
  }
  return undefined
}

/** For whom a condition holds: the peer that it speaks of, or null where it speaks of none. Undefined where it does not hold. */
export function whoIsSo(play: Play, scene: Scene): Sid | null | undefined {
  const form = factFormOf(play)
  if (form.holds === null) return undefined
  const roles = rolesOf(scene)
  for (const filled of meanings(form, play.filled, scene, null)) {
    const holes = form.sentence.resolve(filled, roles)
    if (holes !== null && form.holds(scene, holes as never)) return subjectOf(form, holes, roles)
  }
  return undefined
}

function subjectOf({ sentence }: FactForm, holes: Filled, roles: Roles): Sid | null {
  if (sentence.text === 'somebody leads') return roles.leader()
  return typeof holes.peer === 'number' ? holes.peer : null
}

/** With peers in the place of `somebody`. */
function meanings(form: FactForm, filled: Filled, scene: Scene, teller: Sid | null): readonly Filled[] {
  let meant: readonly Filled[] = [filled]
  for (const part of form.sentence.parts) {
    if ('words' in part || part.kind !== factKinds.peer || filled[part.hole] !== 'somebody') continue
    const { hole } = part
    const sids = hole === form.teller && teller !== null ? [teller] : scene.ensemble.sids
    meant = meant.flatMap((one) => sids.map((sid) => ({ ...one, [hole]: sid })))
  }
  return meant
}
