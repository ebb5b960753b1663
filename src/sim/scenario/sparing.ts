/**
 * Which disks may be damaged without loss of what is committed.
 *
 * A quorum that decided something, and one that will elect a leader, have a voter in common. As long as every quorum has
 * one whose disk was never damaged, runs in sync with the leader, and has forced all that was proposed and promised, it is
 * known to that voter: so the others may forget. Whoever is not certain to be such a voter counts as one that is not.
 */
import { type Deed, Unplayable } from '../../faults/fault.ts'
import type { Sid, Zxid } from '../../nodes/zxid.ts'
import type { Disk } from '../kernel/Disk.ts'
import type { Stage } from './step.ts'

type Scene = Pick<Stage, 'ensemble' | 'view' | 'damage'>

/** The others could not do without this peer's disk. */
export class Spared extends Unplayable {}

/** @throws Spared where this would damage more disks, now or when power is cut, than the ensemble could do without. */
export function assertSpareable(scene: Scene, deed: Deed, sids: readonly Sid[]): void {
  const { ensemble, damage } = scene
  if (deed.excuses === 'doubted') {
    const armed = sids.find((sid) => affected(scene, sid).some((other) => damage.isArmed(other, ensemble)))
    if (armed !== undefined)
      throw new Spared(`power will be cut to ${armed}, and its disk must not be in doubt then`)
    return
  }
  const losing =
    deed.excuses !== null
      ? sids
      : deed.cutsPower !== null
        ? sids.flatMap((sid) => affected(scene, sid)).filter((sid) => damage.doubted.has(sid))
        : []
  if (losing.length === 0) return
  if (deed.cutsPower === 'later') throw new Spared(`the disk of ${losing.join(', ')} is in doubt`)
  if (!areSpareable(scene, losing))
    throw new Spared(`the others cannot spare the disk of ${losing.join(', ')}`)
}

/** Who loses power together with a peer. */
function affected({ ensemble }: Scene, sid: Sid): readonly Sid[] {
  return ensemble.spec.oneComputer ? ensemble.sids : [sid]
}

function areSpareable(scene: Scene, losing: readonly Sid[]): boolean {
  const gone = [...losing, ...scene.damage.ever]
  // An old configuration decides again where enough of its voters forget that there is a newer one.
  for (const electorate of scene.view.electorates) {
    const { voters } = electorate
    if (!voters.some((sid) => losing.includes(sid))) continue
    const isLeft = (sid: Sid): boolean => !gone.includes(sid) && isSound(scene, sid)
    // And those who are left must be able to go on without the others, who may not even start.
    if (electorate.containsQuorum(voters.filter((sid) => !isLeft(sid)))) return false
    if (!electorate.containsQuorum(voters.filter(isLeft))) return false
  }
  return true
}

/** In sync with the leader, with all that anybody proposed or promised on its disk. */
function isSound({ ensemble, view }: Scene, sid: Sid): boolean {
  const leader = ensemble.leader()
  const machine = ensemble.machineOf(sid)
  const peer = view.peer(sid)
  if (leader === null || machine.state !== 'up' || !peer.serves) return false
  const { proposed, epoch } = view.peer(leader)
  if (peer.epoch !== epoch || (sid !== leader && peer.leader !== leader)) return false
  const promised = acceptedEpoch(machine.disk)
  if (ensemble.sids.some((other) => acceptedEpoch(ensemble.machineOf(other).disk) > promised)) return false
  return proposed === 0 || forcedUpTo(machine.disk) >= proposed
}

function acceptedEpoch(disk: Disk): number {
  const records = disk.read('acceptedEpoch')?.records
  const record = records === undefined || records.length === 0 ? undefined : records.at(0)
  return record !== undefined && 'epoch' in record ? record.epoch : 0
}

/** The last transaction of a log of which all is on the platter; 0 where not all is. */
function forcedUpTo(disk: Disk): Zxid {
  let last = 0
  for (const name of disk.names()) {
    if (!name.startsWith('log.')) continue
    const image = disk.read(name)
    if (image === undefined || image.damage !== null || disk.durableLength(name) < image.records.length)
      return 0
    const record = image.records.length === 0 ? undefined : image.records.at(image.records.length - 1)
    if (record !== undefined && 'zxid' in record) last = Math.max(last, record.zxid)
  }
  return last
}
