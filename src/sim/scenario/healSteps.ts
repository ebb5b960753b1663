import { Unplayable } from '../../faults/fault.ts'
import type { Sid } from '../../nodes/zxid.ts'
import type { Machine } from '../kernel/Machine.ts'
import type { Random } from '../kernel/Random.ts'
import { startClient, startPeer } from './machineSteps.ts'
import { smallestQuorum } from './roles.ts'
import { deedStep, type Stage } from './step.ts'

/** Whatever a fault has begun, it is over, and what it has left for later does not come. Who is down stays down. */
function endFaults({ ensemble }: Stage): void {
  const { world, checker, sids } = ensemble
  const { network } = world
  checker.disturbed()
  if (network.troubles.length > 0) {
    network.heal()
    network.release()
    network.slow(null)
    network.setLoss(0)
    network.callOffCuts()
  }
  for (const sid of sids) {
    const machine = ensemble.machineOf(sid)
    const { disk } = machine
    machine.callOffDeath()
    machine.restoreThreads()
    machine.setDrift(0)
    disk.mend()
    disk.slow(null)
    disk.unstall()
  }
}

/** One that is about to hear of an error of its disk, and to end for that, begins anew at once. */
function bringUp(stage: Stage, sid: Sid): void {
  const machine = stage.ensemble.machineOf(sid)
  if (machine.state === 'paused') machine.resume()
  if (machine.state === 'up' && machine.disk.isFailing) {
    machine.crash()
    stage.view.died(sid)
  }
  if (machine.state === 'down') startPeer(stage, sid)
}

function bringUpClients(stage: Stage): void {
  for (const [name, machine] of stage.ensemble.clients) {
    if (machine.state === 'paused') machine.resume()
    else if (machine.state === 'down') startClient(stage, name)
  }
}

/** A smallest quorum, by chance, of those whose disk never suffered; else of those who have at least a disk that can be read. */
function quorumToHeal({ ensemble, view, damage }: Stage): readonly Sid[] {
  const voters = ensemble.sids.filter((sid) => view.membership.isVoter(sid))
  const inOrder = shuffled(voters, ensemble.world.stream('heal'))
  const sound = inOrder.filter((sid) => !damage.ever.has(sid))
  const wiped = inOrder.filter((sid) => damage.ever.has(sid) && !damage.lasting.has(sid))
  const quorum = smallestQuorum(view, sound) ?? smallestQuorum(view, [...sound, ...wiped])
  if (quorum === null) throw new Unplayable('too few voters have a disk that can be read')
  return quorum
}

function shuffled(sids: readonly Sid[], random: Random): readonly Sid[] {
  const left = [...sids]
  return sids.map(() => left.splice(random.int(0, left.length - 1), 1)[0] as Sid)
}

function wasStarted({ incarnation }: Machine): boolean {
  return incarnation > 0
}

/** The end of all faults. */
export const healSteps = [
  deedStep(
    'heal a quorum',
    'End every fault of the network, of disks, threads and clocks, and call off what is to come; resume or start a smallest quorum of voters, by chance one whose disks have not suffered, and all clients. Peers besides stay down or paused.',
    (stage) => {
      const quorum = quorumToHeal(stage)
      endFaults(stage)
      for (const sid of stage.ensemble.sids) {
        if (quorum.includes(sid) || stage.ensemble.machineOf(sid).state === 'up') bringUp(stage, sid)
      }
      bringUpClients(stage)
    },
  ),
  deedStep(
    'heal everybody',
    'The same, and resume or start every peer of the first configuration, and every other that was started before.',
    (stage) => {
      const { ensemble } = stage
      endFaults(stage)
      for (const sid of ensemble.sids) {
        const isMember = ensemble.quorum.servers.some((server) => server.sid === sid)
        if (isMember || wasStarted(ensemble.machineOf(sid))) bringUp(stage, sid)
      }
      bringUpClients(stage)
    },
  ),
]
