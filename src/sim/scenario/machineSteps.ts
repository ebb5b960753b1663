import { clientOf } from '../../faults/fault.ts'
import type { HostName } from '../../nodes/Host.ts'
import type { Sid } from '../../nodes/zxid.ts'
import { deedStep, type Stage } from './step.ts'

/** Starts a peer that is down. */
export function startPeer({ ensemble, damage }: Pick<Stage, 'ensemble' | 'damage'>, sid: Sid): void {
  damage.beforeStart(sid, ensemble)
  ensemble.start(sid)
}

/** Starts a client that is down. */
export function startClient({ ensemble, loads }: Pick<Stage, 'ensemble' | 'loads'>, name: HostName): void {
  ensemble.world.machine(name).start()
  for (const load of loads) load.started(name)
}

/** Steps that start what is down. What stops machines are faults. */
export const machineSteps = [
  deedStep('start {peers:peers}', 'Start these peers from what is on their disks.', (stage, { peers }) => {
    for (const sid of peers) if (stage.ensemble.machineOf(sid).state === 'down') startPeer(stage, sid)
  }),
  deedStep(
    'start client {client:client}',
    'Start a client that was crashed: it begins anew, with a new session where it knows servers.',
    (stage, { client }) => {
      if (clientOf(stage.ensemble.world, client).state === 'down') startClient(stage, client)
    },
  ),
  deedStep(
    'restart {peers:peers}',
    'Start these peers; those that run are crashed first.',
    (stage, { peers }) => {
      for (const sid of peers) {
        const machine = stage.ensemble.machineOf(sid)
        if (machine.state !== 'down') machine.crash()
        stage.view.died(sid)
        startPeer(stage, sid)
      }
    },
  ),
]
