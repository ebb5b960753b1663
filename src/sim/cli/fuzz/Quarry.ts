/** What is hunted: all that makes a scenario of a seed. Plain, so that workers can be told. */
import { drawScenario } from '../../fuzz/drawScenario.ts'
import { defaultProfile, profiles } from '../../fuzz/Profile.ts'
import type { Scenario } from '../../scenario/Scenario.ts'

export interface Quarry {
  /** The name of a profile. */
  readonly profile: string
  /** Null: as the newest is. */
  readonly release: string | null
  /** Historic bugs that are put in. */
  readonly bugs: readonly string[]
}

export function scenarioOf(seed: number, { profile, release, bugs }: Quarry): Scenario {
  return drawScenario(seed, profiles.get(profile) ?? defaultProfile, {
    ...(release === null ? {} : { release }),
    bugs,
  })
}
