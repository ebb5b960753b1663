import { defaultProfile, type Profile, profiles } from '../sim/fuzz/Profile.ts'

/** A profile by its name. @throws RangeError where there is none of this name. */
export function profileOf(profile: Profile | string): Profile {
  if (typeof profile !== 'string') return profile
  const found = profiles.get(profile)
  if (found !== undefined) return found
  throw new RangeError(
    `there is no profile ${JSON.stringify(profile)}, only ${[...profiles.keys()].join(', ')}`,
  )
}

export interface ProfileOptions extends Partial<Omit<Profile, 'name' | 'means'>> {
  /** `swarm` unless said; what is said beside it takes the place of what it says. */
  readonly profile?: Profile | string
}

/** @throws RangeError where there is no such profile. */
export function profileFrom({ profile = defaultProfile, ...differs }: ProfileOptions): Profile {
  const base = profileOf(profile)
  const keys = Object.keys(base).filter((key) => key in differs) as (keyof typeof differs)[]
  const said = keys.filter((key) => differs[key] !== undefined).map((key) => [key, differs[key]] as const)
  return said.length === 0 ? base : Object.freeze({ ...base, ...Object.fromEntries(said) })
}
