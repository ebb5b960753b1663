import type { AclList } from '../../../nodes/acl.ts'
import type { Bytes } from '../../../nodes/database/txns.ts'
import type { Json } from '../reading.ts'

/**
 * Recordings of what clients did to real servers, and what came of it: a case is a script, and the result of each of its
 * steps. The field names of the recordings are kept where they are words.
 */

/** `sa`: one server without a quorum. `e3`: three voters, each session at the server that the script says. */
export const modes = Object.freeze(['sa', 'e3'] as const)
export type Mode = (typeof modes)[number]

/** What the servers' settings differ in. */
export const profiles = Object.freeze(['default', 'ttl', 'noext', 'quota'] as const)
export type Profile = (typeof profiles)[number]

export type SessionName = string

/** The modes of ZooKeeper's Java client. */
export const createModes = Object.freeze([
  'PERSISTENT',
  'EPHEMERAL',
  'PERSISTENT_SEQUENTIAL',
  'EPHEMERAL_SEQUENTIAL',
  'CONTAINER',
  'PERSISTENT_WITH_TTL',
  'PERSISTENT_SEQUENTIAL_WITH_TTL',
] as const)
export type JavaCreateMode = (typeof createModes)[number]

/** True: the session's default watcher; a string: the session's watcher of that name; null: none. */
export type WatcherName = true | string | null

/** An entry of a multi or multiread. */
export type MultiPart =
  | {
      readonly type: 'create'
      readonly path: string | null
      readonly data: Bytes | null
      readonly acl: AclList | null
      readonly flags: number
      /** Null: not said. */
      readonly ttl: number | null
    }
  | { readonly type: 'delete' | 'check'; readonly path: string | null; readonly version: number }
  | {
      readonly type: 'setData'
      readonly path: string | null
      readonly data: Bytes | null
      readonly version: number
    }
  | { readonly type: 'getData' | 'getChildren'; readonly path: string | null }

export interface ConnectStep {
  readonly op: 'connect' | 'dup'
  readonly server: number
  /** Milliseconds. */
  readonly timeout: number
  readonly chroot: string | null
  readonly readOnly: boolean
  readonly nobarrier: boolean
  /** How long it is waited for, in milliseconds. */
  readonly patience: number
  /** Of dup: whose id and password it comes with, and whether the password is another. */
  readonly of: SessionName | null
  readonly wrongPassword: boolean
}

/** What a step does, by the word the recording has for it. */
export type Deed =
  | ConnectStep
  | { readonly op: 'close' | 'cut' | 'nobarrier' | 'barrier' }
  | { readonly op: 'whoami' }
  /** Null: the server it was at. */
  | { readonly op: 'heal'; readonly server: number | null }
  | { readonly op: 'await'; readonly count: number; readonly patience: number }
  | { readonly op: 'sleep'; readonly time: number }
  | {
      readonly op: 'create'
      readonly path: string | null
      readonly data: Bytes | null
      readonly acl: AclList | null
      readonly mode: JavaCreateMode
      /** Null: not said. */
      readonly ttl: number | null
      readonly wantsStat: boolean
    }
  | { readonly op: 'delete'; readonly path: string | null; readonly version: number }
  | {
      readonly op: 'set'
      readonly path: string | null
      readonly data: Bytes | null
      readonly version: number
    }
  | {
      readonly op: 'exists' | 'get' | 'ls' | 'ls2'
      readonly path: string | null
      readonly watcher: WatcherName
    }
  | { readonly op: 'getacl' | 'count' | 'sync'; readonly path: string | null }
  | {
      readonly op: 'setacl'
      readonly path: string | null
      readonly acl: AclList | null
      readonly version: number
    }
  | { readonly op: 'ephs'; readonly path: string | null }
  | { readonly op: 'multi'; readonly parts: readonly MultiPart[]; readonly unchecked: boolean }
  | { readonly op: 'multiread'; readonly parts: readonly MultiPart[] }
  | { readonly op: 'auth'; readonly scheme: string; readonly auth: Bytes }
  | {
      readonly op: 'watch'
      readonly path: string | null
      readonly mode: 'PERSISTENT' | 'PERSISTENT_RECURSIVE'
      readonly watcher: WatcherName
    }
  /** Without a watcher: all of them. */
  | {
      readonly op: 'unwatch'
      readonly path: string | null
      readonly type: 'Any' | 'Data' | 'Children'
      readonly local: boolean
      readonly watcher: WatcherName
    }
  | { readonly op: 'raw'; readonly opcode: number; readonly body: RawBody }

export type DeedOf<O extends Deed['op']> = Extract<Deed, { readonly op: O }>

/** The body of a request that the client sends as it is. */
export interface RawBody {
  /** In front of the bytes goes the last zxid that the client has seen. */
  readonly afterLastZxid: boolean
  readonly bytes: Bytes
}

export interface Step {
  /** As the recording has it. */
  readonly text: string
  readonly session: SessionName
  readonly deed: Deed
  /** Milliseconds to wait behind the reply; null: none. */
  readonly settle: number | null
}

/** What came of a step, by the names of the recording. */
export type RecordedResult = { readonly [field: string]: Json }

/** What one mode gave. */
export interface Course {
  readonly results: readonly RecordedResult[]
  /** The tree behind the last step, `[path, data, stat, acl]`, parents first; null: not recorded. */
  readonly final: readonly (readonly Json[])[] | null
  /** The low halves of the zxids that the ranks in it stand for; null: not recorded. */
  readonly zxids: readonly number[] | null
}

export interface RecordedCase {
  /** `file:line` */
  readonly place: string
  readonly name: string
  readonly profile: Profile
  readonly steps: readonly Step[]
  readonly courses: ReadonlyMap<Mode, Course>
}
