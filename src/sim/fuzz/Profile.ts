/** What seeds may draw. */

export interface Profile {
  readonly name: string
  readonly means: string
  /** Most voters; observers come on top. */
  readonly voters: number
  readonly observers: number
  /** Most faults, or ends of faults, of one run. */
  readonly faults: number
  /** Most operations of one client. */
  readonly operations: number
  /** Share of seeds without any fault. */
  readonly calm: number
  /** Share of faults that are aimed at what happens, rather than at a time. */
  readonly aimed: number
  /** Clients change the membership. */
  readonly reconfig: boolean
  /** Faults may take the last good copy of what is committed. */
  readonly reckless: boolean
}

const usual = Object.freeze({
  voters: 7,
  observers: 2,
  faults: 25,
  operations: 60,
  calm: 0.1,
  aimed: 0.5,
  reconfig: false,
  reckless: false,
})

function profile(name: string, means: string, differs: Partial<Profile> = {}): Profile {
  return Object.freeze({ ...usual, ...differs, name, means })
}

const all = [
  profile('swarm', 'Everything that can be drawn, each in some runs and absent in others. The default.'),
  profile('quick', 'Three peers, few operations, few faults: many runs a second.', {
    voters: 3,
    observers: 0,
    faults: 5,
    operations: 10,
  }),
  profile('calm', 'Nothing goes wrong.', { calm: 1 }),
  profile('reconfig', 'Clients change the membership while things go wrong.', { reconfig: true, voters: 5 }),
  profile(
    'reckless',
    'Faults may take the last good copy of what is committed, so promises will be broken.',
    { reckless: true },
  ),
]

/** By name, the default first. */
export const profiles: ReadonlyMap<string, Profile> = new Map(all.map((one) => [one.name, one]))

export const defaultProfile = all[0] as Profile
