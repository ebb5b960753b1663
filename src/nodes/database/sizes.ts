import { type AclList, OPEN_ACL_UNSAFE, sameAcl } from '../acl.ts'
import type { SnapshotNode, SnapshotRecord } from '../diskRecords.ts'
import { QUOTA } from './quotas.ts'
import type { Bytes, Created, Txn, TxnBody } from './txns.ts'

/**
 * How many bytes things take in ZooKeeper's files. Whether a learner is brought up to date from the log or by a
 * snapshot depends on it. Java: FileTxnLog, FilePadding, FileSnap, and the jute records they write.
 */

const INT = 4
const LONG = 8
/** Magic, version, dbid: both kinds of file begin so. Java: FileHeader */
const FILE_HEADER = INT + INT + LONG
/** clientId, cxid, zxid, time, type. Java: TxnHeader */
const TXN_HEADER = LONG + INT + LONG + LONG + INT
/** version, treeDigest. Java: TxnDigest */
const TXN_DIGEST = INT + LONG
/** Checksum and length before an entry, the letter B behind it. */
const ENTRY_FRAME = LONG + INT + 1
const STAT_PERSISTED = 6 * LONG + 3 * INT
/** A checksum and a string `/`. Java: SnapStream.sealStream */
const SEAL = LONG + INT + 1
/** Within so many bytes of its end a log file grows. */
const PADDING_MARGIN = 4_096

/** What a transaction takes in a log file. */
export function txnSize(txn: Txn): number {
  return ENTRY_FRAME + TXN_HEADER + bodySize(txn.body) + TXN_DIGEST
}

/** The length of a log file with these transactions, preallocation included. Java: FilePadding.padFile */
export function logFileLength(txns: Iterable<Txn>, preAllocSize: number): number {
  let position = FILE_HEADER
  let length = position
  for (const txn of txns) {
    if (preAllocSize > 0 && position + PADDING_MARGIN >= length) {
      if (position > length) {
        length = position + preAllocSize
        length -= length % preAllocSize
      } else {
        length += preAllocSize
      }
    }
    position += txnSize(txn)
  }
  return Math.max(position, length)
}

/** The length of a log file cut behind these transactions: TRUNC takes the padding away. */
export function cutLogFileLength(txns: Iterable<Txn>): number {
  let length = FILE_HEADER
  for (const txn of txns) length += txnSize(txn)
  return length
}

/** The length of a snapshot file with these records. */
export function snapshotFileLength(records: Iterable<SnapshotRecord>): number {
  let length = FILE_HEADER + INT + INT
  const acls = new AclTable()
  for (const record of records) {
    switch (record.kind) {
      case 'snapshotHeader':
        length += record.sessions.length * (LONG + INT)
        break
      case 'snapshotNodes':
        for (const node of record.nodes) {
          const { path, data } = node
          length += textSize(path === '/' ? '' : path) + bytesSize(data) + LONG + STAT_PERSISTED
          if (!standsForItself(node)) acls.add(node.acl)
        }
        break
      case 'snapshotEnd':
        // End mark; digest of the tree at its zxid; lastProcessedZxid.
        length += INT + 1 + SEAL + (LONG + INT + LONG + SEAL) + (LONG + SEAL)
    }
  }
  return length + acls.size
}

/** A node that every tree begins with, whose access control nobody set: its number means the open list. */
function standsForItself({ path, acl, stat }: SnapshotNode): boolean {
  return (
    sameAcl(acl, OPEN_ACL_UNSAFE) &&
    stat.aversion === 0 &&
    (path === '/' || path === '/zookeeper' || path === QUOTA)
  )
}

/** The access control lists of a snapshot, each once. Java: ReferenceCountedACLCache.serialize */
class AclTable {
  /** In bytes. */
  size = 0
  private readonly lists = new Set<AclList>()
  private readonly texts = new Set<string>()

  add(acl: AclList): void {
    if (this.lists.has(acl)) return
    this.lists.add(acl)
    const text = JSON.stringify(acl.map(({ perms, scheme, id }) => [perms, scheme, id]))
    if (this.texts.has(text)) return
    this.texts.add(text)
    this.size += LONG + aclSize(acl)
  }
}

function bodySize(body: TxnBody): number {
  switch (body.type) {
    case 'create':
    case 'create2':
      return creationSize(body) + 1
    case 'createContainer':
      return creationSize(body)
    case 'createTTL':
      return creationSize(body) + LONG
    case 'delete':
      return textSize(body.path)
    case 'deleteContainer':
      return textSize(body.path)
    case 'setData':
    case 'reconfig':
      return textSize(body.path) + bytesSize(body.data) + INT
    case 'check':
      return textSize(body.path) + INT
    case 'setACL':
      return textSize(body.path) + aclSize(body.acl) + INT
    case 'multi': {
      let size = INT
      for (const txn of body.txns) size += INT + INT + bodySize(txn)
      return size
    }
    case 'createSession':
    case 'error':
      return INT
    case 'closeSession': {
      let size = INT
      for (const path of body.paths) size += textSize(path)
      return size
    }
  }
}

/** Path, data, access control list, parentCVersion. */
function creationSize(body: Created): number {
  return textSize(body.path) + bytesSize(body.data) + aclSize(body.acl) + INT
}

export function aclSize(acl: AclList): number {
  let size = INT
  for (const { scheme, id } of acl) size += INT + textSize(scheme) + textSize(id)
  return size
}

export function bytesSize(bytes: Bytes | null): number {
  return INT + (bytes === null ? 0 : bytes.length)
}

/** jute encodes each UTF-16 unit by itself. */
export function textSize(text: string): number {
  let size = INT
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i)
    size += unit < 0x80 ? 1 : unit < 0x800 ? 2 : 3
  }
  return size
}
