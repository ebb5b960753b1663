/** What a death leaves on a disk, as far as no fact will tell. */
import type { SnapshotRecord } from '../../nodes/diskRecords.ts'
import type { FileName } from '../../nodes/Host.ts'
import { hexZxid, type Zxid } from '../../nodes/zxid.ts'
import type { Disk } from '../kernel/Disk.ts'

const SNAPSHOT = 'snapshot.'

/** The label of the newest snapshot, if it has no end: whoever wrote it did not come to it. -1: it has one. */
export function unfinishedSnapshot(disk: Disk): Zxid {
  let newest = -1
  for (const name of disk.names()) {
    if (name.startsWith(SNAPSHOT)) newest = Math.max(newest, Number.parseInt(name.slice(SNAPSHOT.length), 16))
  }
  return newest < 0 || hasEnd(disk, SNAPSHOT + hexZxid(newest)) ? -1 : newest
}

/** A record was being written when the power went. */
export function isTorn(disk: Disk): boolean {
  return disk.names().some((name) => disk.read(name)?.damage?.kind === 'torn')
}

function hasEnd(disk: Disk, name: FileName): boolean {
  const records = disk.read(name)?.records
  if (records === undefined || records.length === 0) return false
  return (records.at(records.length - 1) as SnapshotRecord).kind === 'snapshotEnd'
}
