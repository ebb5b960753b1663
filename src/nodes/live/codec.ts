import { isUtf8 } from 'node:buffer'
import { AssertionFailed } from '../../base/assert.ts'
import type { ACL, Id } from '../acl.ts'
import type { SubTxn, TxnBody } from '../database/txns.ts'
import type { DiskRecord, SnapshotNode, SnapshotRecord, StatPersisted } from '../diskRecords.ts'
import type { PortName } from '../Host.ts'
import type {
  MultiRead,
  MultiWrite,
  Operation,
  OpResult,
  Packet,
  Result,
  ServerState,
  Stat,
  WatchEventType,
} from '../packets.ts'
import { frame } from './frames.ts'
import { Malformed } from './Malformed.ts'
import {
  bytes,
  flag,
  integer,
  list,
  oneOf,
  orNull,
  pair,
  record,
  type Shape,
  tagged,
  text,
} from './shapes.ts'

/**
 * Packets and disk records as frames of JSON.
 *
 * Java: the jute modules `quorum`, `proto` and `txn`. This is not ZooKeeper's wire format, only an exact one: numbers are
 * safe integers, strings come back character by character (lone surrogates too), null stays null. What is decoded has
 * the shape its type says and is frozen all the way down.
 */

/** The first frame on a connection: who dials, and whom it means to reach. */
export interface Hello {
  readonly hello: 'zksim/1'
  readonly from: string
  readonly to: string
  readonly port: PortName
}

const portName: Shape<PortName> = oneOf({ election: true, quorum: true, client: true })
const serverState: Shape<ServerState> = oneOf({
  LOOKING: true,
  FOLLOWING: true,
  LEADING: true,
  OBSERVING: true,
})
const watchEventType: Shape<WatchEventType> = oneOf({
  NodeCreated: true,
  NodeDeleted: true,
  NodeDataChanged: true,
  NodeChildrenChanged: true,
})

const acl = list(record<ACL>({ perms: integer, scheme: text, id: text }))
const ids = list(record<Id>({ scheme: text, id: text }))

const hello: Shape<Hello> = record<Hello>({
  hello: oneOf({ 'zksim/1': true }),
  from: text,
  to: text,
  port: portName,
})

const stat: Shape<Stat> = record<Stat>({
  czxid: integer,
  mzxid: integer,
  ctime: integer,
  mtime: integer,
  version: integer,
  cversion: integer,
  aversion: integer,
  ephemeralOwner: text,
  dataLength: integer,
  numChildren: integer,
  pzxid: integer,
})

const statPersisted: Shape<StatPersisted> = record<StatPersisted>({
  czxid: integer,
  mzxid: integer,
  pzxid: integer,
  ctime: integer,
  mtime: integer,
  version: integer,
  cversion: integer,
  aversion: integer,
  ephemeralOwner: text,
})

const snapshotNode: Shape<SnapshotNode> = record<SnapshotNode>({
  path: text,
  data: orNull(bytes),
  acl,
  stat: statPersisted,
})

const created = { path: text, data: orNull(bytes), acl, parentCVersion: integer }
const subTxnCases = {
  create: { ...created, ephemeral: flag },
  create2: { ...created, ephemeral: flag },
  createContainer: created,
  createTTL: { ...created, ttl: integer },
  delete: { path: text },
  setData: { path: text, data: orNull(bytes), version: integer },
  check: { path: text, version: integer },
  error: { err: integer },
}

const txnBody: Shape<TxnBody> = tagged<TxnBody, 'type'>('type', {
  ...subTxnCases,
  deleteContainer: { path: text },
  reconfig: { path: text, data: bytes, version: integer },
  setACL: { path: text, acl, version: integer },
  multi: { txns: list(tagged<SubTxn, 'type'>('type', subTxnCases)) },
  createSession: { timeout: integer },
  closeSession: { paths: list(text) },
})

const txn = { zxid: integer, sessionId: text, cxid: integer, time: integer, body: txnBody }
const snapshotCases = {
  snapshotHeader: { zxid: integer, sessions: list(pair(text, integer)) },
  snapshotNodes: { nodes: list(snapshotNode) },
  snapshotEnd: {},
}

const snapshotRecord: Shape<SnapshotRecord> = tagged<SnapshotRecord, 'kind'>('kind', snapshotCases)

const diskRecord: Shape<DiskRecord> = tagged<DiskRecord, 'kind'>('kind', {
  ...snapshotCases,
  txn,
  epoch: { epoch: integer },
  config: { text },
})

const creation = { path: text, data: orNull(bytes), acl: orNull(acl), flags: integer }
const multiWriteCases = {
  create: creation,
  create2: creation,
  createContainer: creation,
  createTTL: { ...creation, ttl: integer },
  delete: { path: text, version: integer },
  setData: { path: text, data: orNull(bytes), version: integer },
  check: { path: text, version: integer },
}
const watchLists = { relativeZxid: integer, data: list(text), exist: list(text), child: list(text) }

const operation: Shape<Operation> = tagged<Operation, 'type'>('type', {
  ...multiWriteCases,
  deleteContainer: { path: text },
  setACL: { path: text, acl: orNull(acl), version: integer },
  multi: { ops: list(tagged<MultiWrite, 'type'>('type', multiWriteCases)) },
  multiRead: {
    ops: list(tagged<MultiRead, 'type'>('type', { getData: { path: text }, getChildren: { path: text } })),
  },
  reconfig: {
    joiningServers: orNull(text),
    leavingServers: orNull(text),
    newMembers: orNull(text),
    curConfigId: integer,
  },
  exists: { path: text, watch: flag },
  getData: { path: text, watch: flag },
  getChildren: { path: text, watch: flag },
  getChildren2: { path: text, watch: flag },
  getACL: { path: text },
  getAllChildrenNumber: { path: text },
  getEphemerals: { prefixPath: text },
  sync: { path: orNull(text) },
  addWatch: { path: text, mode: integer },
  checkWatches: { path: text, watcherType: integer },
  removeWatches: { path: text, watcherType: integer },
  setWatches: watchLists,
  setWatches2: { ...watchLists, persistent: list(text), persistentRecursive: list(text) },
  auth: { scheme: text, auth: bytes },
  whoAmI: {},
  ping: {},
  closeSession: {},
  createSession: { timeout: integer },
  raw: { opcode: integer, body: bytes },
  unparsable: { opcode: integer, err: integer },
})

