import { printZxid } from '../../nodes/zxid.ts'
import { always } from '../invariant.ts'

export const replicaEquality = always({
  code: 'D10',
  name: 'ReplicaEquality',
  says: 'Two peers that have delivered up to the same zxid have the same tree.',
  source: 'ZooKeeper (USENIX ATC 2010); DataTree digests, ZOOKEEPER-3114',
  on: {
    delivered({ peer, txn, tree }, history, check) {
      const { applied, fresh, fuzzyUntil } = history.peer(peer)
      // A tree that came from a snapshot is that of one moment again when replay has passed the snapshot's end.
      if (!fresh || txn.zxid < fuzzyUntil) return
      const place = applied.length - 1
      if (!history.trees.knows(place, txn.zxid)) return
      check.exercised += 1
      if (history.trees.agrees(place, tree)) return
      const other = history.trees.toldBy(place)
      check.broken(
        [peer, other],
        [txn.zxid],
        `${peer} and ${other} have different trees at ${printZxid(txn.zxid)}`,
      )
    },
  },
})
