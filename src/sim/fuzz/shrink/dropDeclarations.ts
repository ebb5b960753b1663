import type { Play } from '../../scenario/Scenario.ts'
import type { Parts } from '../assemble.ts'
import { ddmin } from './ddmin.ts'
import { isSize } from './fewerPeers.ts'
import { type Search, withPlays } from './Pass.ts'
import { SEED } from './plainerChance.ts'

/** What makes the other steps playable goes last, since a step that cannot be played is no candidate without it. */
const HELPS: readonly string[] = ['lenient', 'spare a quorum']

export function isHelp({ sentence }: Play): boolean {
  return HELPS.includes(sentence)
}

/** Leaves out what is declared, but for how many peers there are: then it has its default. */
export function* dropDeclarations(parts: Parts): Search {
  // A run without a seed of its own would claim that it fails with all of them.
  const droppable = (play: Play): boolean => play.sentence !== SEED && !isSize(play) && !isHelp(play)
  return yield* dropAmong(parts, droppable)
}

/** Leaves out what lets steps be passed over, where the scenario plays without it. */
export function* dropHelps(parts: Parts): Search {
  return yield* dropAmong(parts, isHelp)
}

function* dropAmong(parts: Parts, droppable: (play: Play) => boolean): Search {
  const { declarations } = parts
  const candidates = declarations.filter(droppable)
  const build = (kept: readonly Play[]): Parts => {
    const left = declarations.filter((play) => !candidates.includes(play) || kept.includes(play))
    return withPlays(parts, 'declarations', left)
  }
  return build(yield* ddmin(candidates, build))
}
