/**
 * What clients do. Each step waits for its answer; with `without waiting` behind it, it does not, and a later step
 * such as `settle` or `until` lets the answer come.
 */
import { Unplayable } from '../../faults/fault.ts'
import { OPEN_ACL_UNSAFE } from '../../nodes/acl.ts'
import { createOperation, readOperation } from '../../nodes/operations.ts'
import type { Operation } from '../../nodes/packets.ts'
import type { Holes } from '../sentence.ts'
import { deedStep, type Step, step, type stepKinds } from './step.ts'
import { UntilAnswered, UntilClosed, UntilConnected } from './waits.ts'
import { printOperation } from './whatHappened.ts'

/** One operation, with and without waiting for the answer. */
export function operation<const S extends `{client:client} ${string}`>(
  text: S,
  example: string,
  means: string,
  op: (holes: Holes<S, typeof stepKinds>) => Operation,
): Step[] {
  type Said = Holes<S, typeof stepKinds> & { readonly client: string }
  return [
    step(
      text,
      means,
      (stage, holes) => {
        const asked = Object.freeze(op(holes))
        const { client } = holes as Said
        return new UntilAnswered(client, stage.ensemble.client(client).submit(asked), printOperation(asked))
      },
      example,
    ),
    deedStep(
      `${text} without waiting`,
      'The same; the answer may come later.',
      ({ ensemble }, holes) => {
        ensemble.client((holes as unknown as Said).client).submit(Object.freeze(op(holes as never)))
      },
      `${example} without waiting`,
    ),
  ]
}

const CAN_BE_READ_ONLY = Object.freeze({ canBeReadOnly: true })
const WRONG_PASSWORD = 'sixteen letters.'

function named(servers: readonly number[]): string[] {
  if (servers.length === 0) throw new Unplayable('nobody has that role')
  return servers.map(String)
}

const connecting = [
  step(
    '{client:client} connects to {servers:peers}',
    'A new session, or its old one moved; servers are tried in a random order. Sessions time out after 10 s.',
    ({ ensemble }, { client, servers }) => {
      ensemble.client(client).connectTo(named(servers))
      return new UntilConnected(client)
    },
  ),
  step(
    '{client:client} connects to {servers:peers} with timeout {timeout:millis}',
    'The first step of a client may say which timeout it asks for (servers keep it between their limits).',
    ({ ensemble }, { client, servers, timeout }) => {
      ensemble.client(client, timeout).connectTo(named(servers))
      return new UntilConnected(client)
    },
  ),
  deedStep(
    '{client:client} connects to {servers:peers} without waiting',
    'Begin to connect.',
    ({ ensemble }, { client, servers }) => ensemble.client(client).connectTo(named(servers)),
  ),
  step(
    '{client:client} connects to {servers:peers} accepting read-only',
    'Its first step may say that it makes do with a server that only reads while it finds no other.',
    ({ ensemble }, { client, servers }) => {
      ensemble.client(client, undefined, CAN_BE_READ_ONLY).connectTo(named(servers))
      return new UntilConnected(client)
    },
  ),
  step(
    '{client:client} connects to {servers:peers} below {chroot:path}',
    'Its first step may name the path that is its root.',
    ({ ensemble }, { client, servers, chroot }) => {
      ensemble.client(client, undefined, { chroot }).connectTo(named(servers))
      return new UntilConnected(client)
    },
    'ann connects to 1 and 2 below /app',
  ),
  step(
    '{client:client} connects to {servers:peers} with the session of {owner:client}',
    'With the id and the password of another client’s session.',
    ({ ensemble }, { client, servers, owner }) => {
      const { session } = ensemble.client(owner)
      ensemble.client(client).connect(named(servers), undefined, session)
      return new UntilConnected(client)
    },
    'bob connects to 1 and 2 with the session of ann',
  ),
  deedStep(
    '{client:client} connects to {servers:peers} with the session of {owner:client} and a wrong password',
    'With the id of another client’s session, and a password that is not its own; does not wait.',
    ({ ensemble }, { client, servers, owner }) => {
      const { sessionId } = ensemble.client(owner).session
      ensemble.client(client).connect(named(servers), undefined, { sessionId, password: WRONG_PASSWORD })
    },
    'bob connects to 1 and 2 with the session of ann and a wrong password',
  ),
  step('{client:client} closes', 'Close the session.', ({ ensemble }, { client }) => {
    ensemble.client(client).close()
    return new UntilClosed(client)
  }),
]

const ANY_VERSION = -1
/** Java: AddWatchMode */
const PERSISTENT = 0
const PERSISTENT_RECURSIVE = 1
/** Java: Watcher.WatcherType.Any */
const ANY_WATCHER = 3

