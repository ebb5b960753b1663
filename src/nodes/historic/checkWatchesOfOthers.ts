import { understudy } from './Understudy.ts'

export const checkWatchesOfOthers = understudy({
  issue: 'UNFILED-checkWatches',
  since: '3.6.0',
  mendedIn: ['3.9.0'],
  story:
    'checkWatches found a watch where anybody of the same server had one on that path, whoever asked. A client that ' +
    'had none was told so by its own library alone.',
  recast: (cast) =>
    Object.freeze({
      ...cast,
      WatchManager: class extends cast.WatchManager {
        override containsWatcher(path: string): boolean {
          return this.watchTable.has(path)
        }
      },
    }),
})
