import type { AclList } from '../../../nodes/acl.ts'
import { childPath } from '../../../nodes/database/DataTree.ts'
import type { Operation, Result, ResultOf } from '../../../nodes/packets.ts'
import type { CasePlayer } from './CasePlayer.ts'
import { ObservedStat } from './ObservedStat.ts'
import type { Observed } from './observed.ts'
import type { Session } from './Session.ts'
import { SUPER } from './servers.ts'
import { writeData, writeNamedAcl } from './values.ts'

/** Differs from server to server. */
const LEFT_OUT = '/zookeeper/config'

/** A node as recordings have it. */
export type ObservedNode = readonly [path: string, data: Observed, stat: ObservedStat, acl: Observed]

/** The whole tree, as a session that may read everything sees it: parents first, children in order. */
export function readTree(player: CasePlayer): readonly ObservedNode[] {
  const session = player.openSuper(SUPER)
  const nodes: ObservedNode[] = []
  readBelow('/', session, player, nodes)
  return nodes
}

function readBelow(path: string, session: Session, player: CasePlayer, into: ObservedNode[]): void {
  if (path === LEFT_OUT) return
  const read = ask(player, session, { type: 'getData', path, watch: false }, 'getData')
  const protection = ask(player, session, { type: 'getACL', path }, 'getACL')
  const below = ask(player, session, { type: 'getChildren', path, watch: false }, 'getChildren')
  if (read === null) return
  const acl: AclList = protection?.acl ?? []
  into.push([path, writeData(read.data), new ObservedStat(read.stat, player.owners), writeNamedAcl(acl)])
  const names = [...(below?.children ?? [])].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0))
  for (const name of names) readBelow(childPath(path, name), session, player, into)
}

function ask<T extends Result['type']>(
  player: CasePlayer,
  session: Session,
  op: Operation,
  type: T,
): ResultOf<T> | null {
  const result = player.call(session, Object.freeze(op))?.result ?? null
  return result !== null && result.type === type ? (result as ResultOf<T>) : null
}
