import { type Bytes, NO_SESSION, type SessionId } from '../database/txns.ts'
import type { Sid } from '../zxid.ts'

/**
 * Session ids and passwords. Ids are signed 64-bit integers in ZooKeeper; they are bigints here only while
 * they are made, and hexadecimal strings ever after.
 *
 * Java: SessionTrackerImpl.initializeNextSessionId, ZooKeeperServer.generatePasswd
 */

/** Not used as a session id: it marks containers. Java: EphemeralType.CONTAINER_EPHEMERAL_OWNER */
const CONTAINER_OWNER = 1n << 63n

/** Java: ZooKeeperServer.superSecret. Public, as every copy of ZooKeeper has the same. */
const SUPER_SECRET = 0xb3415c00n

const PASSWORD_LENGTH = 16

const SESSION_ID = /^0x[0-9a-f]{1,16}$/

/**
 * The first id of a server: its own id in the high byte, then 40 bits of a clock in milliseconds, then 16
 * zeros.
 */
export function initializeNextSessionId(serverId: Sid, nowMs: number): bigint {
  const time = (BigInt(nowMs) & 0xff_ffff_ffffn) << 16n
  const id = BigInt.asUintN(64, (BigInt(serverId) << 56n) | time)
  return id === CONTAINER_OWNER ? id + 1n : id
}

export function printSessionId(id: bigint): SessionId {
  return `0x${BigInt.asUintN(64, id).toString(16)}`
}

/** The server that made an id; what it is worth as a signed byte. Java: LeaderSessionTracker.getServerIdFromSessionId */
export function serverOfSession(sessionId: SessionId): Sid {
  return Number(BigInt.asIntN(64, BigInt(sessionId)) >> 56n)
}

/**
 * The password of a session. There is no secret in it: whoever knows the id can compute it, as in ZooKeeper.
 */
export function generatePasswd(sessionId: SessionId): Bytes {
  const random = new JavaRandom(BigInt(sessionId) ^ SUPER_SECRET)
  let password = ''
  while (password.length < PASSWORD_LENGTH) {
    const word = random.nextInt()
    password += String.fromCharCode(word & 0xff, (word >>> 8) & 0xff, (word >>> 16) & 0xff, word >>> 24)
  }
  return password
}

/** Whatever a client says its session's id is. */
export function checkPasswd(sessionId: string, password: Bytes): boolean {
  return SESSION_ID.test(sessionId) && sessionId !== NO_SESSION && password === generatePasswd(sessionId)
}

/** The 48-bit linear congruential generator whose parameters the documentation of java.util.Random fixes. */
class JavaRandom {
  private state: bigint

  constructor(seed: bigint) {
    this.state = (seed ^ 0x5deece66dn) & 0xffff_ffff_ffffn
  }

  /** The next 32 bits, unsigned. */
  nextInt(): number {
    this.state = (this.state * 0x5deece66dn + 0xbn) & 0xffff_ffff_ffffn
    return Number(this.state >> 16n)
  }
}
