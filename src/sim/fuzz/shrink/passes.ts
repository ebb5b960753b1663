import type { TrialOptions } from '../Trial.ts'
import { dropDeclarations, dropHelps } from './dropDeclarations.ts'
import { dropPairs, dropSteps, dropTail } from './dropSteps.ts'
import { fewerPeers } from './fewerPeers.ts'
import { loadsAsSteps } from './loadsAsSteps.ts'
import { mergeLoads } from './mergeLoads.ts'
import type { Pass } from './Pass.ts'
import { mergeTimes, plainerLoads, plainerSteps } from './plainer.ts'
import { lockstep, withOtherSeeds } from './plainerChance.ts'
import { withoutHelps } from './withoutHelps.ts'

/** What a scenario is made of, in contrast to the values in its holes. */
const structure: readonly Pass[] = [dropSteps, plainerLoads, fewerPeers, dropDeclarations]

/**
 * In the order in which they are tried. First what makes runs shorter in events, since every later trial then costs less.
 * The late ones come when the early ones find nothing more, which then have their turn again.
 */
export function passesFor(playedWith: TrialOptions): {
  readonly early: readonly Pass[]
  readonly late: readonly Pass[]
} {
  return {
    early: [dropTail, ...structure, mergeTimes, mergeLoads, plainerSteps],
    late: [
      dropPairs,
      ...structure.map(withOtherSeeds),
      lockstep,
      loadsAsSteps(playedWith),
      dropHelps,
      withoutHelps(playedWith),
    ],
  }
}
