/**
 * What clients do. Each step waits for its answer; with `without waiting` behind it, it does not, and a later step
 * such as `settle` or `until` lets the answer come.
 */
import { createOperation, readOperation } from '../../nodes/operations.ts'
import type { Operation } from '../../nodes/packets.ts'
import type { Holes } from '../sentence.ts'
import { deedStep, type Step, step, type stepKinds } from './step.ts'
import { UntilAnswered, UntilClosed, UntilConnected } from './waits.ts'
import { printOperation } from './whatHappened.ts'

/** One operation, with and without waiting for the answer. */
function operation<const S extends `{client:client} ${string}`>(
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

const connecting = [
  step(
    '{client:client} connects to {servers:peers}',
    'A new session, or its old one moved; servers are tried in a random order. Sessions time out after 10 s.',
    ({ ensemble }, { client, servers }) => {
      ensemble.client(client).connectTo(servers.map(String))
      return new UntilConnected(client)
    },
  ),
  step(
    '{client:client} connects to {servers:peers} with timeout {timeout:millis}',
    'The first step of a client may say which timeout it asks for (servers keep it between their limits).',
    ({ ensemble }, { client, servers, timeout }) => {
      ensemble.client(client, timeout).connectTo(servers.map(String))
      return new UntilConnected(client)
    },
  ),
  deedStep(
    '{client:client} connects to {servers:peers} without waiting',
    'Begin to connect.',
    ({ ensemble }, { client, servers }) => ensemble.client(client).connectTo(servers.map(String)),
  ),
  step('{client:client} closes', 'Close the session.', ({ ensemble }, { client }) => {
    ensemble.client(client).close()
    return new UntilClosed(client)
  }),
]

const ANY_VERSION = -1

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
]

export const clientSteps: readonly Step[] = [...connecting, ...operations]
