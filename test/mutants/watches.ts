/** Defects of watches. */
import type { DataTree, TreeChange } from '../../src/nodes/database/DataTree.ts'
import type { OperationOf } from '../../src/nodes/packets.ts'
import type { ServerCnxn } from '../../src/nodes/server/ServerCnxn.ts'
import { WatcherMode } from '../../src/nodes/watch/watcherTypes.ts'
import type { Zxid } from '../../src/nodes/zxid.ts'
import { mutant } from './Mutant.ts'

export const tellsLate = mutant(
  'tellsLate',
  ['C5'],
  'A server tells watchers of a change when it applies the next.',
  (cast) => ({
    Watches: class extends cast.Watches {
      private late: { readonly changes: readonly TreeChange[]; readonly zxid: Zxid } | null = null

      override trigger(changes: readonly TreeChange[], zxid: Zxid): void {
        if (changes.length === 0) return
        if (this.late !== null) super.trigger(this.late.changes, this.late.zxid)
        this.late = { changes, zxid }
      }
    },
  }),
)

export const tellsNobody = mutant('tellsNobody', ['C7'], 'Watches are kept, and never fire.', (cast) => ({
  Watches: class extends cast.Watches {
    override trigger(): void {}
  },
}))

export const watchesStay = mutant('watchesStay', ['C6'], 'A watch fires again and again.', (cast) => ({
  Watches: class extends cast.Watches {
    override addDataWatch(path: string, cnxn: ServerCnxn): void {
      this.dataWatches.addWatch(path, cnxn, WatcherMode.persistent)
    }
  },
}))

export const tellsWhatIsOld = mutant(
  'tellsWhatIsOld',
  ['C8'],
  'A server that takes over watches tells of everything that ever changed.',
  (cast) => ({
    Watches: class extends cast.Watches {
      override setWatches(
        op: OperationOf<'setWatches' | 'setWatches2'>,
        tree: DataTree,
        cnxn: ServerCnxn,
      ): void {
        super.setWatches({ ...op, relativeZxid: 0 }, tree, cnxn)
      }
    },
  }),
)
