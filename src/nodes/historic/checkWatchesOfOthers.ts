import { keeperErrors } from '../keeperErrors.ts'
import type { OperationOf, Result } from '../packets.ts'
import type { ServerCnxn } from '../server/ServerCnxn.ts'
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
          return path !== '' && this.watchTable.has(path)
        }
      },
      FinalRequestProcessor: class extends cast.FinalRequestProcessor {
        /** It looked for the path's parent, and failed where there is no slash. Java: PathParentIterator.next */
        protected override checkWatches(
          cnxn: ServerCnxn,
          op: OperationOf<'checkWatches' | 'removeWatches'>,
        ): Result | null | number {
          if (op.path !== '' && !op.path.includes('/')) return keeperErrors.MARSHALLINGERROR.code
          return super.checkWatches(cnxn, op)
        }
      },
    }),
})
