import type { FactOf } from '../../../nodes/facts.ts'
import { keeperErrorName, keeperErrors } from '../../../nodes/keeperErrors.ts'
import type { MultiWrite, Operation, Result } from '../../../nodes/packets.ts'
import { each, sometimes, topic } from '../property.ts'
import type { Scene } from '../Scene.ts'

const OK = keeperErrors.OK.code
const CONNECTIONLOSS = keeperErrors.CONNECTIONLOSS.code

const has = (op: Operation, type: MultiWrite['type']): boolean =>
  op.type === 'multi' && op.ops.some((one) => one.type === type)

/** A refused multi is an answer like any other: each of its parts says what came of it. */
function isRefused(result: Result | null): boolean {
  return result?.type === 'multi' && result.results.some(({ type }) => type === 'error')
}

function isConditional({ op, err }: FactOf<'completed'>): boolean {
  return err === OK && (op.type === 'setData' || op.type === 'delete') && op.version !== -1
}

function isNumbered({ op, result }: FactOf<'completed'>): boolean {
  return result !== null && 'path' in result && 'path' in op && result.path !== op.path
}

function isStale({ err, zxid }: FactOf<'completed'>, { committed }: Scene): boolean {
  return err === OK && zxid < committed
}

export const operations = topic(
  'operations',
  each(
    (type) => `${type} succeeded`,
    {
      create: { says: 'A client created a node.' },
      create2: { says: 'A client created a node and was told its Stat.' },
      createContainer: { says: 'A client created a container.' },
      createTTL: { says: 'A client created a node with a time to live.' },
      delete: { says: 'A client deleted a node.' },
      setData: { says: 'A client set the data of a node.' },
      setACL: { says: 'A client set the access control list of a node.' },
      multi: { says: 'A client changed several nodes at once.' },
      multiRead: { says: 'A client read several nodes at once.' },
      exists: { says: 'A client found a node.' },
      getData: { says: 'A client read the data of a node.' },
      getChildren: { says: 'A client listed the children of a node.' },
      getChildren2: { says: 'A client listed the children of a node and was told its Stat.' },
      getAllChildrenNumber: { says: 'A client counted what is below a node.' },
      getACL: { says: 'A client read an access control list.' },
      getEphemerals: { says: 'A client listed its ephemeral nodes.' },
      sync: { says: 'A client waited for its server to catch up.' },
      addWatch: { says: 'A client set a persistent watch.' },
      removeWatches: { says: 'A client removed its watches of a node.' },
      whoAmI: { says: 'A client asked who it is.' },
      closeSession: { says: 'A client ended its session.' },
      reconfig: { says: 'A client changed the membership.', needs: ['reconfig'] },
    },
    { completed: ({ op, err, result }) => (err === OK && !isRefused(result) ? op.type : null) },
  ),
  each(
    (code) => `answered ${code}`,
    {
      NONODE: { says: 'A client was told that there is no such node.' },
      NODEEXISTS: { says: 'A client was told that the node is there already.' },
      BADVERSION: { says: 'A client was told that the version is another.' },
      NOTEMPTY: { says: 'A client was told that the node has children.' },
      NOCHILDRENFOREPHEMERALS: { says: 'A client was told that an ephemeral node has no children.' },
      NOAUTH: { says: 'A client was told that it may not.' },
      NOWATCHER: { says: 'A client was told that it watches no such thing.' },
      UNIMPLEMENTED: { says: 'A client asked for what its server does not do.' },
      CONNECTIONLOSS: { says: 'A client lost its connection before it was answered.', needs: ['faults'] },
      SESSIONEXPIRED: { says: 'A client asked with a session that is no more.', needs: ['faults'] },
      NOTREADONLY: { says: 'A client asked for a write where there was no leader.', needs: ['faults'] },
      RECONFIGINPROGRESS: {
        says: 'A client asked for a change of membership during another.',
        needs: ['reconfig'],
      },
      NEWCONFIGNOQUORUM: {
        says: 'A client asked for a membership of which no quorum was there.',
        needs: ['reconfig'],
      },
      BADARGUMENTS: { says: 'A client asked for what makes no sense.', needs: ['reconfig'] },
    },
    { completed: ({ err }) => (err === OK ? null : keeperErrorName(err)) },
  ),
  sometimes('multi refused', {
    says: 'One part of a multi could not be, so that nothing of it was.',
    on: { 'completed multi': ({ result }) => isRefused(result) },
  }),
  sometimes('multi with a check', {
    says: 'A multi succeeded that checked a version.',
    on: { 'completed multi': ({ op, result }) => result !== null && !isRefused(result) && has(op, 'check') },
  }),
  sometimes('conditional write won', {
    says: 'A write of a certain version succeeded.',
    on: { 'completed setData': isConditional, 'completed delete': isConditional },
  }),
  sometimes('sequential node', {
    says: 'A node was created whose name the server numbered.',
    on: {
      'completed create': isNumbered,
      'completed create2': isNumbered,
      'completed createTTL': isNumbered,
    },
  }),
  sometimes('container removed', {
    says: 'A container without children was removed by the leader.',
    on: {
      'committed deleteContainer': ({ txn: { body } }, { containers }) =>
        body.type === 'deleteContainer' && containers.has(body.path),
    },
  }),
  sometimes('node with a time to live removed', {
    says: 'A node whose time had passed was removed by the leader.',
    on: {
      'committed deleteContainer': ({ txn: { body } }, { withTtl }) =>
        body.type === 'deleteContainer' && withTtl.has(body.path),
    },
  }),
  each(
    (code) => `${code} took a zxid`,
    {
      NONODE: { says: 'A write was refused for there is no such node, and committed as refused.' },
      SESSIONMOVED: {
        says: 'A write was refused for it came from where its session had been, and committed as refused.',
        needs: ['faults'],
      },
      SESSIONEXPIRED: {
        says: 'A write was refused for its session is no more, and committed as refused.',
        needs: ['faults'],
      },
    },
    {
      'committed error': ({ txn: { body } }) => (body.type === 'error' ? keeperErrorName(body.err) : null),
    },
  ),
  sometimes('read behind the leader', {
    says: 'A server answered a read from a state older than the last commit.',
    on: { 'completed getData': isStale, 'completed exists': isStale },
  }),
  sometimes('pipelined', {
    says: 'A client asked for something before it was answered what it had asked for first.',
    on: { invoked: (_invoked, _scene, { inFlight }) => inFlight > 0 },
  }),
  sometimes('asked while nobody led', {
    says: 'A client asked its server for something while there was no established leader.',
    needs: ['faults'],
    on: { invoked: (_invoked, { leader, reign }) => reign !== null && leader === null },
  }),
  sometimes('answer lost, and it had happened', {
    says: 'A client lost the answer to what was committed by then.',
    needs: ['faults'],
    on: {
      completed: ({ err, xid, sessionId }, { sessions }) =>
        err === CONNECTIONLOSS && xid > 0 && sessions.get(sessionId)?.lastCxid === xid,
    },
  }),
  sometimes('answer lost, and it happens yet', {
    says: 'What a client had lost the answer to was committed afterwards.',
    needs: ['faults'],
    on: {
      committed: ({ txn: { sessionId, cxid } }, { sessions }) =>
        cxid > 0 && sessions.get(sessionId)?.lostXid === cxid,
    },
  }),
)
