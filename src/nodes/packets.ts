import type { AclList, Id } from './acl.ts'
import type { Bytes, SessionId, Txn } from './database/txns.ts'
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
  /** A COMMIT of a reconfig, and who shall lead from here on. */
  | { readonly type: 'COMMITANDACTIVATE'; readonly zxid: Zxid; readonly designatedLeader: Sid }
  | {
      readonly type: 'INFORMANDACTIVATE'
      readonly zxid: Zxid
      readonly designatedLeader: Sid
      readonly txn: Txn
    }
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
      /** Who the client is, by all that it has proved. */
      readonly authInfo: readonly Id[]
    }

/** What the four operations that create a node have in common. Java: CreateRequest */
interface Creation {
  readonly path: string
  readonly data: Bytes | null
  /** Null is what a client may send, and is refused. */
  readonly acl: AclList | null
  /** Java: CreateMode.toFlag; see `createFlags`. Any integer may come. */
  readonly flags: number
}

/** Answers with the path; with path and Stat (create2, createContainer, createTTL). */
export type CreateOperation =
  | (Creation & { readonly type: 'create' | 'create2' | 'createContainer' })
  /** `ttl` in milliseconds. */
  | (Creation & { readonly type: 'createTTL'; readonly ttl: number })

/** A write that may stand in a multi. */
export type MultiWrite =
  | CreateOperation
  | { readonly type: 'delete'; readonly path: string; readonly version: number }
  | { readonly type: 'setData'; readonly path: string; readonly data: Bytes | null; readonly version: number }
  | { readonly type: 'check'; readonly path: string; readonly version: number }

/** A read that may stand in a multiRead. */
export interface MultiRead {
  readonly type: 'getData' | 'getChildren'
  readonly path: string
}

/** Watches to be set again after a reconnect. Java: SetWatches */
interface WatchLists {
  /** The last zxid the client has seen. */
  readonly relativeZxid: Zxid
  readonly data: readonly string[]
  readonly exist: readonly string[]
  readonly child: readonly string[]
}

/**
 * A request's body, by the names of ZooDefs.OpCode. Java: the records of the jute module `proto`.
 *
 * A version of -1 matches any.
 */
export type Operation =
  | MultiWrite
  /** What the container manager asks for. No client may. */
  | { readonly type: 'deleteContainer'; readonly path: string }
  | {
      readonly type: 'setACL'
      readonly path: string
      readonly acl: AclList | null
      /** Compared with aversion. */
      readonly version: number
    }
  | { readonly type: 'multi'; readonly ops: readonly MultiWrite[] }
  | { readonly type: 'multiRead'; readonly ops: readonly MultiRead[] }
  | {
      readonly type: 'reconfig'
      readonly joiningServers: string | null
      readonly leavingServers: string | null
      readonly newMembers: string | null
      /** The version of the configuration that is to be changed; -1 for any. */
      readonly curConfigId: number
    }
  | {
      readonly type: 'exists' | 'getData' | 'getChildren' | 'getChildren2'
      readonly path: string
      readonly watch: boolean
    }
  | { readonly type: 'getACL' | 'getAllChildrenNumber'; readonly path: string }
  /** Those of the session that asks, whose path begins so. */
  | { readonly type: 'getEphemerals'; readonly prefixPath: string }
  /** The path is only echoed. */
  | { readonly type: 'sync'; readonly path: string | null }
  /** `mode`: 0 persistent, 1 persistent and recursive. */
  | { readonly type: 'addWatch'; readonly path: string; readonly mode: number }
  /** `watcherType`: Java: Watcher.WatcherType */
  | {
      readonly type: 'checkWatches' | 'removeWatches'
      readonly path: string
      readonly watcherType: number
    }
  | (WatchLists & { readonly type: 'setWatches' })
  | (WatchLists & {
      readonly type: 'setWatches2'
      readonly persistent: readonly string[]
      readonly persistentRecursive: readonly string[]
    })
  | { readonly type: 'auth'; readonly scheme: string; readonly auth: Bytes }
  | { readonly type: 'whoAmI' | 'ping' | 'closeSession' }
  /** `timeout` in milliseconds. */
  | { readonly type: 'createSession'; readonly timeout: number }
  /** Bytes that a client sends as they are. The server's end of the connection decodes them, or finds that it cannot. */
  | { readonly type: 'raw'; readonly opcode: number; readonly body: Bytes }
  /** What a server makes of a body that does not parse: `err` is what it will answer. */
  | { readonly type: 'unparsable'; readonly opcode: number; readonly err: number }

