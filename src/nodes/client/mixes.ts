import type { Mix } from './LoadOperation.ts'

/** Loads by what they are there for, as scenarios call those who make them. */
export const mixes = Object.freeze({
  /** Four writes to two reads. */
  clients: Object.freeze({ setData: 3, create: 1, getData: 1, getChildren: 1 }),
  /** All that changes a node. */
  writers: Object.freeze({
    setData: 4,
    setDataAtVersion: 4,
    create: 2,
    create2: 1,
    createSequential: 2,
    deleteCreated: 2,
    delete: 1,
    deleteAtVersion: 1,
    multi: 2,
    failingMulti: 1,
  }),
  /** All that reads without a watch. */
  readers: Object.freeze({
    getData: 4,
    exists: 2,
    getChildren: 2,
    getChildren2: 2,
    getAllChildrenNumber: 1,
    getEphemerals: 1,
    getACL: 1,
    multiRead: 2,
    sync: 2,
  }),
  /** Watches of all kinds, and as many changes as make them fire. */
  watchers: Object.freeze({
    watchData: 4,
    watchExists: 2,
    watchChildren: 2,
    addWatch: 1,
    removeWatches: 1,
    setData: 4,
    createSequential: 1,
    deleteCreated: 1,
    delete: 1,
    create: 2,
  }),
  /** Sessions that come, leave something that goes with them, and go. */
  visitors: Object.freeze({
    createEphemeral: 3,
    createEphemeralSequential: 3,
    getEphemerals: 1,
    exists: 2,
    getChildren: 2,
    watchExists: 1,
    delete: 1,
    create: 1,
    reopen: 1,
  }),
  /** Everything. */
  users: Object.freeze({
    setData: 8,
    getData: 8,
    exists: 3,
    getChildren: 2,
    sync: 2,
    create: 4,
    createEphemeral: 3,
    createSequential: 3,
    delete: 2,
    setDataAtVersion: 5,
    deleteAtVersion: 2,
    deleteCreated: 4,
    create2: 2,
    createEphemeralSequential: 2,
    createContainer: 2,
    createTTL: 1,
    createSequentialTTL: 1,
    getChildren2: 2,
    getAllChildrenNumber: 1,
    getEphemerals: 1,
    getACL: 1,
    setACL: 2,
    multi: 4,
    failingMulti: 1,
    multiRead: 2,
    whoAmI: 1,
    watchData: 4,
    watchExists: 2,
    watchChildren: 2,
    addWatch: 1,
    removeWatches: 1,
    reopen: 1,
  }),
} as const satisfies { readonly [kind: string]: Mix })

export type LoadKind = keyof typeof mixes
