import type { World } from '../sim/kernel/World.ts'
import { deed, fault, powerCut, Unplayable } from './fault.ts'

function living(world: World, sid: number) {
  const machine = world.machine(`${sid}`)
  if (machine.state === 'down') throw new Unplayable(`${sid} is down already`)
  return machine
}

/** Death between two effects of one step: after the write, before the send. */
export const crashInMidStep = fault(
  'crash in mid-step',
  deed(
    'crash {peer:peer} at its {call:ordinal} call from now',
    'Kill the process when it calls its host (sends, writes, forces, arms a timer …) for this time; the call does nothing.',
    (world, { peer, call }) => living(world, peer).crashAtCall(call, 'crash'),
  ),
  powerCut(
    'later',
    deed(
      'cut power to {peer:peer} at its {call:ordinal} call from now',
      'The same with a power cut.',
      (world, { peer, call }) => living(world, peer).crashAtCall(call, 'powerCut'),
    ),
  ),
)
