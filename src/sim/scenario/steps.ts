/** Every step there is: those of this folder, and the two sentences of every fault. */
import { faults } from '../../faults/index.ts'
import { calmSteps } from './calmSteps.ts'
import { clientSteps } from './clientSteps.ts'
import { expectSteps } from './expectSteps.ts'
import { faultStep } from './faultStep.ts'
import { healSteps } from './healSteps.ts'
import { loadSteps } from './loadSteps.ts'
import { machineSteps } from './machineSteps.ts'
import { reconfigSteps } from './reconfigSteps.ts'
import type { Play } from './Scenario.ts'
import { showSteps } from './showSteps.ts'
import type { Step } from './step.ts'
import { timeSteps } from './timeSteps.ts'

export const stepGroups: readonly (readonly [string, readonly Step[]])[] = [
  ['Time', [...timeSteps, ...calmSteps]],
  ['Starting peers', machineSteps],
  ['Clients', clientSteps],
  ['Membership', reconfigSteps],
  ['Load', loadSteps],
  ['Looking', showSteps],
  ['Expectations', expectSteps],
  ['The end of all faults', healSteps],
  ['Faults', faults.flatMap((fault) => fault.deeds.map(faultStep))],
]

/** By the text of their sentence. */
export const steps: ReadonlyMap<string, Step> = new Map(
  stepGroups.flatMap(([, group]) => group.map((step) => [step.sentence.text, step] as const)),
)

export function stepOf(play: Play): Step {
  const found = steps.get(play.sentence)
  if (found === undefined) throw new Error(`no step reads '${play.sentence}'`)
  return found
}
