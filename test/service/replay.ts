import { apply } from '../../src/nodes/database/apply.ts'
import { DataTree } from '../../src/nodes/database/DataTree.ts'
import { readSnapshotFile, snapshotFile, validSnapshots } from '../../src/nodes/database/Snapshot.ts'
import { TxnLog, zxidOfFile } from '../../src/nodes/database/TxnLog.ts'
import type { Txn } from '../../src/nodes/database/txns.ts'
import type { Host } from '../../src/nodes/Host.ts'
import { counterOf, type Sid, type Zxid } from '../../src/nodes/zxid.ts'
import type { Ensemble } from '../../src/sim/ensemble.ts'

/**
 * The trees that must be a peer's, up to a position, by name: what its disk leads to, from its newest snapshot on, and what
 * was agreed on leads to, from nothing. Written down again here, so that they owe nothing to the database's own way of
 * loading. A disk's log alone need not go back to nothing: SNAP leaves a hole, and between two epochs none can see it.
 */
function treesOf(ensemble: Ensemble, sid: Sid, upTo: Zxid): Map<string, DataTree> {
  const { disk } = ensemble.machineOf(sid)
  const host = { read: (name: string) => disk.read(name), files: () => disk.names() } as Partial<Host> as Host
  const newest = validSnapshots(host, 1)[0] ?? snapshotFile(0)
  const start = readSnapshotFile(host, newest)?.tree ?? DataTree.empty
  const logged = new TxnLog(host, 0).readable()
  const trees = new Map([['its disk', replay(start, logged, zxidOfFile(newest), upTo)]])
  const agreed = ensemble.checker.history.committed.toArray()
  const isAgreed = counterOf(upTo) === 0 || agreed.some(({ zxid }) => zxid === upTo)
  // What lay on a disk before the run was agreed on by nobody.
  if (isAgreed && ensemble.spec.disks.length === 0)
    trees.set('the order', replay(DataTree.empty, agreed, 0, upTo))
  return trees
}

function replay(start: DataTree, txns: readonly Txn[], from: Zxid, upTo: Zxid): DataTree {
  const behind = txns.filter(({ zxid }) => zxid > from && zxid <= upTo)
  return behind.reduce((tree, txn) => apply(tree, txn).tree, start)
}

/** Of every running peer, where its disk, or all that was agreed on, leads elsewhere than where it is. */
export function unlikeTheirLogs(ensemble: Ensemble): string[] {
  return ensemble.sids.flatMap((sid) => {
    const peer = ensemble.peer(sid)
    if (peer === null) return []
    const { tree, lastProcessedZxid } = peer.zkDb
    return [...treesOf(ensemble, sid, lastProcessedZxid)].flatMap(([whose, replayed]) => {
      const paths = [...new Set([...pathsOf(tree), ...pathsOf(replayed)])].sort()
      return paths
        .filter((path) => path !== '/zookeeper/config' && !same(tree, replayed, path))
        .map((path) => `${sid} ${path}, by ${whose}`)
    })
  })
}

function pathsOf(tree: DataTree, path = '/'): string[] {
  const below = tree.children(path).map((name) => (path === '/' ? `/${name}` : `${path}/${name}`))
  return [path, ...below.flatMap((one) => pathsOf(tree, one))]
}

function same(a: DataTree, b: DataTree, path: string): boolean {
  const [one, other] = [a.get(path), b.get(path)]
  return one !== undefined && other !== undefined && one.fingerprint === other.fingerprint
}
