import { understudy } from './Understudy.ts'

export const zookeeper4655 = understudy({
  issue: 'ZOOKEEPER-4655',
  since: '3.0.0',
  mendedIn: ['3.9.0'],
  story: 'The event of a watch did not say which transaction it tells of: the zxid in its header was -1.',
  recast: (cast) =>
    Object.freeze({
      ...cast,
      Watches: class extends cast.Watches {
        protected override eventZxid(): number {
          return -1
        }
      },
    }),
})
