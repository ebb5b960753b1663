import { type AclList, OPEN_ACL_UNSAFE, sameAcl } from '../acl.ts'
import type { StatPersisted } from '../diskRecords.ts'
import type { Stat } from '../packets.ts'
import type { Zxid } from '../zxid.ts'
import { CRC_START, crcOfBytes, crcOfInt, crcOfLong, crcOfText, crcValue } from './crc32.ts'
import { ephemeralTypeOf } from './ephemeralType.ts'
import { type HashTrie, hashOf } from './HashTrie.ts'
import { type Bytes, NO_SESSION, type SessionId } from './txns.ts'

/**
 * A node of the tree: data, access control list, stat and the names of its children; frozen. Java: DataNode.
 *
 * A node knows its digests (Java caches DataNode.digest as well). The costly half of each, path and data, is kept
 * apart, so that what happens most, a parent's stat moving, hashes sixty bytes.
 *
 * Nodes are built field by field: an immer recipe for the same edit takes about forty times as long, and every write
 * of every peer comes through here.
 */
export class ZNode {
  readonly data: Bytes | null
  /** Where anybody may do anything, the very OPEN_ACL_UNSAFE. Java: an index into the ReferenceCountedACLCache */
  readonly acl: AclList
  readonly stat: StatPersisted
  /** The names of the children, as the keys of a map. */
  readonly children: HashTrie<true>
  /** This node's part of ZooKeeper's tree digest: 32 bits, 0 below /zookeeper/. Java: DigestCalculator, version 2 */
  readonly digest: number
  /** 32 bits over the same fields and the access control list by an unrelated function, without exceptions. */
  readonly fingerprint: number
  /** The state of the CRC behind path and data, which the access control list does not enter; `NOT_COUNTED` where the digest leaves this node out. */
  private readonly contentCrc: number
  private readonly contentHash: number

  private constructor(
    data: Bytes | null,
    acl: AclList,
    stat: StatPersisted,
    children: HashTrie<true>,
    contentCrc: number,
    contentHash: number,
  ) {
    this.data = data
    this.acl = acl
    this.stat = stat
    this.children = children
    this.digest = contentCrc === NOT_COUNTED ? 0 : crcValue(crcOfStat(contentCrc, stat))
    this.fingerprint = hashOfStat(contentHash, stat)
    this.contentCrc = contentCrc
    this.contentHash = contentHash
    Object.freeze(this)
  }

  static make(
    path: string,
    data: Bytes | null,
    acl: AclList,
    stat: StatPersisted,
    children: HashTrie<true>,
  ): ZNode {
    const list = sameAcl(acl, OPEN_ACL_UNSAFE) ? OPEN_ACL_UNSAFE : acl
    return new ZNode(data, list, stat, children, crcOfContent(path, data), hashOfContent(path, data, list))
  }

  withData(path: string, data: Bytes | null, stat: StatPersisted): ZNode {
    return ZNode.make(path, data, this.acl, stat, this.children)
  }

  withAcl(path: string, acl: AclList, stat: StatPersisted): ZNode {
    return ZNode.make(path, this.data, acl, stat, this.children)
  }

  withChildren(stat: StatPersisted, children: HashTrie<true>): ZNode {
    return new ZNode(this.data, this.acl, stat, children, this.contentCrc, this.contentHash)
  }
}

const NOT_COUNTED = Number.MAX_SAFE_INTEGER
const TWO_32 = 0x1_0000_0000

/** The stat of a node that no transaction made. */
export const ZERO_STAT: StatPersisted = newStat(0, 0, NO_SESSION)

/** The stat of a node as a create makes it. Java: DataTree.createStat */
export function newStat(zxid: Zxid, time: number, ephemeralOwner: SessionId): StatPersisted {
  return Object.freeze({
    czxid: zxid,
    mzxid: zxid,
    pzxid: zxid,
    ctime: time,
    mtime: time,
    version: 0,
    cversion: 0,
    aversion: 0,
    ephemeralOwner,
  })
}

/** What a setData leaves of a stat. */
export function statAfterSetData(
  stat: StatPersisted,
  zxid: Zxid,
  time: number,
  version: number,
): StatPersisted {
  return Object.freeze({
    czxid: stat.czxid,
    mzxid: zxid,
    pzxid: stat.pzxid,
    ctime: stat.ctime,
    mtime: time,
    version,
    cversion: stat.cversion,
    aversion: stat.aversion,
    ephemeralOwner: stat.ephemeralOwner,
  })
}

/** What a setACL leaves of a stat. */
export function statAfterSetACL(stat: StatPersisted, aversion: number): StatPersisted {
  return Object.freeze({
    czxid: stat.czxid,
    mzxid: stat.mzxid,
    pzxid: stat.pzxid,
    ctime: stat.ctime,
    mtime: stat.mtime,
    version: stat.version,
    cversion: stat.cversion,
    aversion,
    ephemeralOwner: stat.ephemeralOwner,
  })
}

