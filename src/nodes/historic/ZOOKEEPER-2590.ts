import { understudy } from './Understudy.ts'

export const zookeeper2590 = understudy({
  issue: 'ZOOKEEPER-2590',
  since: '3.0.0',
  mendedIn: ['3.8.4', '3.9.2'],
  story: 'exists told the Stat of a node, and left a watch, to those who may not read it.',
  recast: (cast) =>
    Object.freeze({
      ...cast,
      FinalRequestProcessor: class extends cast.FinalRequestProcessor {
        protected override existsAsksForRead(): boolean {
          return false
        }
      },
    }),
})
