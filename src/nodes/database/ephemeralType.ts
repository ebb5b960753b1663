import type { CreateMode } from '../createFlags.ts'
import { NO_SESSION, type SessionId } from './txns.ts'

/**
 * What kind of node an `ephemeralOwner` tells of. Containers and nodes with a time to live have one that is no session's
 * id. Java: EphemeralType, whose TTL only servers with extendedTypesEnabled recognise
 */
export type EphemeralType = 'void' | 'normal' | 'container' | 'ttl'

/** The owner of every container: the smallest long. */
export const CONTAINER_OWNER: SessionId = '0x8000000000000000'

/** Milliseconds; 40 bits. Java: EphemeralType.TTL.maxValue */
export const MAX_TTL = 0xff_ffff_ffff

/** All bits of the server's id, and none of the 16 that are reserved. */
const TTL_PREFIX = '0xff0000'
const TTL_DIGITS = 10

/** The owner of a node that lives `ttl` milliseconds. */
export function ttlOwner(ttl: number): SessionId {
  return TTL_PREFIX + ttl.toString(16).padStart(TTL_DIGITS, '0')
}

export function ephemeralTypeOf(owner: SessionId): EphemeralType {
  if (owner === NO_SESSION) return 'void'
  if (owner === CONTAINER_OWNER) return 'container'
  return owner.length === TTL_PREFIX.length + TTL_DIGITS && owner.startsWith(TTL_PREFIX) ? 'ttl' : 'normal'
}

/** Whether a create with these flags may ask for this time; it asks for -1 where it asks for none. Java: validateTTL */
export function isValidTtl(mode: CreateMode, ttl: number): boolean {
  return isTtlMode(mode) ? ttl > 0 && ttl <= MAX_TTL : ttl < 0
}

export function isTtlMode(mode: CreateMode | undefined): boolean {
  return mode === 'persistentTTL' || mode === 'persistentSequentialTTL'
}

/** Of an owner whose type is `ttl`: how long its node lives, in milliseconds. */
export function ttlOf(owner: SessionId): number {
  return Number.parseInt(owner.slice(TTL_PREFIX.length), 16)
}
