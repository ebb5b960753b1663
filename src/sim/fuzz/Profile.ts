/** What seeds may draw. */

export interface Profile {
  readonly name: string
  readonly means: string
  /** Most voters; observers come on top. */
  readonly voters: number
  readonly observers: number
  /** Most faults, or ends of faults, of one run. */
  readonly faults: number
  /** Share of seeds without any. */
  readonly calm: number
  /** Faults may take the last good copy of what is committed. */
  readonly reckless: boolean
}

function profile(name: string, means: string, differs: Partial<Profile> = {}): Profile {
  return Object.freeze({
    voters: 7,
    observers: 2,
    faults: 12,
    calm: 0.1,
    reckless: false,
    ...differs,
    name,
    means,
  })
}

export const profiles: ReadonlyMap<string, Profile> = new Map(
  [
    profile('swarm', 'Everything that can be drawn, each in some runs and absent in others. The default.'),
  ].map((one) => [one.name, one]),
)

export const defaultProfile = profiles.get('swarm') as Profile
