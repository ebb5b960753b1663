import type { Bytes, CreateMode, SessionId, Txn } from './database/txns.ts'
import type { SnapshotRecord } from './diskRecords.ts'
import type { Epoch, Sid, Zxid } from './zxid.ts'

/** Java: QuorumPeer.ServerState. */
export type ServerState = 'LOOKING' | 'FOLLOWING' | 'LEADING' | 'OBSERVING'

/** What two election ports say to each other. Java: QuorumCnxManager, FastLeaderElection.Notification. */
export type ElectionPacket =
  | { readonly type: 'INITIALMESSAGE'; readonly sid: Sid }
  | {
      readonly type: 'NOTIFICATION'
      readonly state: ServerState
      readonly leader: Sid
      readonly zxid: Zxid
      readonly electionEpoch: number
      readonly peerEpoch: Epoch
      /** The sender's committed config, as text. */
      readonly config: string
    }

/** What leader and learner say to each other. Java: Leader's constants, QuorumPacket. */
export type QuorumPacket =
  | {
      readonly type: 'FOLLOWERINFO' | 'OBSERVERINFO'
      /** `<acceptedEpoch, 0>` */
      readonly zxid: Zxid
      readonly sid: Sid
      readonly configVersion: number
    }
  | { readonly type: 'LEADERINFO'; readonly zxid: Zxid }
  /** `currentEpoch` is -1 when the epoch had been accepted before. */
  | { readonly type: 'ACKEPOCH'; readonly zxid: Zxid; readonly currentEpoch: Epoch }
  | { readonly type: 'DIFF' | 'TRUNC' | 'SNAP'; readonly zxid: Zxid }
  /** The stream behind SNAP, record by record. */
  | { readonly type: 'DATABASE'; readonly zxid: Zxid; readonly record: SnapshotRecord }
  | { readonly type: 'NEWLEADER'; readonly zxid: Zxid; readonly config: string }
  | { readonly type: 'UPTODATE'; readonly zxid: Zxid }
  | { readonly type: 'PROPOSAL' | 'INFORM'; readonly zxid: Zxid; readonly txn: Txn }
  | { readonly type: 'ACK' | 'COMMIT' | 'SYNC'; readonly zxid: Zxid }
  /** A learner answers with the sessions touched since the last ping, and their timeouts in milliseconds. */
  | {
      readonly type: 'PING'
      readonly zxid: Zxid
      readonly touched: readonly (readonly [SessionId, number])[] | null
    }
  | {
      readonly type: 'REVALIDATE'
      readonly zxid: Zxid
      readonly sessionId: SessionId
      readonly timeout: number
    }
  | {
      readonly type: 'REVALIDATED'
      readonly zxid: Zxid
      readonly sessionId: SessionId
      readonly valid: boolean
    }
  | {
      readonly type: 'REQUEST'
      readonly zxid: Zxid
      readonly sessionId: SessionId
      readonly cxid: number
      readonly op: Operation
    }

/** A request's body. Java: the records of the jute module `proto`. */
export type Operation =
  | { readonly type: 'create'; readonly path: string; readonly data: Bytes | null; readonly mode: CreateMode }
  | { readonly type: 'delete'; readonly path: string; readonly version: number }
  | { readonly type: 'setData'; readonly path: string; readonly data: Bytes | null; readonly version: number }
  | { readonly type: 'exists'; readonly path: string }
  | { readonly type: 'getData'; readonly path: string }
  | { readonly type: 'getChildren'; readonly path: string }
  | { readonly type: 'sync'; readonly path: string }
  | { readonly type: 'ping' }
  | { readonly type: 'createSession'; readonly timeout: number }
  | { readonly type: 'closeSession' }

/** Stat as clients see it. Java: the jute record Stat. */
export interface Stat {
  readonly czxid: Zxid
  readonly mzxid: Zxid
  readonly ctime: number
  readonly mtime: number
  readonly version: number
  /** `2 * creations - numChildren`, as the real server shows it. */
  readonly cversion: number
  readonly aversion: number
  readonly ephemeralOwner: SessionId
  readonly dataLength: number
  readonly numChildren: number
  readonly pzxid: Zxid
}

/** A reply's body, by operation. */
export type Result =
  | { readonly type: 'create'; readonly path: string }
  | { readonly type: 'exists' | 'setData'; readonly stat: Stat }
  | { readonly type: 'getData'; readonly data: Bytes | null; readonly stat: Stat }
  | { readonly type: 'getChildren'; readonly children: readonly string[]; readonly stat: Stat }
  | { readonly type: 'sync'; readonly path: string }

/** What client and server say to each other. */
export type ClientPacket =
  | {
      readonly type: 'CONNECT'
      readonly lastZxidSeen: Zxid
      /** Milliseconds. */
      readonly timeout: number
      readonly sessionId: SessionId
      readonly password: Bytes
    }
  /** `timeout` 0 says that the session is no more. */
  | {
      readonly type: 'CONNECTED'
      readonly timeout: number
      readonly sessionId: SessionId
      readonly password: Bytes
    }
  | { readonly type: 'CLIENTREQUEST'; readonly xid: number; readonly op: Operation }
  | {
      readonly type: 'REPLY'
      readonly xid: number
      /** The server's lastProcessedZxid when it answered. */
      readonly zxid: Zxid
      /** 0 or a code of KeeperException. */
      readonly err: number
      readonly result: Result | null
    }

/** Everything that travels; frozen all the way down. */
export type Packet = ElectionPacket | QuorumPacket | ClientPacket
export type PacketType = Packet['type']

/** The packet of one type. */
export type PacketOf<T extends PacketType> = Packet & { readonly type: T }

/** The xid of a ping and of its reply. */
export const PING_XID = -2
