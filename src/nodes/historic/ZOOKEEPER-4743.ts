import { understudy } from './Understudy.ts'

export const zookeeper4743 = understudy({
  issue: 'ZOOKEEPER-4743',
  since: '3.0.0',
  mendedIn: [],
  story: 'Versions that wrapped did not step over -1, which in a request means any version.',
  recast: (cast) =>
    Object.freeze({
      ...cast,
      PrepRequestProcessor: class extends cast.PrepRequestProcessor {
        protected override nextVersion(version: number): number {
          return (version + 1) | 0
        }
      },
    }),
})
