import type { Deed } from '../../faults/fault.ts'
import type { Sid } from '../../nodes/zxid.ts'
import { assertSpareable } from './sparing.ts'
import type { Stage, Step } from './step.ts'

/** A fault's deed as a step: done to the world at once. */
export function faultStep(deed: Deed): Step {
  return Object.freeze({
    sentence: deed.sentence,
    means: deed.means,
    begin: (stage, holes) => {
      const { ensemble } = stage
      const sids = deed.excuses === null && deed.cutsPower === null ? NOBODY : sidsIn(holes)
      if (ensemble.spec.sparing) assertSpareable(stage, deed, sids)
      ensemble.checker.disturbed()
      deed.act(ensemble.world, holes)
      for (const sid of sids) note(stage, deed, sid)
      return null
    },
  } satisfies Step)
}

function note({ ensemble, damage }: Stage, { excuses, cutsPower }: Deed, sid: Sid): void {
  if (excuses === 'wiped') damage.wiped(sid, ensemble.checker)
  else if (excuses === 'damaged') damage.damaged(sid, ensemble.checker)
  else if (excuses === 'doubted') damage.doubt(sid, ensemble.checker)
  if (cutsPower === 'later') damage.arm(sid, ensemble)
}

const NOBODY: readonly Sid[] = Object.freeze([])

/** Clients have no disk that anybody relies on. */
function sidsIn(holes: { readonly peer?: unknown; readonly peers?: readonly unknown[] }): readonly Sid[] {
  return (holes.peers ?? [holes.peer]).filter((one) => typeof one === 'number')
}
