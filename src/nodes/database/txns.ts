import type { AclList } from '../acl.ts'
import type { Zxid } from '../zxid.ts'

/** A client session's id: a signed 64-bit integer as lower-case hexadecimal, `0x1000017c70e0000`. */
export type SessionId = string
export const NO_SESSION: SessionId = '0x0'

/** Bytes as an immutable string, one character (0 to 255) a byte; null is the null of the wire (length -1). */
export type Bytes = string

/** What a node's creation brings. Java: CreateTxn, CreateContainerTxn, CreateTTLTxn */
export interface Created {
  readonly path: string
  readonly data: Bytes | null
  readonly acl: AclList
  /** The parent's cversion after this create, so that replay sets it instead of counting. */
  readonly parentCVersion: number
}

/** A change to the tree, as it may stand in a multi. Java: the records of the jute module `txn`. */
export type SubTxn =
  /** `create2` differs in its type alone: whoever asked is told the Stat. */
  | (Created & { readonly type: 'create' | 'create2'; readonly ephemeral: boolean })
  | (Created & { readonly type: 'createContainer' })
  /** `ttl` in milliseconds. */
  | (Created & { readonly type: 'createTTL'; readonly ttl: number })
  | { readonly type: 'delete'; readonly path: string }
  | { readonly type: 'setData'; readonly path: string; readonly data: Bytes | null; readonly version: number }
  | { readonly type: 'check'; readonly path: string; readonly version: number }
  /** A refused write: it has its zxid, is logged and committed, and changes nothing. */
  | { readonly type: 'error'; readonly err: number }

/** What a transaction does. Java: the records of the jute module `txn`. */
export type TxnBody =
  | SubTxn
  | { readonly type: 'deleteContainer'; readonly path: string }
  /** A new configuration, as the data of /zookeeper/config. */
  | { readonly type: 'reconfig'; readonly path: string; readonly data: Bytes; readonly version: number }
  | { readonly type: 'setACL'; readonly path: string; readonly acl: AclList; readonly version: number }
  /** All or nothing: where one is an error, all are. */
  | { readonly type: 'multi'; readonly txns: readonly SubTxn[] }
  | { readonly type: 'createSession'; readonly timeout: number }
  /** `paths` are the ephemerals that go with the session, in the order in which they go. */
  | { readonly type: 'closeSession'; readonly paths: readonly string[] }

/** A transaction as it is proposed, logged and applied; frozen. Java: TxnHeader and the record behind it. */
export interface Txn {
  readonly kind: 'txn'
  readonly zxid: Zxid
  readonly sessionId: SessionId
  readonly cxid: number
  /** The leader's wall clock in milliseconds. */
  readonly time: number
  readonly body: TxnBody
}

/** Makes a frozen transaction. */
export function makeTxn(zxid: Zxid, sessionId: SessionId, cxid: number, time: number, body: TxnBody): Txn {
  return Object.freeze({ kind: 'txn', zxid, sessionId, cxid, time, body: Object.freeze(body) })
}
