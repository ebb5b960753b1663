/**
 * What a scenario says was there before its first step: histories on disks, and who starts at time 0.
 */
import { OPEN_ACL_UNSAFE } from '../../nodes/acl.ts'
import { apply } from '../../nodes/database/apply.ts'
import { childPath, DataTree } from '../../nodes/database/DataTree.ts'
import { makeTxn, NO_SESSION, type Txn } from '../../nodes/database/txns.ts'
import type { DiskRecord, SnapshotNode, SnapshotRecord } from '../../nodes/diskRecords.ts'
import type { FileName } from '../../nodes/Host.ts'
import { counterOf, type Epoch, epochOf, hexZxid, ZERO, type Zxid } from '../../nodes/zxid.ts'
import type { EnsembleApi } from './EnsembleApi.ts'
import { type DiskState, type EnsembleSpec, membersOf } from './EnsembleSpec.ts'

/** When all of it happened: before the world's clocks begin. In milliseconds. */
const BEFORE = 1_577_836_700_000

/** Puts the histories on the disks and starts whoever starts at time 0. */
export function setUp(ensemble: EnsembleApi, spec: EnsembleSpec): void {
  for (const state of spec.disks) {
    const { disk } = ensemble.machineOf(state.sid)
    for (const { name, records } of filesOf(state)) disk.place(name, records)
    ensemble.checker.diskHeld(state.sid, history(state.logged), state.snapshot ?? ZERO)
  }
  for (const sid of spec.start ?? membersOf(spec)) ensemble.start(sid)
}

interface PreparedFile {
  readonly name: FileName
  readonly records: readonly DiskRecord[]
}

/**
 * The files that such a peer would have. A log always has a snapshot before it, if only the empty one; both epochs are
 * that of the last transaction unless said.
 */
export function filesOf({ logged, snapshot, acceptedEpoch, currentEpoch }: DiskState): PreparedFile[] {
  const txns = history(logged)
  const files: PreparedFile[] = []
  const first = txns[0]
  if (first !== undefined || snapshot !== null) files.push(snapshotFile([], ZERO))
  if (snapshot !== null && snapshot !== ZERO)
    files.push(
      snapshotFile(
        txns.filter((txn) => txn.zxid <= snapshot),
        snapshot,
      ),
    )
  if (first !== undefined) files.push({ name: `log.${hexZxid(first.zxid)}`, records: txns })
  const last = Math.max(txns.at(-1)?.zxid ?? ZERO, snapshot ?? ZERO)
  if (acceptedEpoch !== null || last > 0)
    files.push(epochFile('acceptedEpoch', acceptedEpoch ?? epochOf(last)))
  if (currentEpoch !== null || last > 0) files.push(epochFile('currentEpoch', currentEpoch ?? epochOf(last)))
  return files
}

/** Creates of `/e<epoch>-<counter>`, so that every tree tells its history. */
function history(runs: DiskState['logged']): Txn[] {
  const txns: Txn[] = []
  for (const { from, to } of runs) {
    for (let zxid = from; zxid <= to; zxid += 1) {
      // The root has counted no creation before: what is below /zookeeper was made by no transaction.
      const parentCVersion = txns.length + 1
      const path = `/e${epochOf(zxid)}-${counterOf(zxid)}`
      const body = {
        type: 'create',
        path,
        data: null,
        ephemeral: false,
        acl: OPEN_ACL_UNSAFE,
        parentCVersion,
      } as const
      txns.push(makeTxn(zxid, NO_SESSION, 0, BEFORE, body))
    }
  }
  return txns
}

function snapshotFile(txns: readonly Txn[], zxid: Zxid): PreparedFile {
  let tree = DataTree.empty
  for (const txn of txns) tree = apply(tree, txn).tree
  const nodes: SnapshotNode[] = []
  collect(tree, '/', nodes)
  const records: SnapshotRecord[] = [
    { kind: 'snapshotHeader', zxid, sessions: Object.freeze([]) },
    { kind: 'snapshotNodes', nodes: Object.freeze(nodes) },
    { kind: 'snapshotEnd' },
  ]
  return { name: `snapshot.${hexZxid(zxid)}`, records: records.map((record) => Object.freeze(record)) }
}

/** Parents first. */
function collect(tree: DataTree, path: string, into: SnapshotNode[]): void {
  const node = tree.get(path)
  if (node === undefined) return
  into.push(Object.freeze({ path, data: node.data, acl: node.acl, stat: node.stat }))
  for (const name of tree.children(path)) collect(tree, childPath(path, name), into)
}

function epochFile(name: FileName, epoch: Epoch): PreparedFile {
  return { name, records: [Object.freeze({ kind: 'epoch', epoch })] }
}