export type OperationType = Operation['type']
export type OperationOf<T extends OperationType> = Operation & { readonly type: T }

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

/** What one operation of a multi or multiRead came to. Java: OpResult */
export type OpResult =
  /** `stat` is null for a plain create. */
  | { readonly type: 'create'; readonly path: string; readonly stat: Stat | null }
  | { readonly type: 'setData'; readonly stat: Stat }
  | { readonly type: 'delete' | 'check' }
  | { readonly type: 'getData'; readonly data: Bytes | null; readonly stat: Stat }
  | { readonly type: 'getChildren'; readonly children: readonly string[] }
  /** Of a failed multi, every result is one; 0 for those before the operation that failed. */
  | { readonly type: 'error'; readonly err: number }

/** A reply's body, by operation. */
export type Result =
  | { readonly type: 'create'; readonly path: string }
  | { readonly type: 'create2' | 'createContainer' | 'createTTL'; readonly path: string; readonly stat: Stat }
  | { readonly type: 'exists' | 'setData' | 'setACL'; readonly stat: Stat }
  | { readonly type: 'getData' | 'reconfig'; readonly data: Bytes | null; readonly stat: Stat }
  | { readonly type: 'getChildren'; readonly children: readonly string[] }
  | { readonly type: 'getChildren2'; readonly children: readonly string[]; readonly stat: Stat }
  | { readonly type: 'getACL'; readonly acl: AclList; readonly stat: Stat }
  | { readonly type: 'getAllChildrenNumber'; readonly totalNumber: number }
  | { readonly type: 'getEphemerals'; readonly ephemerals: readonly string[] }
  | { readonly type: 'multi' | 'multiRead'; readonly results: readonly OpResult[] }
  | { readonly type: 'sync'; readonly path: string | null }
  /** Java: an ErrorResponse of 0 */
  | { readonly type: 'addWatch' }
  | { readonly type: 'whoAmI'; readonly clientInfo: readonly Id[] }

export type ResultType = Result['type']
export type ResultOf<T extends ResultType> = Result & { readonly type: T }

/** What a server may tell a watcher. Java: Watcher.Event.EventType, less those the client makes itself. */
export type WatchEventType = 'NodeCreated' | 'NodeDeleted' | 'NodeDataChanged' | 'NodeChildrenChanged'

/** What client and server say to each other. */
export type ClientPacket =
  | {
      readonly type: 'CONNECT'
      readonly lastZxidSeen: Zxid
      /** Milliseconds. */
      readonly timeout: number
      readonly sessionId: SessionId
      readonly password: Bytes
      /** The client would make do with a server that only reads. */
      readonly readOnly: boolean
    }
  /** `timeout` 0 says that the session is no more. */
  | {
      readonly type: 'CONNECTED'
      readonly timeout: number
      readonly sessionId: SessionId
      readonly password: Bytes
      /** The server only reads. */
      readonly readOnly: boolean
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
  /** A watch has fired. `zxid` is that of the change, -1 where the server found it when watches were set again. */
  | {
      readonly type: 'WATCHEREVENT'
      readonly zxid: Zxid
      readonly event: WatchEventType
      readonly path: string
    }
  /** A four-letter word in place of a CONNECT, and its answer, behind which the server closes. */
  | { readonly type: 'COMMAND'; readonly word: string }
  | { readonly type: 'COMMANDANSWER'; readonly text: string }

/** Everything that travels; frozen all the way down. */
export type Packet = ElectionPacket | QuorumPacket | ClientPacket
export type PacketType = Packet['type']

/** The packet of one type. */
export type PacketOf<T extends PacketType> = Packet & { readonly type: T }

/** The xid of a ping and of its reply. */
export const PING_XID = -2
/** The xid of an auth packet and of its reply. */
export const AUTH_XID = -4
