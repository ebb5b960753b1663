import { defaultSettings } from '../PeerConfig.ts'
import { understudy } from './Understudy.ts'

export const zookeeper4915 = understudy({
  issue: 'ZOOKEEPER-4915',
  since: '3.6.0',
  mendedIn: [],
  story: 'Unless a setting said otherwise, a container that never had a child was never removed.',
  recast: (cast) =>
    Object.freeze({
      ...cast,
      ContainerManager: class extends cast.ContainerManager {
        protected override get maxNeverUsedInterval(): number {
          const said = super.maxNeverUsedInterval
          return said === defaultSettings.containerMaxNeverUsedInterval ? 0 : said
        }
      },
    }),
})
