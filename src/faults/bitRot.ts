import type { Disk } from '../sim/kernel/Disk.ts'
import { deed, fault, Unplayable } from './fault.ts'

function rot(disk: Disk, file: string, index: number): void {
  const length = disk.read(file)?.records.length ?? 0
  if (index < 0 || index >= length) throw new Unplayable(`${file} has ${length} good records`)
  disk.rot(file, index)
}

/** The file of this purpose with the highest zxid in its name that holds anything. */
function newest(disk: Disk, purpose: 'log' | 'snapshot'): string {
  let best: string | null = null
  for (const name of disk.names()) {
    if (!name.startsWith(`${purpose}.`) || (disk.read(name)?.records.length ?? 0) === 0) continue
    if (best === null || zxidIn(name) > zxidIn(best)) best = name
  }
  if (best === null) throw new Unplayable(`there is no ${purpose} file with a record in it`)
  return best
}

function zxidIn(name: string): number {
  return Number.parseInt(name.slice(name.indexOf('.') + 1), 16)
}

function rotLast(disk: Disk, file: string): void {
  rot(disk, file, (disk.read(file)?.records.length ?? 0) - 1)
}

/** Records whose checksum is wrong when they are next read, on the platter and in the cache. */
export const bitRot = fault(
  'bit rot',
  deed(
    'rot {record:ordinal} record of {file:file} on {peer:peer}',
    'This record of this file becomes unreadable.',
    (world, { record, file, peer }) => rot(world.machine(`${peer}`).disk, file, record - 1),
    'damaged',
  ),
  deed(
    'rot the last record of the log of {peer:peer}',
    'The end of the newest file of the transaction log becomes unreadable.',
    (world, { peer }) => {
      const { disk } = world.machine(`${peer}`)
      rotLast(disk, newest(disk, 'log'))
    },
    'damaged',
  ),
  deed(
    'rot the last snapshot of {peer:peer}',
    'The end of the newest snapshot becomes unreadable.',
    (world, { peer }) => {
      const { disk } = world.machine(`${peer}`)
      rotLast(disk, newest(disk, 'snapshot'))
    },
    'damaged',
  ),
)
