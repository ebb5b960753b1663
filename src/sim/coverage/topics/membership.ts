import { counterOf, epochOf, type Zxid } from '../../../nodes/zxid.ts'
import { sometimes as any, type Probe, topic } from '../property.ts'

/** A configuration that somebody asked for, rather than one that an ensemble began with. */
function isReconfigured(version: Zxid): boolean {
  return counterOf(version) > 0
}

/** All of it needs clients that change the membership. */
function sometimes(name: string, of: Omit<Parameters<typeof any>[1], 'needs'>): Probe {
  return any(name, { ...of, needs: ['reconfig'] })
}

export const membership = topic(
  'membership',
  sometimes('reconfig proposed', {
    says: 'A peer was told of a configuration that may come into force.',
    on: { configSeen: ({ config }) => isReconfigured(config.version) },
  }),
  sometimes('reconfig activated', {
    says: 'A peer began to go by a configuration that somebody asked for.',
    on: {
      configActivated: ({ config }, _scene, { lives, config: before }) =>
        lives && before !== null && isReconfigured(config.version) && config.version > before.version,
    },
  }),
  sometimes('a server was added', {
    says: 'A peer began to go by a configuration with more members.',
    on: {
      configActivated: ({ config }, _scene, { lives, config: before }) =>
        lives &&
        before !== null &&
        config.version > before.version &&
        config.servers.length > before.servers.length,
    },
  }),
  sometimes('a server was removed', {
    says: 'A peer began to go by a configuration with fewer members.',
    on: {
      configActivated: ({ config }, _scene, { lives, config: before }) =>
        lives &&
        before !== null &&
        config.version > before.version &&
        config.servers.length < before.servers.length,
    },
  }),
  sometimes('a voter was made', {
    says: 'A peer that had no vote was given one.',
    on: {
      configActivated: ({ config, peer }, _scene, { lives, isVoter }) =>
        lives && !isVoter && config.servers.some(({ sid, type }) => sid === peer && type === 'participant'),
    },
  }),
  sometimes('a vote was taken', {
    says: 'A peer that had a vote lost it.',
    on: {
      configActivated: ({ config, peer }, _scene, { lives, isVoter }) =>
        lives && isVoter && !config.servers.some(({ sid, type }) => sid === peer && type === 'participant'),
    },
  }),
  sometimes('the leader lost its vote', {
    says: 'A leader began to go by a configuration in which it has no vote.',
    on: {
      configActivated: ({ config, peer }, _scene, { leads }) =>
        leads && !config.servers.some(({ sid, type }) => sid === peer && type === 'participant'),
    },
  }),
  sometimes('finished by the next leader', {
    says: 'A peer that leads began to go by a configuration that another leader had proposed.',
    on: {
      configActivated: ({ config }, _scene, { role, epoch, config: before }) =>
        role === 'LEADING' &&
        before !== null &&
        isReconfigured(config.version) &&
        config.version > before.version &&
        epochOf(config.version) < epoch,
    },
  }),
  sometimes('came to nothing', {
    says: 'A peer dropped a configuration that it had seen for one that is older.',
    on: {
      configSeen: ({ config }, _scene, { seen }) =>
        seen !== null && isReconfigured(seen.version) && config.version < seen.version,
    },
  }),
  sometimes('under load', {
    says: 'A configuration was proposed while requests of clients were under way.',
    on: {
      configSeen: ({ config }, { inFlight }, { leads }) =>
        leads && isReconfigured(config.version) && inFlight > 1,
    },
  }),
  sometimes('two after another', {
    says: 'A peer began to go by a configuration that somebody asked for in place of one that somebody had asked for.',
    on: {
      configActivated: ({ config }, _scene, { lives, config: before }) =>
        lives && before !== null && isReconfigured(before.version) && config.version > before.version,
    },
  }),
)