const operations = [
  ...operation(
    '{client:client} creates {path:path} {data:data}',
    'ann creates /x "v1"',
    'Create a persistent node.',
    ({ path, data }) => createOperation(path, data),
  ),
  ...operation(
    '{client:client} creates ephemeral {path:path} {data:data}',
    'ann creates ephemeral /here "ann"',
    'Create a node that goes with the session.',
    ({ path, data }) => createOperation(path, data, 'ephemeral'),
  ),
  ...operation(
    '{client:client} creates sequential {path:path} {data:data}',
    'ann creates sequential /job- "1"',
    'Create a node whose name ends in a counter of its parent’s.',
    ({ path, data }) => createOperation(path, data, 'persistentSequential'),
  ),
  ...operation(
    '{client:client} creates ephemeral sequential {path:path} {data:data}',
    'ann creates ephemeral sequential /lock- "ann"',
    'Both at once.',
    ({ path, data }) => createOperation(path, data, 'ephemeralSequential'),
  ),
  ...operation(
    '{client:client} sets {path:path} {data:data}',
    'ann sets /x "v2"',
    'Set the data of a node.',
    ({ path, data }) => {
      return { type: 'setData', path, data, version: ANY_VERSION }
    },
  ),
  ...operation(
    '{client:client} sets {path:path} {data:data} at version {version:count}',
    'ann sets /x "v3" at version 1',
    'Set the data of a node if it has this version.',
    ({ path, data, version }) => ({ type: 'setData', path, data, version }),
  ),
  ...operation('{client:client} deletes {path:path}', 'ann deletes /x', 'Delete a node.', ({ path }) => {
    return { type: 'delete', path, version: ANY_VERSION }
  }),
  ...operation(
    '{client:client} deletes {path:path} at version {version:count}',
    'ann deletes /x at version 2',
    'Delete a node if it has this version.',
    ({ path, version }) => ({ type: 'delete', path, version }),
  ),
  ...operation('{client:client} reads {path:path}', 'ann reads /x', 'Read the data of a node.', ({ path }) =>
    readOperation('getData', path),
  ),
  ...operation(
    '{client:client} checks {path:path}',
    'ann checks /x',
    'Ask whether a node exists.',
    ({ path }) => readOperation('exists', path),
  ),
  ...operation(
    '{client:client} lists {path:path}',
    'ann lists /',
    'Ask for the children of a node.',
    ({ path }) => readOperation('getChildren', path),
  ),
  ...operation(
    '{client:client} syncs {path:path}',
    'ann syncs /',
    'Have its server catch up with the leader before the next read.',
    ({ path }) => ({ type: 'sync', path }),
  ),
  ...operation(
    '{client:client} counts below {path:path}',
    'ann counts below /',
    'Ask for the number of all nodes below one.',
    ({ path }) => ({ type: 'getAllChildrenNumber', path }),
  ),
  ...operation(
    '{client:client} lists its ephemerals below {path:path}',
    'ann lists its ephemerals below /',
    'Ask for the paths of its own ephemeral nodes that begin so.',
    ({ path }) => ({ type: 'getEphemerals', prefixPath: path }),
  ),
]

/** Beside text there may be nothing, and there may be much. */
const oddData = [
  ...operation(
    '{client:client} creates {path:path} without data',
    'ann creates /x without data',
    'Create a persistent node whose data is null.',
    ({ path }) => createOperation(path, null),
  ),
  ...operation(
    '{client:client} creates {path:path} of {size:count} bytes',
    'ann creates /x of 2000 bytes',
    'Create a persistent node with so much data.',
    ({ path, size }) => createOperation(path, '.'.repeat(size)),
  ),
  ...operation(
    '{client:client} sets {path:path} to nothing',
    'ann sets /x to nothing',
    'Set the data of a node to null.',
    ({ path }) => ({ type: 'setData', path, data: null, version: ANY_VERSION }),
  ),
  ...operation(
    '{client:client} sets {path:path} to {size:count} bytes',
    'ann sets /x to 2000 bytes',
    'Set the data of a node to so much.',
    ({ path, size }) => ({ type: 'setData', path, data: '.'.repeat(size), version: ANY_VERSION }),
  ),
]

const otherNodes = [
  ...operation(
    '{client:client} creates container {path:path} {data:data}',
    'ann creates container /jobs ""',
    'Create a node that goes once its last child is gone.',
    ({ path, data }) => createOperation(path, data, 'container'),
  ),
  ...operation(
    '{client:client} creates {path:path} {data:data} with ttl {ttl:millis}',
    'ann creates /x "v1" with ttl 5 s',
    'Create a node that goes when it has had no child and no change for this long.',
    ({ path, data, ttl }) => createOperation(path, data, 'persistentTTL', OPEN_ACL_UNSAFE, ttl),
  ),
  ...operation(
    '{client:client} creates sequential {path:path} {data:data} with ttl {ttl:millis}',
    'ann creates sequential /job- "1" with ttl 5 s',
    'Both at once.',
    ({ path, data, ttl }) => createOperation(path, data, 'persistentSequentialTTL', OPEN_ACL_UNSAFE, ttl),
  ),
]

