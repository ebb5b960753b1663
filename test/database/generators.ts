import fc from 'fast-check'
import { type AclList, aclList, OPEN_ACL_UNSAFE, Perms, READ_ACL_UNSAFE } from '../../src/nodes/acl.ts'
import { apply } from '../../src/nodes/database/apply.ts'
import { CONFIG_NODE, childPath, DataTree, parentOf } from '../../src/nodes/database/DataTree.ts'
import { LIMITS, QUOTA, STATS } from '../../src/nodes/database/quotas.ts'
import { makeTxn, type SubTxn, type Txn, type TxnBody } from '../../src/nodes/database/txns.ts'
import { defaultSettings, type PeerConfig, type PeerSettings } from '../../src/nodes/PeerConfig.ts'
import { makeZxid, type Zxid } from '../../src/nodes/zxid.ts'

export const SESSIONS = ['0x1000000000a0000', '0x2000000000b0000', '0xff00000000c0001'] as const

/** What may stand in a multi. */
interface SimpleWish {
  readonly kind:
    | 'create'
    | 'create2'
    | 'ephemeral'
    | 'container'
    | 'ttl'
    | 'delete'
    | 'set'
    | 'check'
    | 'error'
  readonly parent: number
  readonly name: number
  readonly data: string | null
  readonly acl: AclList
}

/** A wish, from which a leader that looks at its tree makes a transaction. */
export interface Wish extends Omit<SimpleWish, 'kind'> {
  readonly kind:
    | SimpleWish['kind']
    | ('deleteContainer' | 'reconfig' | 'setACL' | 'multi' | 'quota' | 'close' | 'session')
  readonly session: number
  readonly parts: readonly SimpleWish[]
}

const ACLS = [
  OPEN_ACL_UNSAFE,
  aclList(OPEN_ACL_UNSAFE),
  READ_ACL_UNSAFE,
  aclList([{ perms: Perms.ALL, scheme: 'digest', id: 'ann:x' }]),
]

function wishesFor(parents: number, names: number): fc.Arbitrary<Wish> {
  const about = {
    parent: fc.nat(parents - 1),
    name: fc.nat(names - 1),
    data: fc.option(fc.string({ maxLength: 4, unit: 'binary-ascii' })),
    acl: fc.constantFrom(...ACLS),
  }
  const simple = ['create', 'create', 'create', 'ephemeral', 'delete', 'delete', 'set'] as const
  const rare = ['create2', 'container', 'ttl', 'error'] as const
  return fc.record<Wish>({
    ...about,
    kind: fc.constantFrom(
      ...([...simple, ...rare, 'deleteContainer', 'reconfig', 'setACL', 'setACL'] as const),
      ...(['multi', 'multi', 'multi', 'quota', 'quota', 'close', 'session'] as const),
    ),
    session: fc.nat(SESSIONS.length - 1),
    parts: fc.array(
      fc.record<SimpleWish>({ ...about, kind: fc.constantFrom(...simple, ...rare, 'check' as const) }),
      { maxLength: 4 },
    ),
  })
}

export const wishes = wishesFor(6, 3)
/** No quota is inside another. */
export const flatWishes = wishes.map((wish) =>
  wish.kind === 'quota' ? { ...wish, parent: 1 + (wish.name % 2) } : wish,
)
/** All about /a and what is below it: the same paths come and go. */
export const narrowWishes = wishesFor(2, 1)

const PARENTS = ['/', '/a', '/b', '/a/a', '/a/b', '/a/a/a']

/** What prep makes of a wish: a valid transaction, or an error transaction. */
export function prepare(tree: DataTree, wish: Wish, zxid: Zxid): Txn {
  const session = wish.kind === 'close' ? sessionToClose(tree, wish, zxid) : sessionOf(wish, zxid)
  return makeTxn(zxid, session, 0, 1_000 + (zxid % 1_000), prepareBody(tree, wish, session))
}

/** Sessions change every few transactions: one that was closed never comes back. */
function sessionOf({ session }: Wish, zxid: Zxid): string {
  return `${(SESSIONS[session] as string).slice(0, -4)}${Math.floor(zxid / 4)
    .toString(16)
    .slice(-4)
    .padStart(4, '0')}`
}

/** One that owns ephemerals where there is such a one, and is not in use any more. */
function sessionToClose(tree: DataTree, { session, name }: Wish, zxid: Zxid): string {
  const now = sessionOf({ session } as Wish, zxid).slice(-4)
  const owners = tree.ephemeralOwners().filter((owner) => owner.slice(-4) !== now)
  return owners[name % Math.max(owners.length, 1)] ?? `${(SESSIONS[session] as string).slice(0, -4)}ffff`
}

