import type { WatchEventType } from '../packets.ts'
import type { ServerCnxn } from '../server/ServerCnxn.ts'
import { NO_MODES, WatcherMode, type WatcherModes } from '../watch/watcherTypes.ts'
import { understudy } from './Understudy.ts'

export const zookeeper4466 = understudy({
  issue: 'ZOOKEEPER-4466',
  since: '3.6.0',
  mendedIn: ['3.9.0'],
  story:
    'A connection had one mode for each path that it watches, for data and for children: a watch of one mode replaced ' +
    'that of another, and a removal by any type took whatever was there. Recursive watches were among those of children ' +
    'too, and passed their events over (-4471, -4472).',
  recast: (cast) =>
    Object.freeze({
      ...cast,

      WatchManager: class extends cast.WatchManager {
        protected override addMode(_before: WatcherModes, mode: WatcherModes): WatcherModes {
          return mode
        }

        protected override removeMode(): WatcherModes {
          return NO_MODES
        }

        protected override hears(modes: WatcherModes, type: WatchEventType): boolean {
          return modes !== WatcherMode.recursive || type !== 'NodeChildrenChanged'
        }
      },

      Watches: class extends cast.Watches {
        protected override addRecursiveWatch(path: string, cnxn: ServerCnxn): void {
          super.addRecursiveWatch(path, cnxn)
          this.childWatches.addWatch(path, cnxn, WatcherMode.recursive)
        }
      },

      FinalRequestProcessor: class extends cast.FinalRequestProcessor {
        /** Children, data, any. */
        protected override isWatcherType(type: number): boolean {
          return super.isWatcherType(type) && type <= 3
        }
      },
    }),
})
