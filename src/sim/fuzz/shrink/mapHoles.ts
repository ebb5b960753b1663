import { factFormOf } from '../../scenario/facts.ts'
import type { Play } from '../../scenario/Scenario.ts'
import { stepKinds } from '../../scenario/step.ts'
import type { Kind, Sentence } from '../../sentence.ts'

/** What stands in a hole, and what kind of hole it is. */
export interface Hole {
  readonly name: string
  readonly kind: Kind<unknown>
  readonly value: unknown
}

/** The holes of a sentence, those of a fact within it too. */
export function holesOf(sentence: Sentence, { filled }: Play): Hole[] {
  return sentence.parts.flatMap((part): Hole[] => {
    if ('words' in part) return []
    const value = filled[part.hole]
    if (part.kind === stepKinds.fact) return holesOf(factFormOf(value as Play).sentence, value as Play)
    return [{ name: part.hole, kind: part.kind, value }]
  })
}

/** The same play with other values in its holes, in the order of `holesOf`; null where one of them is null. */
export function withHoles(sentence: Sentence, play: Play, change: (hole: Hole) => unknown): Play | null {
  const filled: Record<string, unknown> = {}
  for (const part of sentence.parts) {
    if ('words' in part) continue
    const value = play.filled[part.hole]
    const changed =
      part.kind === stepKinds.fact
        ? withHoles(factFormOf(value as Play).sentence, value as Play, change)
        : change({ name: part.hole, kind: part.kind, value })
    if (changed === null) return null
    filled[part.hole] = changed
  }
  return Object.freeze({ sentence: play.sentence, filled: Object.freeze(filled) })
}
