/**
 * A scenario that passes over what cannot be played plays the same without those steps, and without leave to do so; and one
 * that waits in vain does as much by letting the time pass.
 */
import type { Micros } from '../../../nodes/Host.ts'
import { startScenario } from '../../runScenario.ts'
import type { Play } from '../../scenario/Scenario.ts'
import { assemble, deed, type Parts } from '../assemble.ts'
import { MOST_EVENTS, type TrialOptions } from '../Trial.ts'
import { isHelp } from './dropDeclarations.ts'
import { type Pass, type Search, withPlays } from './Pass.ts'
import { AFTER } from './plainer.ts'

/** @param options how trials are played: it has to be the same run. */
export function withoutHelps(options: TrialOptions): Pass {
  return function* plain(parts: Parts): Search {
    if (!parts.declarations.some(isHelp)) return parts
    const steps = withoutLeave(parts, options)
    const helpless = parts.declarations.filter((play) => !isHelp(play))
    const candidate = withPlays(withPlays(parts, 'steps', steps), 'declarations', helpless)
    return (yield candidate) ? candidate : parts
  }
}

function withoutLeave(parts: Parts, options: TrialOptions): Play[] {
  const { run, ensemble } = startScenario(assemble(parts), { ...options, maxEvents: MOST_EVENTS })
  const { transcript } = run
  const instead = new Map<number, readonly Play[]>()
  let began: Micros = 0
  for (let further = true; further; ) {
    const [index, length] = [run.stepsDone, transcript.length]
    further = run.advance()
    if (transcript.length > length) {
      const { what } = transcript.lines.at(-1)!
      if (what.startsWith('passed over: ')) instead.set(index, [])
      if (what.startsWith('waited in vain for ')) {
        instead.set(index, [deed(AFTER, { time: ensemble.world.now - began })])
      }
    }
    if (run.stepsDone > index) began = ensemble.world.now
  }
  return parts.steps.flatMap((play, i) => instead.get(i) ?? [play])
}
