/** Java: Watcher.WatcherType */
export const WatcherType = Object.freeze({
  children: 1,
  data: 2,
  any: 3,
  persistent: 4,
  persistentRecursive: 5,
} as const)

/** Java: ZooDefs.AddWatchModes */
export const AddWatchMode = Object.freeze({ persistent: 0, persistentRecursive: 1 } as const)

/** How long a watch stays and how far it sees; a set of them is their sum. Java: WatcherMode */
export const WatcherMode = Object.freeze({ standard: 1, persistent: 2, recursive: 4 } as const)

export type WatcherModes = number

export const NO_MODES: WatcherModes = 0
export const ANY_MODE: WatcherModes = WatcherMode.standard | WatcherMode.persistent | WatcherMode.recursive
