import type { Micros } from '../../../nodes/Host.ts'
import type { Play } from '../../scenario/Scenario.ts'
import { deed, type Parts } from '../assemble.ts'
import { isLoad } from './loadsAsSteps.ts'
import { type Search, withPlays } from './Pass.ts'
import { AFTER } from './plainer.ts'

/** The clients of one load join another, which began before. */
export function* mergeLoads(parts: Parts): Search {
  let best = parts
  for (let i = best.steps.length - 1; i > 0; i -= 1) {
    for (let j = 0; j < i; j += 1) {
      const [first, second] = [best.steps[j]!, best.steps[i]!]
      if (!isLoad(first) || !isLoad(second)) continue
      const merged = best.steps.with(j, joined(first, second)).toSpliced(i, 1, ...timeOf(second))
      const candidate = withPlays(best, 'steps', merged)
      if (!(yield candidate)) continue
      best = candidate
      break
    }
  }
  return best
}

function joined({ sentence, filled }: Play, other: Play): Play {
  const clients = (filled.clients as number) + (other.filled.clients as number)
  return deed(sentence, { ...filled, clients })
}

/** What remains of a load without its clients. */
function timeOf({ filled }: Play): Play[] {
  return filled.time === undefined ? [] : [deed(AFTER, { time: filled.time as Micros })]
}