const opResult: Shape<OpResult> = tagged<OpResult, 'type'>('type', {
  create: { path: text, stat: orNull(stat) },
  setData: { stat },
  delete: {},
  check: {},
  getData: { data: orNull(bytes), stat },
  getChildren: { children: list(text) },
  error: { err: integer },
})

const result: Shape<Result> = tagged<Result, 'type'>('type', {
  create: { path: text },
  create2: { path: text, stat },
  createContainer: { path: text, stat },
  createTTL: { path: text, stat },
  exists: { stat },
  setData: { stat },
  setACL: { stat },
  getData: { data: orNull(bytes), stat },
  reconfig: { data: orNull(bytes), stat },
  getChildren: { children: list(text) },
  getChildren2: { children: list(text), stat },
  getACL: { acl, stat },
  getAllChildrenNumber: { totalNumber: integer },
  getEphemerals: { ephemerals: list(text) },
  multi: { results: list(opResult) },
  multiRead: { results: list(opResult) },
  sync: { path: orNull(text) },
  addWatch: {},
  whoAmI: { clientInfo: ids },
})

const txnRecord = tagged<DiskRecord & { readonly kind: 'txn' }, 'kind'>('kind', { txn })
const position = { zxid: integer }
const learnerInfo = { zxid: integer, sid: integer, configVersion: integer }
const connection = { timeout: integer, sessionId: text, password: bytes, readOnly: flag }

const packet: Shape<Packet> = tagged<Packet, 'type'>('type', {
  INITIALMESSAGE: { sid: integer },
  NOTIFICATION: {
    state: serverState,
    leader: integer,
    zxid: integer,
    electionEpoch: integer,
    peerEpoch: integer,
    config: text,
  },
  FOLLOWERINFO: learnerInfo,
  OBSERVERINFO: learnerInfo,
  LEADERINFO: position,
  ACKEPOCH: { zxid: integer, currentEpoch: integer },
  DIFF: position,
  TRUNC: position,
  SNAP: position,
  DATABASE: { zxid: integer, record: snapshotRecord },
  NEWLEADER: { zxid: integer, config: text },
  UPTODATE: position,
  PROPOSAL: { zxid: integer, txn: txnRecord },
  INFORM: { zxid: integer, txn: txnRecord },
  COMMITANDACTIVATE: { zxid: integer, designatedLeader: integer },
  INFORMANDACTIVATE: { zxid: integer, designatedLeader: integer, txn: txnRecord },
  ACK: position,
  COMMIT: position,
  SYNC: position,
  PING: { zxid: integer, touched: orNull(list(pair(text, integer))) },
  REVALIDATE: { zxid: integer, sessionId: text, timeout: integer },
  REVALIDATED: { zxid: integer, sessionId: text, valid: flag },
  REQUEST: { zxid: integer, sessionId: text, cxid: integer, op: operation, authInfo: ids },
  CONNECT: { lastZxidSeen: integer, ...connection },
  CONNECTED: connection,
  CLIENTREQUEST: { xid: integer, op: operation },
  REPLY: { xid: integer, zxid: integer, err: integer, result: orNull(result) },
  WATCHEREVENT: { zxid: integer, event: watchEventType, path: text },
  COMMAND: { word: text },
  COMMANDANSWER: { text },
})

/** A frame with a packet. */
export function encodePacket(value: Packet): Buffer {
  return encode(packet, value)
}

/**
 * The packet in a frame's payload. `offset` is where the frame stands in its stream.
 *
 * @throws Malformed
 */
export function decodePacket(payload: Buffer, offset: number): Packet {
  return decode(packet, payload, offset)
}

/** A frame with a disk record. */
export function encodeRecord(value: DiskRecord): Buffer {
  return encode(diskRecord, value)
}

/** @throws Malformed */
export function decodeRecord(payload: Buffer, offset: number): DiskRecord {
  return decode(diskRecord, payload, offset)
}

/** A frame with a greeting. */
export function encodeHello(from: string, to: string, port: PortName): Buffer {
  return encode<Hello>(hello, { hello: 'zksim/1', from, to, port })
}

/** @throws Malformed */
export function decodeHello(payload: Buffer, offset: number): Hello {
  return decode(hello, payload, offset)
}

function encode<T>(shape: Shape<T>, value: T): Buffer {
  const wrong = shape(value)
  if (wrong !== null) throw new AssertionFailed(`only values of their exact type are encoded: value${wrong}`)
  return frame(Buffer.from(JSON.stringify(value), 'utf8'))
}

function decode<T>(shape: Shape<T>, payload: Buffer, offset: number): T {
  // Decoding would put U+FFFD in the place of what it cannot read.
  if (!isUtf8(payload)) throw new Malformed(offset, 'not UTF-8')
  let value: unknown
  try {
    value = JSON.parse(payload.toString('utf8'))
  } catch (error) {
    throw new Malformed(offset, `not JSON: ${(error as Error).message}`)
  }
  const wrong = shape(value)
  if (wrong !== null) throw new Malformed(offset, `not of its shape: value${wrong}`)
  return value as T
}
