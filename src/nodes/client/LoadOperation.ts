/** What a ClosedLoop may do. The order decides which draw means what: whatever is new comes last. */
export const LOAD_OPERATIONS = Object.freeze([
  'setData',
  'getData',
  'exists',
  'getChildren',
  'sync',
  'create',
  'createEphemeral',
  /** Below a key; so are all that are sequential. */
  'createSequential',
  'delete',
  /** Of the version last seen alone. */
  'setDataAtVersion',
  'deleteAtVersion',
  /** Of the sequential node that it created last. */
  'deleteCreated',
  'create2',
  'createEphemeralSequential',
  'createContainer',
  'createTTL',
  'createSequentialTTL',
  'getChildren2',
  'getAllChildrenNumber',
  'getEphemerals',
  'getACL',
  /** Gives everybody all permissions or all but one. That to set ACLs stays. */
  'setACL',
  /** Writes and checks of several keys; some fail. */
  'multi',
  /** The same with a check at its end that no node meets. */
  'failingMulti',
  'multiRead',
  'whoAmI',
  /** `getData`, `exists` and `getChildren2` that leave a watch. */
  'watchData',
  'watchExists',
  'watchChildren',
  /** Persistent, or persistent and recursive. */
  'addWatch',
  /** All of a key. */
  'removeWatches',
  /** Closes the session, and begins another. */
  'reopen',
] as const)

export type LoadOperation = (typeof LOAD_OPERATIONS)[number]

/** How often each operation is drawn, relative to the others. */
export type Mix = { readonly [operation in LoadOperation]?: number }
