import type { EventType, WatcherName } from '../client/WatchedEvent.ts'
import { understudy } from './Understudy.ts'

export const zookeeper4475 = understudy({
  issue: 'ZOOKEEPER-4475',
  since: '3.6.0',
  mendedIn: ['3.9.0'],
  story:
    'A client passed the events of its child watches on to those of its recursive watchers that watch from above, who ' +
    'never asked for events of children.',
  recastClient: (cast) =>
    Object.freeze({
      ...cast,

      ZKWatchManager: class extends cast.ZKWatchManager {
        protected override addPersistentWatches(
          path: string,
          type: EventType,
          found: (readonly WatcherName[])[],
        ): void {
          super.addPersistentWatches(path, type, found)
          if (type === 'NodeChildrenChanged') this.addRecursiveWatches(path, found)
        }
      },
    }),
})
