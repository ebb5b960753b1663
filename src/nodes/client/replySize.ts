import type { PacketOf, Result } from '../packets.ts'

const INT = 4
/** xid, zxid, err. Java: ReplyHeader */
const HEADER = INT + 8 + INT
/** Java: the jute record Stat */
const STAT = 6 * 8 + 5 * INT
/** type, done, err. Java: MultiHeader */
const MULTI_HEADER = INT + 1 + INT

/**
 * How many bytes a reply takes on the wire, as far as it can grow: nothing that fits a request is counted exactly, and
 * names have a byte a character.
 */
export function replySize(reply: PacketOf<'REPLY'>): number {
  return HEADER + (reply.result === null ? 0 : resultSize(reply.result))
}

function resultSize(result: Result): number {
  switch (result.type) {
    case 'getData':
    case 'reconfig':
      return INT + (result.data?.length ?? 0) + STAT
    case 'getChildren':
      return namesSize(result.children)
    case 'getChildren2':
      return namesSize(result.children) + STAT
    case 'getEphemerals':
      return namesSize(result.ephemerals)
    case 'multi':
    case 'multiRead': {
      let size = MULTI_HEADER
      for (const one of result.results) {
        size += MULTI_HEADER
        if (one.type === 'getData') size += INT + (one.data?.length ?? 0) + STAT
        else if (one.type === 'getChildren') size += namesSize(one.children)
      }
      return size
    }
    default:
      return 0
  }
}

function namesSize(names: readonly string[]): number {
  let size = INT
  for (const name of names) size += INT + name.length
  return size
}