const access = [
  ...operation(
    '{client:client} authenticates by {scheme:scheme} as {auth:data}',
    'ann authenticates by digest as "ann:secret"',
    'Prove who it is, on this connection and all later ones.',
    ({ scheme, auth }) => ({ type: 'auth', scheme, auth }),
  ),
  ...operation(
    '{client:client} creates {path:path} {data:data} with acl {acl:acl}',
    'ann creates /mine "v1" with acl auth::cdrwa',
    'Create a persistent node with an access control list; `auth:` stands for who the client has proved to be.',
    ({ path, data, acl }) => createOperation(path, data, 'persistent', acl),
  ),
  ...operation(
    '{client:client} creates ephemeral {path:path} {data:data} with acl {acl:acl}',
    'ann creates ephemeral /mine "v1" with acl auth::cdrwa',
    'The same with a node that goes with the session.',
    ({ path, data, acl }) => createOperation(path, data, 'ephemeral', acl),
  ),
  ...operation(
    '{client:client} sets acl of {path:path} to {acl:acl}',
    'ann sets acl of /x to world:anyone:r',
    'Set the access control list of a node.',
    ({ path, acl }) => ({ type: 'setACL', path, acl, version: ANY_VERSION }),
  ),
  ...operation(
    '{client:client} sets acl of {path:path} to {acl:acl} at version {version:count}',
    'ann sets acl of /x to world:anyone:r at version 0',
    'The same if the list has this version.',
    ({ path, acl, version }) => ({ type: 'setACL', path, acl, version }),
  ),
  ...operation(
    '{client:client} reads acl of {path:path}',
    'ann reads acl of /x',
    'Ask for the access control list of a node.',
    ({ path }) => ({ type: 'getACL', path }),
  ),
  ...operation(
    '{client:client} asks who it is',
    'ann asks who it is',
    'Ask for the identities that the server knows of it.',
    () => ({ type: 'whoAmI' }),
  ),
]

const several = [
  ...operation(
    '{client:client} does all of {deeds:deeds}',
    'ann does all of create /a "1"; set /b "2" at version 0; delete /c',
    'A multi: all of it happens at once, or nothing.',
    ({ deeds }) => ({ type: 'multi', ops: deeds }),
  ),
  ...operation(
    '{client:client} reads all of {paths:paths}',
    'ann reads all of /a /b',
    'A multiRead of the data of several nodes, of one moment.',
    ({ paths }) => ({
      type: 'multiRead',
      ops: Object.freeze(paths.map((path) => Object.freeze({ type: 'getData', path } as const))),
    }),
  ),
  ...operation(
    '{client:client} sends opcode {opcode:opcode} with {body:hex}',
    'ann sends opcode 999 with 0x',
    'Bytes that need not be a request, as they are.',
    ({ opcode, body }) => ({ type: 'raw', opcode, body }),
  ),
]

const watching = [
  ...operation(
    '{client:client} reads {path:path} and watches',
    'ann reads /x and watches',
    'Read the data of a node, and be told once of its next change.',
    ({ path }) => readOperation('getData', path, true),
  ),
  ...operation(
    '{client:client} checks {path:path} and watches',
    'ann checks /x and watches',
    'Ask whether a node exists, and be told once when it is created, changed or deleted.',
    ({ path }) => readOperation('exists', path, true),
  ),
  ...operation(
    '{client:client} lists {path:path} and watches',
    'ann lists / and watches',
    'Ask for the children of a node, and be told once when there are others.',
    ({ path }) => readOperation('getChildren', path, true),
  ),
  ...operation(
    '{client:client} watches {path:path}',
    'ann watches /x',
    'Be told of every change of a node and of its list of children, until the watch is removed.',
    ({ path }) => ({ type: 'addWatch', path, mode: PERSISTENT }),
  ),
  ...operation(
    '{client:client} watches {path:path} and all below',
    'ann watches /x and all below',
    'Be told of every node at or below a path that is created, changed or deleted.',
    ({ path }) => ({ type: 'addWatch', path, mode: PERSISTENT_RECURSIVE }),
  ),
  ...operation(
    '{client:client} stops watching {path:path}',
    'ann stops watching /x',
    'Remove all its watches of this path.',
    ({ path }) => ({ type: 'removeWatches', path, watcherType: ANY_WATCHER }),
  ),
]

export const clientSteps: readonly Step[] = [
  ...connecting,
  ...operations,
  ...oddData,
  ...otherNodes,
  ...access,
  ...several,
  ...watching,
]
