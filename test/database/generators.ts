import fc from 'fast-check'
import { OPEN_ACL_UNSAFE } from '../../src/nodes/acl.ts'
import { apply } from '../../src/nodes/database/apply.ts'
import { childPath, DataTree, parentOf } from '../../src/nodes/database/DataTree.ts'
import { makeTxn, NO_SESSION, type Txn, type TxnBody } from '../../src/nodes/database/txns.ts'
import { defaultSettings, type PeerConfig, type PeerSettings } from '../../src/nodes/PeerConfig.ts'
import { makeZxid, type Zxid } from '../../src/nodes/zxid.ts'

export const SESSIONS = ['0x1000000000a0000', '0x2000000000b0000', '0xff00000000c0001'] as const

/** A wish, from which a leader that looks at its tree makes a transaction. */
export interface Wish {
  readonly kind: 'create' | 'ephemeral' | 'delete' | 'set' | 'close' | 'session' | 'error'
  readonly parent: number
  readonly name: number
  readonly session: number
  readonly data: string | null
}

function wishesFor(parents: number, names: number): fc.Arbitrary<Wish> {
  return fc.record<Wish>({
    kind: fc.constantFrom(
      ...(['create', 'create', 'create', 'ephemeral', 'delete', 'delete'] as const),
      ...(['set', 'close', 'session', 'error'] as const),
    ),
    parent: fc.nat(parents - 1),
    name: fc.nat(names - 1),
    session: fc.nat(SESSIONS.length - 1),
    data: fc.option(fc.string({ maxLength: 4, unit: 'binary-ascii' })),
  })
}

export const wishes = wishesFor(6, 3)
/** All about /a and what is below it: the same paths come and go. */
export const narrowWishes = wishesFor(2, 1)

const PARENTS = ['/', '/a', '/b', '/a/a', '/a/b', '/a/a/a']

/** What prep makes of a wish: a valid transaction, or an error transaction. */
export function prepare(tree: DataTree, wish: Wish, zxid: Zxid): Txn {
  const session = SESSIONS[wish.session] as string
  const path = childPath(PARENTS[wish.parent] as string, 'abc'[wish.name] as string)
  return makeTxn(zxid, session, 0, 1_000 + (zxid % 1_000), prepareBody(tree, wish, path, session))
}

function prepareBody(tree: DataTree, wish: Wish, path: string, session: string): TxnBody {
  const node = tree.get(path)
  const parent = tree.get(parentOf(path))
  switch (wish.kind) {
    case 'create':
    case 'ephemeral': {
      if (parent === undefined) return { type: 'error', err: -101 }
      if (node !== undefined) return { type: 'error', err: -110 }
      if (parent.stat.ephemeralOwner !== NO_SESSION) return { type: 'error', err: -108 }
      const parentCVersion = parent.stat.cversion + 1
      return {
        type: 'create',
        path,
        data: wish.data,
        ephemeral: wish.kind === 'ephemeral',
        acl: OPEN_ACL_UNSAFE,
        parentCVersion,
      }
    }
    case 'delete':
      if (node === undefined) return { type: 'error', err: -101 }
      if (node.children.size > 0) return { type: 'error', err: -111 }
      return { type: 'delete', path }
    case 'set':
      if (node === undefined) return { type: 'error', err: -101 }
      return { type: 'setData', path, data: wish.data, version: node.stat.version + 1 }
    case 'close':
      return { type: 'closeSession', paths: Object.freeze([...tree.ephemerals(session)].reverse()) }
    case 'session':
      return { type: 'createSession', timeout: 4_000 }
    case 'error':
      return { type: 'error', err: -103 }
  }
}

/** A leader's history: each transaction prepared on the tree that those before led to. */
export function history(list: readonly Wish[], epoch = 1): Txn[] {
  let tree = DataTree.empty
  return list.map((wish, i) => {
    const txn = prepare(tree, wish, makeZxid(epoch, i + 1))
    tree = apply(tree, txn).tree
    return txn
  })
}

export function create(zxid: Zxid, path: string, data: string | null = '', parentCVersion = -1): Txn {
  return makeTxn(zxid, SESSIONS[0], 0, zxid % 1_000, {
    type: 'create',
    path,
    data,
    ephemeral: false,
    acl: OPEN_ACL_UNSAFE,
    parentCVersion,
  })
}

export function configOf(settings: Partial<PeerSettings> = {}): PeerConfig {
  return Object.freeze({
    ...defaultSettings,
    ...settings,
    myid: 1,
    quorum: Object.freeze({ version: 0, servers: Object.freeze([]), hierarchy: null }),
  })
}
