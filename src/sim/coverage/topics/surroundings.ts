import type { PeerScene } from '../PeerScene.ts'
import { sometimes, topic } from '../property.ts'
import type { Scene } from '../Scene.ts'

/** Alive, and a partition keeps packets from it. */
function cutOff(scene: Scene, from: PeerScene): PeerScene[] {
  return scene.peers.filter((to) => to !== from && to.lives && scene.isBlocked(from.sid, to.sid))
}

/** What network and machines did meanwhile, as only the world can tell. */
export const surroundings = topic(
  'surroundings',
  sometimes('established across a partition', {
    says: 'A leader was established while a partition kept its packets from a peer.',
    needs: ['faults'],
    on: { established: (_established, scene, peer) => cutOff(scene, peer).length > 0 },
  }),
  sometimes('established behind one that was cut off', {
    says: 'A leader was established while the last one, still serving, was behind a partition.',
    needs: ['faults'],
    on: { established: (_established, scene, peer) => cutOff(scene, peer).some(({ leads }) => leads) },
  }),
  sometimes('established with a way blocked', {
    says: 'A leader was established while packets came from a peer and not to it, or to it and not from it.',
    needs: ['faults'],
    on: {
      established: (_established, scene, peer) =>
        scene.peers.some(
          ({ sid, lives }) =>
            lives && sid !== peer.sid && scene.isBlocked(sid, peer.sid) !== scene.isBlocked(peer.sid, sid),
        ),
    },
  }),
  sometimes('lost its quorum to a partition', {
    says: 'A leader gave up while a partition kept its packets from a peer.',
    needs: ['faults'],
    on: { lookingAgain: (_looking, scene, peer) => peer.leads && cutOff(scene, peer).length > 0 },
  }),
  sometimes('learner left behind a partition', {
    says: 'A learner gave up on a leader that a partition keeps from it.',
    needs: ['faults'],
    on: {
      lookingAgain: (_looking, scene, { learns, leader, sid }) =>
        learns && leader !== -1 && scene.isBlocked(leader, sid),
    },
  }),
  sometimes('committed across a partition', {
    says: 'A transaction was committed while a partition kept packets of its leader from a peer.',
    needs: ['faults'],
    on: { leadsOn: (_leadsOn, scene, peer) => peer.hasInFlight && cutOff(scene, peer).length > 0 },
  }),
  sometimes('established while the last leader slept', {
    says: 'A leader was established while the process of the last one, that still led, was paused.',
    needs: ['faults'],
    on: {
      established: (_established, scene, peer) =>
        scene.peers.some((other) => other !== peer && other.leads && scene.isPaused(other.sid)),
    },
  }),
  sometimes('expired while a server slept', {
    says: 'A session was found due while the process of a server was paused.',
    needs: ['faults'],
    on: {
      sessionExpired: (_expired, scene) => scene.peers.some(({ sid, lives }) => lives && scene.isPaused(sid)),
    },
  }),
  sometimes('elected while somebody slept', {
    says: 'An election was decided while a peer that has a vote was paused.',
    needs: ['faults'],
    on: {
      elected: (_elected, scene) =>
        scene.peers.some(({ sid, lives, isVoter }) => lives && isVoter && scene.isPaused(sid)),
    },
  }),
  sometimes('leader woke deposed', {
    says: 'A leader in whose place another had been established gave up.',
    needs: ['faults'],
    on: {
      lookingAgain: (_looking, { reign }, { leads, epoch }) => leads && reign !== null && reign.epoch > epoch,
    },
  }),
)
