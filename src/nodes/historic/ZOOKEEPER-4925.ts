import { understudy } from './Understudy.ts'

export const zookeeper4925 = understudy({
  issue: 'ZOOKEEPER-4925',
  since: '3.0.0',
  mendedIn: ['3.9.4'],
  story:
    'Nobody looked whether a committed proposal followed the one before, nor whether a log that is replayed has a gap.',
  recast: (cast) =>
    Object.freeze({
      ...cast,
      ZKDatabase: class extends cast.ZKDatabase {
        protected override leavesGap(): boolean {
          return false
        }
      },
    }),
})
