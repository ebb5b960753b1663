import type { Zxid } from '../zxid.ts'

/** A client session's id: a signed 64-bit integer as lower-case hexadecimal, `0x1000017c70e0000`. */
export type SessionId = string
export const NO_SESSION: SessionId = '0x0'

/** Bytes as an immutable string, one character (0 to 255) a byte; null is the null of the wire (length -1). */
export type Bytes = string

export type CreateMode = 'persistent' | 'ephemeral' | 'persistentSequential' | 'ephemeralSequential'

/** What a transaction does. Java: the records of the jute module `txn`. */
export type TxnBody =
  | {
      readonly type: 'create'
      readonly path: string
      readonly data: Bytes | null
      readonly ephemeral: boolean
      /** The parent's cversion after this create, so that replay sets it instead of counting. */
      readonly parentCVersion: number
    }
  | { readonly type: 'delete'; readonly path: string }
  | { readonly type: 'setData'; readonly path: string; readonly data: Bytes | null; readonly version: number }
  | { readonly type: 'createSession'; readonly timeout: number }
  /** `paths` are the ephemerals that go with the session, in the order in which they go. */
  | { readonly type: 'closeSession'; readonly paths: readonly string[] }
  /** A refused write: it has its zxid, is logged and committed, and changes nothing. */
  | { readonly type: 'error'; readonly err: number }

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
