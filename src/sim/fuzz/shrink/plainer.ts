import type { Micros } from '../../../nodes/Host.ts'
import { specOf } from '../../scenario/declarations.ts'
import { sidsOf } from '../../scenario/EnsembleSpec.ts'
import type { Play } from '../../scenario/Scenario.ts'
import { stepOf, steps } from '../../scenario/steps.ts'
import { assemble, deed, type Parts } from '../assemble.ts'
import { holesOf, withHoles } from './mapHoles.ts'
import { type Search, withPlays } from './Pass.ts'
import { simpler } from './simpler.ts'

/** Loads first: they are what most events come from. */
export function* plainerLoads(parts: Parts): Search {
  return yield* plainerPlays(parts, ({ sentence }) => sentence.includes('load of'))
}

/** Other values in holes, and shorter sentences. A setting has its default or what was drawn: less is no plainer there. */
export function* plainerSteps(parts: Parts): Search {
  return yield* plainerPlays(parts, () => true)
}

function* plainerPlays(parts: Parts, concerns: (play: Play) => boolean): Search {
  const sids = sidsOf(specOf(assemble(parts)))
  let best = parts
  for (let i = 0; i < best.steps.length; i += 1) {
    if (!concerns(best.steps[i]!)) continue
    // The first that works is made plainer again.
    for (let further = true; further; ) {
      further = false
      for (const play of plainerThan(best.steps[i]!, sids)) {
        const candidate = withPlays(best, 'steps', best.steps.with(i, play))
        if (!(yield candidate)) continue
        best = candidate
        further = true
        break
      }
    }
  }
  return best
}

function* plainerThan(play: Play, sids: readonly number[]): Generator<Play> {
  const { sentence } = stepOf(play)
  yield* inFewerWords(play)
  for (const [index, hole] of holesOf(sentence, play).entries()) {
    for (const value of simpler(hole, sids)) {
      let at = -1
      const changed = withHoles(sentence, play, (each) => {
        at += 1
        return at === index ? value : each.value
      })
      if (changed !== null) yield changed
    }
  }
}

const sentences = [...steps.keys()]

/** Sentences with which this one begins: `until … within 5 s` becomes `until …`. */
function* inFewerWords({ sentence, filled }: Play): Generator<Play> {
  for (const shorter of sentences) {
    if (shorter.length < sentence.length && sentence.startsWith(`${shorter} `))
      yield deed(shorter, filledOf(shorter, filled))
  }
}

function filledOf(sentence: string, filled: Play['filled']): Play['filled'] {
  const named = [...sentence.matchAll(/\{([a-z]+):/gi)].map(([, name]) => name as string)
  return Object.fromEntries(named.map((name) => [name, filled[name]]))
}

export const AFTER = 'after {time:duration}'

/** Two stretches of time one after the other are one. */
export function* mergeTimes(parts: Parts): Search {
  let best = parts
  for (let i = best.steps.length - 1; i > 0; i -= 1) {
    const [first, second] = [best.steps[i - 1]!, best.steps[i]!]
    if (first.sentence !== AFTER || second.sentence !== AFTER) continue
    const time = (first.filled.time as Micros) + (second.filled.time as Micros)
    const merged = withPlays(best, 'steps', best.steps.toSpliced(i - 1, 2, deed(AFTER, { time })))
    if (yield merged) best = merged
  }
  return best
}