/** What a change of its children leaves of a stat. */
export function statAfterChildChange(stat: StatPersisted, cversion: number, pzxid: Zxid): StatPersisted {
  return Object.freeze({
    czxid: stat.czxid,
    mzxid: stat.mzxid,
    pzxid,
    ctime: stat.ctime,
    mtime: stat.mtime,
    version: stat.version,
    cversion,
    aversion: stat.aversion,
    ephemeralOwner: stat.ephemeralOwner,
  })
}

/** Stat as clients see it. Java: DataNode.copyStat */
export function statOf(node: ZNode): Stat {
  const { data, stat, children } = node
  return Object.freeze({
    czxid: stat.czxid,
    mzxid: stat.mzxid,
    ctime: stat.ctime,
    mtime: stat.mtime,
    version: stat.version,
    // Stored is how many were created; what clients see counts each creation and each deletion.
    cversion: stat.cversion * 2 - children.size,
    aversion: stat.aversion,
    ephemeralOwner: ephemeralTypeOf(stat.ephemeralOwner) === 'normal' ? stat.ephemeralOwner : NO_SESSION,
    dataLength: data === null ? 0 : data.length,
    numChildren: children.size,
    pzxid: stat.pzxid,
  })
}

/** Whether two nodes agree in every field, whoever made them. */
export function sameNode(a: ZNode, b: ZNode): boolean {
  return (
    a.data === b.data &&
    sameAcl(a.acl, b.acl) &&
    sameStat(a.stat, b.stat) &&
    a.children.equals(b.children, alike)
  )
}

function sameStat(a: StatPersisted, b: StatPersisted): boolean {
  return (
    a.czxid === b.czxid &&
    a.mzxid === b.mzxid &&
    a.pzxid === b.pzxid &&
    a.ctime === b.ctime &&
    a.mtime === b.mtime &&
    a.version === b.version &&
    a.cversion === b.cversion &&
    a.aversion === b.aversion &&
    a.ephemeralOwner === b.ephemeralOwner
  )
}

function alike(): boolean {
  return true
}

function crcOfContent(path: string, data: Bytes | null): number {
  if (path.startsWith('/zookeeper/')) return NOT_COUNTED
  const crc = path === '/' ? CRC_START : crcOfText(CRC_START, path)
  return data === null ? crc : crcOfBytes(crc, data)
}

function crcOfStat(content: number, stat: StatPersisted): number {
  let crc = crcOfLong(content, stat.czxid)
  crc = crcOfLong(crc, stat.mzxid)
  crc = crcOfLong(crc, stat.pzxid)
  crc = crcOfLong(crc, stat.ctime)
  crc = crcOfLong(crc, stat.mtime)
  crc = crcOfInt(crc, stat.version)
  crc = crcOfInt(crc, stat.cversion)
  crc = crcOfInt(crc, stat.aversion)
  const owner = stat.ephemeralOwner
  return crcOfInt(crcOfInt(crc, highWord(owner)), lowWord(owner))
}

function hashOfContent(path: string, data: Bytes | null, acl: AclList): number {
  let hash = mix(hashOf(path), data === null ? -1 : hashOf(data))
  if (acl === OPEN_ACL_UNSAFE) return hash
  for (const { perms, scheme, id } of acl) hash = mix(mix(mix(hash, perms), hashOf(scheme)), hashOf(id))
  return mix(hash, acl.length)
}

function hashOfStat(content: number, stat: StatPersisted): number {
  let hash = mixLong(content, stat.czxid)
  hash = mixLong(hash, stat.mzxid)
  hash = mixLong(hash, stat.pzxid)
  hash = mixLong(hash, stat.ctime)
  hash = mixLong(hash, stat.mtime)
  hash = mix(hash, stat.version)
  hash = mix(hash, stat.cversion)
  hash = mix(hash, stat.aversion)
  const owner = stat.ephemeralOwner
  hash = mix(mix(hash, highWord(owner)), lowWord(owner))
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  return (hash ^ (hash >>> 13)) >>> 0
}

function mixLong(hash: number, long: number): number {
  const high = Math.floor(long / TWO_32)
  return mix(mix(hash, high | 0), (long - high * TWO_32) | 0)
}

/** A round of MurmurHash3. */
function mix(hash: number, word: number): number {
  let k = Math.imul(word, 0xcc9e2d51)
  k = Math.imul((k << 15) | (k >>> 17), 0x1b873593)
  const h = hash ^ k
  return (Math.imul((h << 13) | (h >>> 19), 5) + 0xe6546b64) | 0
}

function lowWord(id: SessionId): number {
  return id === NO_SESSION ? 0 : Number.parseInt(id.slice(Math.max(2, id.length - 8)), 16) | 0
}

function highWord(id: SessionId): number {
  return id.length <= 10 ? 0 : Number.parseInt(id.slice(2, id.length - 8), 16) | 0
}
