import type { Deed } from '../../faults/fault.ts'
import type { Step } from './step.ts'

/** A fault's deed as a step: done to the world at once. */
export function faultStep(deed: Deed): Step {
  return Object.freeze({
    sentence: deed.sentence,
    means: deed.means,
    begin: ({ ensemble }, holes) => {
      ensemble.checker.disturbed()
      deed.act(ensemble.world, holes)
      if (deed.excuses === null) return null
      const { peer, peers } = holes as { readonly peer?: number; readonly peers?: readonly number[] }
      for (const sid of peers ?? (peer === undefined ? [] : [peer])) {
        if (deed.excuses === 'wiped') ensemble.checker.diskWiped(sid)
        else ensemble.checker.forgive(sid)
      }
      return null
    },
  } satisfies Step)
}
