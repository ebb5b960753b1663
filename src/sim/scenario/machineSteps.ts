import { deedStep } from './step.ts'

/** Steps that start what is down. What stops machines are faults. */
export const machineSteps = [
  deedStep(
    'start {peers:peers}',
    'Start these peers from what is on their disks.',
    ({ ensemble }, { peers }) => {
      for (const sid of peers) if (ensemble.machineOf(sid).state === 'down') ensemble.start(sid)
    },
  ),
  deedStep(
    'restart {peers:peers}',
    'Start these peers; those that run are crashed first.',
    ({ ensemble, view }, { peers }) => {
      for (const sid of peers) {
        if (ensemble.machineOf(sid).state !== 'down') ensemble.machineOf(sid).crash()
        view.died(sid)
        ensemble.start(sid)
      }
    },
  ),
]
