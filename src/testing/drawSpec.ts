/** An ensemble for a user's program, as `zksim fuzz` draws it, but with empty disks: a program expects an empty tree. */
import { assemble } from '../sim/fuzz/assemble.ts'
import { Draw } from '../sim/fuzz/Draw.ts'
import { drawEnsemble } from '../sim/fuzz/drawEnsemble.ts'
import type { Profile } from '../sim/fuzz/Profile.ts'
import type { Random } from '../sim/kernel/Random.ts'
import { declarationOf, specOf } from '../sim/scenario/declarations.ts'
import { defaultSpec, type EnsembleSpec } from '../sim/scenario/EnsembleSpec.ts'
import type { Play } from '../sim/scenario/Scenario.ts'

export function drawDeclarations(random: Random, profile: Profile): readonly Play[] {
  return drawEnsemble(new Draw(random, profile)).filter(({ filled }) => !('sids' in filled))
}

/** What is declared, and nothing of what is as always. */
export function specFrom(declarations: readonly Play[]): Partial<EnsembleSpec> {
  const spec = specOf(assemble({ file: '', prose: [], declarations, steps: [] }))
  const keys = Object.keys(spec) as (keyof EnsembleSpec)[]
  const said = keys.filter((key) => key === 'peers' || spec[key] !== defaultSpec[key])
  return Object.freeze(Object.fromEntries(said.map((key) => [key, spec[key]])))
}

const SIZE: readonly string[] = ['peers', 'observers', 'joiners', 'hierarchy']

/** Drawn and given together: what is given counts, and half a topology is none. */
export function withGiven(drawn: Partial<EnsembleSpec>, given: Partial<EnsembleSpec>): Partial<EnsembleSpec> {
  const isSized = SIZE.some((key) => given[key as keyof EnsembleSpec] !== undefined)
  const kept = Object.entries(drawn).filter(([key]) => !isSized || !SIZE.includes(key))
  return { ...Object.fromEntries(kept), ...given, settings: { ...drawn.settings, ...given.settings } }
}

export function printDeclarations(declarations: readonly Play[]): string {
  return declarations.map((play) => declarationOf(play).sentence.print(play.filled)).join(', ')
}
