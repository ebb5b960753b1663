import { deed, fault } from './fault.ts'

/** A wire on which nothing moves, and nothing is lost: no timeout of the network ends it. */
export const stallLink = fault(
  'stalled links',
  deed(
    'stall link from {from:machine} to {to:machine}',
    'Nothing arrives in this direction.',
    (world, { from, to }) => {
      world.network.stall(from, to)
    },
  ),
  deed(
    'unstall link from {from:machine} to {to:machine}',
    'What waited arrives now.',
    (world, { from, to }) => {
      world.network.unstall(from, to)
    },
  ),
)
