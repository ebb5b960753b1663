import { isUtf8 } from 'node:buffer'
import { AssertionFailed } from '../../base/assert.ts'
import type { CreateMode, TxnBody } from '../database/txns.ts'
import type { DiskRecord, SnapshotNode, SnapshotRecord, StatPersisted } from '../diskRecords.ts'
import type { PortName } from '../Host.ts'
import type { Operation, Packet, Result, ServerState, Stat } from '../packets.ts'
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
const createMode: Shape<CreateMode> = oneOf({
  persistent: true,
  ephemeral: true,
  persistentSequential: true,
  ephemeralSequential: true,
})

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
  stat: statPersisted,
})

const txnBody: Shape<TxnBody> = tagged<TxnBody, 'type'>('type', {
  create: { path: text, data: orNull(bytes), ephemeral: flag, parentCVersion: integer },
  delete: { path: text },
  setData: { path: text, data: orNull(bytes), version: integer },
  createSession: { timeout: integer },
  closeSession: { paths: list(text) },
  error: { err: integer },
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
})

const operation: Shape<Operation> = tagged<Operation, 'type'>('type', {
  create: { path: text, data: orNull(bytes), mode: createMode },
  delete: { path: text, version: integer },
  setData: { path: text, data: orNull(bytes), version: integer },
  exists: { path: text },
  getData: { path: text },
  getChildren: { path: text },
  sync: { path: text },
  ping: {},
  createSession: { timeout: integer },
  closeSession: {},
})

const result: Shape<Result> = tagged<Result, 'type'>('type', {
  create: { path: text },
  exists: { stat },
  setData: { stat },
  getData: { data: orNull(bytes), stat },
  getChildren: { children: list(text), stat },
  sync: { path: text },
})

const txnRecord = tagged<DiskRecord & { readonly kind: 'txn' }, 'kind'>('kind', { txn })
const position = { zxid: integer }
const learnerInfo = { zxid: integer, sid: integer, configVersion: integer }
const connection = { timeout: integer, sessionId: text, password: bytes }

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
  ACK: position,
  COMMIT: position,
  SYNC: position,
  PING: { zxid: integer, touched: orNull(list(pair(text, integer))) },
  REVALIDATE: { zxid: integer, sessionId: text, timeout: integer },
  REVALIDATED: { zxid: integer, sessionId: text, valid: flag },
  REQUEST: { zxid: integer, sessionId: text, cxid: integer, op: operation },
  CONNECT: { lastZxidSeen: integer, ...connection },
  CONNECTED: connection,
  CLIENTREQUEST: { xid: integer, op: operation },
  REPLY: { xid: integer, zxid: integer, err: integer, result: orNull(result) },
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
