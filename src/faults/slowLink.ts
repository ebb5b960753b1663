import { fixed, uniform } from '../sim/kernel/Distribution.ts'
import type { Span } from '../sim/kinds.ts'
import { deed, fault } from './fault.ts'

/** A duration to draw: what `2 to 5 s` means. */
export function drawnFrom({ least, most }: Span) {
  return least === most ? fixed(least) : uniform(least, most)
}

/** Wires that take longer. */
export const slowLink = fault(
  'slow links',
  deed(
    'slow link from {from:machine} to {to:machine} by {time:span}',
    'Packets in this direction take this much longer.',
    (world, { from, to, time }) => world.network.slow(drawnFrom(time), from, to),
  ),
  deed('slow all links by {time:span}', 'All packets take this much longer.', (world, { time }) => {
    world.network.slow(drawnFrom(time))
  }),
  deed(
    'restore link from {from:machine} to {to:machine}',
    'No longer slow, no longer lossy.',
    (world, { from, to }) => {
      world.network.slow(null, from, to)
      world.network.setLoss(0, from, to)
    },
  ),
  deed('restore all links', 'No longer slow, no longer lossy.', (world) => {
    world.network.slow(null)
    world.network.setLoss(0)
  }),
)
