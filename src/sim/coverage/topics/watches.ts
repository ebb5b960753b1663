import type { SetWatchesOperation } from '../../../nodes/client/setWatchesBatches.ts'
import { keeperErrors } from '../../../nodes/keeperErrors.ts'
import { each, sometimes, topic } from '../property.ts'

const NONODE = keeperErrors.NONODE.code

function names(op: SetWatchesOperation, path: string): boolean {
  return op.data.includes(path) || op.exist.includes(path) || op.child.includes(path)
}

export const watches = topic(
  'watches',
  each(
    (type) => `event ${type}`,
    {
      NodeCreated: { says: 'A client heard that a node it watches was created.' },
      NodeDeleted: { says: 'A client heard that a node it watches was deleted.' },
      NodeDataChanged: { says: 'A client heard that the data of a node it watches changed.' },
      NodeChildrenChanged: { says: 'A client heard that the children of a node it watches changed.' },
      DataWatchRemoved: { says: 'A client heard that it does not watch a node any more.' },
      ChildWatchRemoved: { says: 'A client heard that it does not watch the children of a node any more.' },
      PersistentWatchRemoved: { says: 'A client heard that its persistent watch is gone.' },
    },
    { watchEvent: ({ event }) => event.type },
  ),
  each(
    (state) => `state ${state}`,
    {
      SyncConnected: { says: 'A client heard that it is connected.' },
      Disconnected: { says: 'A client heard that it is not connected.', needs: ['faults'] },
      Expired: { says: 'A client heard that its session has expired.', needs: ['faults'] },
      ConnectedReadOnly: { says: 'A client heard that it may only read.', needs: ['faults'] },
    },
    { watchEvent: ({ event }) => (event.type === 'None' ? event.state : null) },
  ),
  each(
    (type) => `${type} asked for`,
    {
      setWatches: { says: 'A client that reconnected asked for its watches again.', needs: ['faults'] },
      setWatches2: {
        says: 'A client that reconnected asked for its watches again, persistent ones among them.',
        needs: ['faults'],
      },
    },
    { watchesSetAgain: ({ op }) => op.type },
  ),
  sometimes('fired when set again', {
    says: 'A server found, when watches were set again, that what they watch had changed meanwhile.',
    needs: ['faults'],
    on: {
      watchEvent: ({ event }, _scene, { setAgain }) =>
        event.zxid < 0 && event.path !== null && setAgain !== null && names(setAgain, event.path),
    },
  }),
  sometimes('fired after it was set again', {
    says: 'A watch that was set again on another connection fired there.',
    needs: ['faults'],
    on: {
      watchEvent: ({ event }, _scene, { setAgain }) =>
        event.zxid > 0 && event.path !== null && setAgain !== null && names(setAgain, event.path),
    },
  }),
  sometimes('persistent fired again', {
    says: 'A persistent watch fired that had fired before.',
    on: { watchEvent: ({ event }, _scene, { fired }) => event.path !== null && fired.has(event.path) },
  }),
  sometimes('recursive fired below', {
    says: 'A recursive watch fired for a node below its own.',
    on: {
      watchEvent: ({ event: { path } }, _scene, { recursive }) =>
        path !== null && recursive.size > 0 && [...recursive].some((above) => path.startsWith(`${above}/`)),
    },
  }),
  sometimes('pending when its server died', {
    says: 'A server died that a client watched something at.',
    needs: ['faults'],
    on: {
      peerDied: ({ peer }, { clients }) =>
        [...clients.values()].some(({ server, watched }) => server === peer && watched.size > 0),
    },
  }),
  sometimes('pending when the session expired', {
    says: 'A session was found due whose client watched something.',
    needs: ['faults'],
    on: { sessionExpired: ({ sessionId }, scene) => (scene.holderOf(sessionId)?.watched.size ?? 0) > 0 },
  }),
  sometimes('several told of one change', {
    says: 'Two clients heard of the same transaction.',
    on: {
      watchEvent: ({ event }, scene, client) =>
        event.zxid > 0 && event.zxid === scene.watched && client.name !== scene.watcher,
    },
  }),
  sometimes('told between a request and its answer', {
    says: 'An event came to a client while a request of it was under way.',
    on: { watchEvent: ({ event }, _scene, { inFlight }) => event.path !== null && inFlight > 0 },
  }),
  sometimes('watched for a node to be created', {
    says: 'A client left a watch where there was no node.',
    on: { 'completed exists': ({ op, err }) => op.type === 'exists' && op.watch && err === NONODE },
  }),
)