function prepareBody(tree: DataTree, wish: Wish, session: string): TxnBody {
  const path = pathOf(wish)
  const node = tree.get(path)
  switch (wish.kind) {
    case 'deleteContainer':
      if (!tree.containers().includes(path)) return { type: 'error', err: -8 }
      return deletion(tree, path).type === 'error' ? deletion(tree, path) : { type: 'deleteContainer', path }
    case 'reconfig':
      return { type: 'reconfig', path: CONFIG_NODE, data: `server.${wish.name}`, version: -1 }
    case 'setACL':
      if (node === undefined) return { type: 'error', err: -101 }
      return { type: 'setACL', path, acl: wish.acl, version: node.stat.aversion + 1 }
    case 'multi':
      return multi(tree, session, (before) => wish.parts.map((part) => () => prepareSimple(before(), part)))
    case 'quota':
      return quota(tree, PARENTS[wish.parent] as string, session, wish.data)
    case 'close':
      return { type: 'closeSession', paths: Object.freeze([...tree.ephemerals(session)].reverse()) }
    case 'session':
      return { type: 'createSession', timeout: 4_000 }
    default:
      return prepareSimple(tree, wish as SimpleWish)
  }
}

function pathOf({ parent, name }: Pick<Wish, 'parent' | 'name'>): string {
  return childPath(PARENTS[parent] as string, 'abc'[name] as string)
}

function prepareSimple(tree: DataTree, wish: SimpleWish): SubTxn {
  const path = pathOf(wish)
  const node = tree.get(path)
  switch (wish.kind) {
    case 'delete':
      return deletion(tree, path)
    case 'set':
      if (node === undefined) return { type: 'error', err: -101 }
      return { type: 'setData', path, data: wish.data, version: node.stat.version + 1 }
    case 'check':
      return node === undefined ? { type: 'error', err: -101 } : { type: 'check', path, version: -1 }
    case 'error':
      return { type: 'error', err: -103 }
    default:
      return creation(tree, path, wish.kind, wish.data, wish.acl)
  }
}

function creation(
  tree: DataTree,
  path: string,
  kind: 'create' | 'create2' | 'ephemeral' | 'container' | 'ttl',
  data: string | null,
  acl: AclList,
): SubTxn {
  const parent = tree.get(parentOf(path))
  if (parent === undefined) return { type: 'error', err: -101 }
  if (tree.has(path)) return { type: 'error', err: -110 }
  if (tree.ephemerals(parent.stat.ephemeralOwner).length > 0) return { type: 'error', err: -108 }
  const created = { path, data, acl, parentCVersion: parent.stat.cversion + 1 }
  switch (kind) {
    case 'container':
      return { type: 'createContainer', ...created }
    case 'ttl':
      return { type: 'createTTL', ...created, ttl: 1_000 + path.length }
    default:
      return {
        type: kind === 'create2' ? 'create2' : 'create',
        ...created,
        ephemeral: kind === 'ephemeral',
      }
  }
}

function deletion(tree: DataTree, path: string): SubTxn {
  const node = tree.get(path)
  if (node === undefined) return { type: 'error', err: -101 }
  return node.children.size > 0 ? { type: 'error', err: -111 } : { type: 'delete', path }
}

/** Each part sees what those before it did; where one fails, those behind it are errors. */
function multi(
  tree: DataTree,
  session: string,
  partsOn: (before: () => DataTree) => readonly (() => SubTxn)[],
): TxnBody {
  let before = tree
  let failed = false
  const txns: SubTxn[] = []
  for (const part of partsOn(() => before)) {
    const txn: SubTxn = failed ? { type: 'error', err: -2 } : part()
    if (txn.type === 'error') failed = true
    else before = apply(before, makeTxn(1, session, 0, 0, txn)).tree
    txns.push(Object.freeze(txn))
  }
  return { type: 'multi', txns: Object.freeze(txns) }
}

/** Sets a quota where there is none, with all the nodes it needs; else takes it away. */
function quota(tree: DataTree, path: string, session: string, data: string | null): TxnBody {
  if (path === '/') return { type: 'error', err: -8 }
  const top = QUOTA + path
  const nodes = [childPath(top, LIMITS), childPath(top, STATS)]
  const there = nodes.some((node) => tree.has(node))
  return multi(tree, session, (before) => {
    if (there) return nodes.map((node) => () => deletion(before(), node))
    const missing: string[] = []
    for (let at = top; !tree.has(at); at = parentOf(at)) missing.unshift(at)
    return [...missing, ...nodes].map(
      (node) => () => creation(before(), node, 'create', data ?? '', OPEN_ACL_UNSAFE),
    )
  })
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
