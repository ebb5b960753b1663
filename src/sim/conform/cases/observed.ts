import type { SessionId } from '../../../nodes/database/txns.ts'
import { keeperErrorName } from '../../../nodes/keeperErrors.ts'
import type { Operation, OpResult, Result, Stat } from '../../../nodes/packets.ts'
import type { Json } from '../reading.ts'
import type { Deed, SessionName } from './Case.ts'
import { ObservedStat } from './ObservedStat.ts'
import { writeAcl, writeData } from './values.ts'

/** As a recording would have it, but that stats have their zxids, not ranks. */
export type Observed = null | boolean | number | string | ObservedStat | readonly Observed[] | Json

/** By the names of the recordings. */
export type ObservedFields = Map<string, Observed>

/** Whose session an owner is. */
export type Owners = ReadonlyMap<SessionId, SessionName>

/** What a reply says; a client that asked in its own name leaves some of it unsaid. */
export function writeReply(deed: Deed, result: Result, owners: Owners, into: ObservedFields): void {
  const stat = (from: Stat) => into.set('st', new ObservedStat(from, owners))
  switch (result.type) {
    case 'create':
      into.set('p', result.path)
      return
    case 'create2':
    case 'createContainer':
    case 'createTTL':
      into.set('p', result.path)
      if (deed.op !== 'create' || deed.wantsStat || result.type === 'createTTL') stat(result.stat)
      return
    case 'exists':
    case 'setData':
    case 'setACL':
      stat(result.stat)
      return
    case 'getData':
      into.set('d', writeData(result.data))
      stat(result.stat)
      return
    case 'getChildren':
      into.set('ch', inOrder(result.children))
      return
    case 'getChildren2':
      into.set('ch', inOrder(result.children))
      stat(result.stat)
      return
    case 'getACL':
      into.set('acl', writeAcl(result.acl))
      stat(result.stat)
      return
    case 'getAllChildrenNumber':
      into.set('n', result.totalNumber)
      return
    case 'getEphemerals':
      into.set('ephs', inOrder(result.ephemerals))
      return
    case 'sync':
      if (deed.op === 'raw') into.set('p', result.path)
      return
    case 'addWatch':
      if (deed.op === 'raw') into.set('e', 0)
      return
    case 'whoAmI':
      if (deed.op === 'raw') return
      into.set('who', inOrder(result.clientInfo.map(({ scheme, id }) => `${scheme}:${id}`)))
      return
    case 'multi':
    case 'multiRead':
      if (deed.op !== 'raw') into.set('ops', writeParts(result.results, owners))
      return
    case 'reconfig':
      return
  }
}

/** Of a multi, that of its first operation which failed. Java: ZooKeeper.multiInternal */
export function errOfParts(results: readonly OpResult[]): number {
  for (const result of results) if (result.type === 'error' && result.err !== 0) return result.err
  return 0
}

export function writeParts(results: readonly OpResult[], owners: Owners): Observed {
  return results.map((result) => writePart(result, owners))
}

function writePart(result: OpResult, owners: Owners): Observed {
  switch (result.type) {
    case 'create':
      return result.stat === null
        ? ['create', result.path]
        : ['create', result.path, new ObservedStat(result.stat, owners)]
    case 'setData':
      return ['set', new ObservedStat(result.stat, owners)]
    case 'delete':
    case 'check':
      return [result.type]
    case 'getData':
      return ['get', writeData(result.data), new ObservedStat(result.stat, owners)]
    case 'getChildren':
      return ['ls', inOrder(result.children)]
    case 'error':
      return ['err', result.err]
  }
}

export function setErr(err: number, into: ObservedFields): void {
  into.set('rc', err)
  if (err !== 0) into.set('err', keeperErrorName(err))
}

function inOrder(texts: readonly string[]): string[] {
  return [...texts].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0))
}

/** Whether an operation is one that a client sends with several in it. */
export function isMulti({ type }: Operation): boolean {
  return type === 'multi' || type === 'multiRead'
}
