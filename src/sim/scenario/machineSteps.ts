import type { Sid } from '../../nodes/zxid.ts'
import { deedStep, type Stage } from './step.ts'

/** Starts a peer that is down. */
export function startPeer({ ensemble, damage }: Pick<Stage, 'ensemble' | 'damage'>, sid: Sid): void {
  damage.beforeStart(sid, ensemble)
  ensemble.start(sid)
}

/** Steps that start what is down. What stops machines are faults. */
export const machineSteps = [
  deedStep('start {peers:peers}', 'Start these peers from what is on their disks.', (stage, { peers }) => {
    for (const sid of peers) if (stage.ensemble.machineOf(sid).state === 'down') startPeer(stage, sid)
  }),
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
