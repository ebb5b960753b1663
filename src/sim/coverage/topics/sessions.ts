import type { Txn } from '../../../nodes/database/txns.ts'
import { each, sometimes, topic } from '../property.ts'
import type { Scene } from '../Scene.ts'

function isExpired(scene: Scene, { sessionId }: Txn): boolean {
  return scene.sessions.get(sessionId)?.expired === true
}

function takesNodes({ body }: Txn): boolean {
  return body.type === 'closeSession' && body.paths.length > 0
}

export const sessions = topic(
  'sessions',
  each(
    (what) => what,
    {
      created: { says: 'The creation of a session was committed.' },
      closed: { says: 'The end of a session that its client asked for was committed.' },
      expired: { says: 'The end of a session that a server found due was committed.' },
    },
    {
      'committed createSession': () => 'created',
      'committed closeSession': ({ txn }, scene) => (isExpired(scene, txn) ? 'expired' : 'closed'),
    },
  ),
  sometimes('ephemerals removed by a close', {
    says: 'A session that was closed took nodes with it.',
    on: { 'committed closeSession': ({ txn }, scene) => takesNodes(txn) && !isExpired(scene, txn) },
  }),
  sometimes('ephemerals removed by expiry', {
    says: 'A session that had expired took nodes with it.',
    on: { 'committed closeSession': ({ txn }, scene) => takesNodes(txn) && isExpired(scene, txn) },
  }),
  sometimes('due while nobody led', {
    says: 'The time of a session was up before the leader was established that found it due.',
    needs: ['faults'],
    on: { sessionExpired: ({ sessionId }, scene) => scene.wasDueUnled(sessionId) },
  }),
  sometimes('due while nobody led, then closed', {
    says: 'The end of a session whose time was up while nobody led was committed.',
    needs: ['faults'],
    on: {
      'committed closeSession': ({ txn }, scene) => scene.sessions.get(txn.sessionId)?.overdue === true,
    },
  }),
  sometimes('expired during an election', {
    says: 'A server found a session due while some peer looked for a leader.',
    needs: ['faults'],
    on: {
      sessionExpired: (_expired, { peers }) => peers.some(({ lives, stage }) => lives && stage === 'looking'),
    },
  }),
  sometimes('expired under a connection', {
    says: 'A session was found due whose client held itself connected.',
    needs: ['faults'],
    on: { sessionExpired: ({ sessionId }, scene) => (scene.holderOf(sessionId)?.server ?? -1) !== -1 },
  }),
  sometimes('expired behind a partition', {
    says: 'A session was found due while the leader was cut off from some voter.',
    needs: ['faults'],
    on: {
      sessionExpired: (_expired, scene, peer) =>
        scene.peers.some(({ sid, lives }) => lives && sid !== peer.sid && scene.isBlocked(sid, peer.sid)),
    },
  }),
  sometimes('found due again by the next leader', {
    says: 'A session was found due that an earlier leader had found due, and not closed.',
    needs: ['faults'],
    on: { sessionExpired: ({ sessionId }, scene) => scene.sessions.get(sessionId)?.expired === true },
  }),
  sometimes('client learned of its expiry', {
    says: 'A client was told that its session is no more.',
    needs: ['faults'],
    on: { clientExpired: () => true },
  }),
  sometimes('moved', {
    says: 'A leader let another server speak for a session.',
    needs: ['faults'],
    on: { sessionMoved: () => true },
  }),
  sometimes('moved with a request under way', {
    says: 'A session moved whose client had lost answers with its last connection.',
    needs: ['faults'],
    on: { sessionMoved: ({ sessionId }, scene) => (scene.holderOf(sessionId)?.lostRequests ?? 0) > 0 },
  }),
  sometimes('came back to the same server', {
    says: 'A client lost its connection and connected to that server again.',
    needs: ['faults'],
    on: {
      clientConnected: ({ sessionId, server }, _scene, client) =>
        client.sessionId === sessionId && client.lastServer === server,
    },
  }),
  sometimes('went to another server', {
    says: 'A client lost its connection and connected to another server.',
    needs: ['faults'],
    on: {
      clientConnected: ({ sessionId, server }, _scene, client) =>
        client.sessionId === sessionId && client.lastServer !== -1 && client.lastServer !== server,
    },
  }),
  sometimes('went from a server that died', {
    says: 'A client connected to another server after its own had died.',
    needs: ['faults'],
    on: {
      clientConnected: ({ sessionId }, scene, client) =>
        client.sessionId === sessionId && client.lastServer !== -1 && !scene.peer(client.lastServer).lives,
    },
  }),
  sometimes('outlived its leader', {
    says: 'A client came back with a session from before the leader that serves now.',
    needs: ['faults'],
    on: {
      clientConnected: ({ sessionId }, { reign }, client) =>
        client.sessionId === sessionId && reign !== null && client.lostAt >= 0 && client.lostAt < reign.since,
    },
  }),
  sometimes('new one after expiry', {
    says: 'A client whose session had expired was given another.',
    needs: ['faults'],
    on: {
      clientConnected: ({ sessionId }, scene, client) =>
        client.sessionId !== '' &&
        client.sessionId !== sessionId &&
        scene.sessions.get(client.sessionId)?.expired === true,
    },
  }),
  sometimes('client at the leader', {
    says: 'A client was connected to the server that leads.',
    on: { clientConnected: ({ server }, scene) => scene.peer(server).leads },
  }),
  sometimes('client at a follower', {
    says: 'A client was connected to a follower.',
    on: { clientConnected: ({ server }, scene) => scene.peer(server).role === 'FOLLOWING' },
  }),
  sometimes('client at an observer', {
    says: 'A client was connected to an observer.',
    needs: ['observers'],
    on: { clientConnected: ({ server }, scene) => scene.peer(server).role === 'OBSERVING' },
  }),
  sometimes('only read', {
    says: 'A client was connected to a server without a leader, which only reads.',
    needs: ['faults'],
    on: { clientConnected: ({ readOnly }) => readOnly },
  }),
  sometimes('wrote after it only read', {
    says: 'A client that had been connected to a server that only reads found one with a leader.',
    needs: ['faults'],
    on: { clientConnected: ({ readOnly }, _scene, client) => !readOnly && client.wasReadOnly },
  }),
  sometimes('local', {
    says: 'A session was opened that only one server knows.',
    on: { sessionOpened: ({ local }) => local },
  }),
  sometimes('local, upgraded', {
    says: 'A session that only one server knew was made known to all.',
    on: { sessionUpgraded: () => true },
  }),
  sometimes('local, expired', {
    says: 'A server found a session due that only it knew.',
    needs: ['faults'],
    on: { sessionExpired: ({ local }) => local },
  }),
  sometimes('a client died', {
    says: 'The process of a client with a session ended.',
    needs: ['faults'],
    on: { clientDied: (_died, _scene, { sessionId }) => sessionId !== '' },
  }),
  sometimes('a client died with a request under way', {
    says: 'The process of a client ended before it was answered.',
    needs: ['faults'],
    on: { clientDied: (_died, _scene, { inFlight }) => inFlight > 0 },
  }),
)
