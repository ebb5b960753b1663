import { apply } from '../../src/nodes/database/apply.ts'
import { DataTree } from '../../src/nodes/database/DataTree.ts'
import { readSnapshotFile, validSnapshots } from '../../src/nodes/database/Snapshot.ts'
import { TxnLog, zxidOfFile } from '../../src/nodes/database/TxnLog.ts'
import type { Host } from '../../src/nodes/Host.ts'
import type { Sid, Zxid } from '../../src/nodes/zxid.ts'
import type { Ensemble } from '../../src/sim/ensemble.ts'

/**
 * The tree that a peer's disk leads to, up to a position: from nothing where its log goes back to the beginning, else from
 * its oldest snapshot. Written down again here, so that it owes nothing to the database's own way of loading.
 */
export function replay(ensemble: Ensemble, sid: Sid, upTo: Zxid): DataTree {
  const { disk } = ensemble.machineOf(sid)
  const host = { read: (name: string) => disk.read(name), files: () => disk.names() } as Partial<Host> as Host
  const logged = new TxnLog(host, 0).readAll().txns
  const oldest = validSnapshots(host, 1_000).at(-1)
  const fromNothing = oldest === undefined || zxidOfFile(oldest) === 0
  const content = fromNothing ? null : readSnapshotFile(host, oldest)
  let tree = content?.tree ?? DataTree.empty
  const from = fromNothing ? 0 : zxidOfFile(oldest)
  for (const txn of logged) if (txn.zxid > from && txn.zxid <= upTo) tree = apply(tree, txn).tree
  return tree
}

/** Of every running peer, where its disk leads elsewhere than where it is. */
export function unlikeTheirLogs(ensemble: Ensemble): string[] {
  return ensemble.sids.flatMap((sid) => {
    const peer = ensemble.peer(sid)
    if (peer === null) return []
    const { tree, lastProcessedZxid } = peer.zkDb
    const replayed = replay(ensemble, sid, lastProcessedZxid)
    const paths = [...new Set([...pathsOf(tree), ...pathsOf(replayed)])].sort()
    return paths
      .filter((path) => path !== '/zookeeper/config' && !same(tree, replayed, path))
      .map((path) => `${sid} ${path}`)
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
