/**
 * A fault: one or more sentences, each with what it does to a world. The first begins the fault, the others (where it
 * lasts) end it. Faults know the kernel only; who `the leader` is has been resolved before they are asked.
 *
 * The sentence's literal is the whole declaration: types of the holes, parser, printer and manual come from it.
 */

import type { HostName } from '../nodes/Host.ts'
import type { Machine } from '../sim/kernel/Machine.ts'
import type { World } from '../sim/kernel/World.ts'
import { type HolesOf, kinds } from '../sim/kinds.ts'
import { Sentence } from '../sim/sentence.ts'

export interface Deed<S extends string = string> {
  readonly sentence: Sentence<S>
  readonly means: string
  readonly act: (world: World, holes: never) => void
  /** What it does to the promises of the peer in the hole `peer` or `peers`; null: they still bind it. */
  readonly excuses: Excuse | null
  /** It takes the power from that peer, at once or at some call; null: it does not. */
  readonly cutsPower: 'now' | 'later' | null
}

/**
 * An empty disk voids all promises. A damaged one excuses what the peer finds, or refuses, when it next starts. One that is
 * in doubt has failed to force something, or will: it becomes a damaged one when power is cut.
 */
export type Excuse = 'wiped' | 'damaged' | 'doubted'

export interface Fault<D extends readonly Deed[] = readonly Deed[]> {
  readonly name: string
  /** The beginning first. */
  readonly deeds: D
}

/** The world is not such that this fault could be: a file that is not there, a machine that is down. */
export class Unplayable extends Error {
  override readonly name = 'Unplayable'
}

export function fault<const D extends readonly Deed[]>(name: string, ...deeds: D): Fault<D> {
  Object.freeze(deeds)
  return Object.freeze({ name, deeds })
}

export function deed<const S extends string>(
  text: S,
  means: string,
  act: (world: World, holes: HolesOf<S>) => void,
  excuses: Excuse | null = null,
  example?: string,
): Deed<S> {
  return Object.freeze({ sentence: new Sentence(text, kinds, example), means, act, excuses, cutsPower: null })
}

/** The same deed, of which it is known that it takes power. */
export function powerCut<D extends Deed>(when: 'now' | 'later', deed: D): D {
  return Object.freeze({ ...deed, cutsPower: when })
}

/** The machine of a client. @throws Unplayable where there is no such client. */
export function clientOf(world: World, name: HostName): Machine {
  const machine = world.findMachine(name)
  if (machine === undefined) throw new Unplayable(`there is no client ${name} yet`)
  return machine
}

/** The names of peers on the network. */
export function hosts(sids: readonly number[]): string[] {
  return sids.map(String)
}
