/** What is hunted for: each invariant with a planted defect that breaks it, all mutants, and the bugs that releases had. */
import { understudies } from '../../../src/nodes/historic/releases.ts'
import { ideal } from '../../../src/nodes/ideal.ts'
import type { DrawOptions } from '../../../src/sim/fuzz/drawScenario.ts'
import type { TrialOptions } from '../../../src/sim/fuzz/Trial.ts'
import { mutants } from '../catches.ts'
import type { Mutant } from '../Mutant.ts'
import { pairs } from './pairs.ts'

export interface Quarry {
  /** Of the mutant, or the issue that tells of it. */
  readonly name: string
  readonly story: string
  /** The invariant that has to be broken; null: any failure will do. */
  readonly code: string | null
  /** Runs go on when others break before it. */
  readonly behind: boolean
  /** It has to be found. */
  readonly demanded: boolean
  readonly trial: TrialOptions
  readonly draw: DrawOptions
}

function quarryOf({ name, story, recast }: Mutant, code: string | null, behind = false): Quarry {
  const trial = {
    cast: recast(ideal),
    ...(behind && code !== null ? { endsFor: Object.freeze([code]) } : {}),
  }
  return Object.freeze({
    name,
    story,
    code,
    behind,
    demanded: true,
    trial: Object.freeze(trial),
    draw: Object.freeze({}),
  })
}

/** One for each invariant, in the order of their codes. */
export const planted: readonly Quarry[] = Object.freeze(
  pairs.map(({ code, mutant, behind }) => quarryOf(mutant, code, behind)),
)

/** Whatever shows them. */
export const anyhow: readonly Quarry[] = Object.freeze(mutants.map((mutant) => quarryOf(mutant, null)))

export const historic: readonly Quarry[] = Object.freeze(
  [...understudies].map(([name, { story }]) =>
    Object.freeze({
      name,
      story,
      code: null,
      behind: false,
      demanded: false,
      trial: Object.freeze({}),
      draw: Object.freeze({ bugs: Object.freeze([name]) }),
    }),
  ),
)

export const quarries: readonly Quarry[] = Object.freeze([...planted, ...anyhow, ...historic])

/** What tells one from all others. */
export function keyOf({ name, code }: Quarry): string {
  return code === null ? name : `${name}/${code}`
}
