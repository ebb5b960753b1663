/**
 * A pass makes a scenario smaller in one way. It yields candidates and is told of each whether it still fails in the same
 * way; it returns the smallest that does.
 */
import { declarationOf } from '../../scenario/declarations.ts'
import type { Play } from '../../scenario/Scenario.ts'
import { stepOf } from '../../scenario/steps.ts'
import type { Sentence } from '../../sentence.ts'
import type { Parts } from '../assemble.ts'

export type Search = Generator<Parts, Parts, boolean>
export type Pass = (parts: Parts) => Search

/** Where the plays of a scenario stand. */
export type Place = 'declarations' | 'steps'

export function sentenceAt(place: Place, play: Play): Sentence {
  return place === 'steps' ? stepOf(play).sentence : declarationOf(play).sentence
}

export function withPlays(parts: Parts, place: Place, plays: readonly Play[]): Parts {
  return place === 'steps' ? { ...parts, steps: plays } : { ...parts, declarations: plays }
}
