import { faults } from '../../../faults/index.ts'
import type { Play } from '../../scenario/Scenario.ts'
import type { Parts } from '../assemble.ts'
import { ddmin } from './ddmin.ts'
import { type Search, withPlays } from './Pass.ts'

/**
 * Leaves out the steps behind the one in which it broke. What comes before it cannot depend on them, so bisection finds
 * the place.
 */
export function* dropTail(parts: Parts): Search {
  const { steps } = parts
  let [enough, tooFew] = [steps.length, 0]
  while (enough - tooFew > 1) {
    const middle = (enough + tooFew) >> 1
    if (yield withPlays(parts, 'steps', steps.slice(0, middle))) enough = middle
    else tooFew = middle
  }
  return withPlays(parts, 'steps', steps.slice(0, enough))
}

/** Leaves out steps, in chunks and one by one. */
export function* dropSteps(parts: Parts): Search {
  const build = (steps: readonly Play[]): Parts => withPlays(parts, 'steps', steps)
  return build(yield* ddmin(parts.steps, build))
}

/** Beyond so many steps only what belongs together is left out together. */
const FEW = 12

/** Leaves out two steps that make no sense without each other, such as the beginning and the end of a fault. */
export function* dropPairs(parts: Parts): Search {
  let best = parts
  for (let i = best.steps.length - 2; i >= 0; i -= 1) {
    for (let j = best.steps.length - 1; j > i; j -= 1) {
      const { steps } = best
      if (steps.length > FEW && !belongTogether(steps[i]!, steps[j]!)) continue
      const fewer = withPlays(best, 'steps', steps.toSpliced(j, 1).toSpliced(i, 1))
      if (!(yield fewer)) continue
      best = fewer
      break
    }
  }
  return best
}

const faultOf = new Map(
  faults.flatMap((fault) =>
    fault.deeds.map(({ sentence }) => [sentence.text as string, fault.name] as const),
  ),
)
/** What ends what other faults began. */
const STARTS = /^(?:re)?start |^heal/

function belongTogether(one: Play, other: Play): boolean {
  const [a, b] = [faultOf.get(one.sentence), faultOf.get(other.sentence)]
  if (a !== undefined && a === b) return true
  return (a !== undefined && STARTS.test(other.sentence)) || (b !== undefined && STARTS.test(one.sentence))
}
