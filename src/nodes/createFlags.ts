/** What kind of node a create makes. */
export type CreateMode =
  | 'persistent'
  | 'ephemeral'
  | 'persistentSequential'
  | 'ephemeralSequential'
  | 'container'
  | 'persistentTTL'
  | 'persistentSequentialTTL'

/** The flags of a create, by mode. Java: CreateMode */
export const createFlags: Readonly<Record<CreateMode, number>> = Object.freeze({
  persistent: 0,
  ephemeral: 1,
  persistentSequential: 2,
  ephemeralSequential: 3,
  container: 4,
  persistentTTL: 5,
  persistentSequentialTTL: 6,
})

const modes = Object.freeze(Object.keys(createFlags) as CreateMode[])

/** The mode of flags; undefined for flags that mean none. Java: CreateMode.fromFlag */
export function createModeOf(flags: number): CreateMode | undefined {
  return modes[flags]
}
